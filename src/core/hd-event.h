/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_EVENT_H
#define HD_EVENT_H

#include <glib.h>

#include "hd-request.h"

/** HdEventKind: what has happened to devices, for the system's log and `hostdevctl history`. */
typedef enum {
    HD_EVENT_NOTE,     /* worth a line, nothing more */
    HD_EVENT_TAKEN,    /* an owner has got devices */
    HD_EVENT_RETURNED, /* the host has them again */
    HD_EVENT_LEFT,     /* not all of them could be given back */
    HD_EVENT_REFUSED,  /* an owner has not got what it asked for */
    HD_EVENT_FAILED,   /* something else kept a VM from its start, or a release from its end */
} HdEventKind;

/** HdEvent: one line of the log, and what programs ask of it. All is borrowed. */
typedef struct {
    HdEventKind kind;
    const char *owner;        /* (nullable): VM's name, or key of a detach */
    const char *key;          /* (nullable): key of its journal: a VM's uuid */
    const GPtrArray *devices; /* (nullable): of char*: "0000:01:00.0", an mdev's uuid */
    const char *message;      /* one line */
} HdEvent;

/** Gets what is worth a line in the system's log. */
typedef void (*HdEventLog)(const HdEvent *event, gpointer data);

/** Returns: the name of @kind: "note", "taken", "returned", "left", "refused", "failed". */
const char *hd_event_kind_name(HdEventKind kind);

/** Returns: (transfer full) (element-type utf8): what @request asks for, as events call it. */
GPtrArray *hd_event_request_devices(const HdRequest *request);

#endif
