/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HISTORY_H
#define HD_HISTORY_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"

/** HdHistoryEntry: one event that the system's journal has kept. */
typedef struct {
    gint64 when;        /* microseconds since 1970 */
    char *event;        /* "taken", "returned", "left", "refused", "failed" */
    char *owner;        /* (nullable): VM's name */
    char *key;          /* (nullable): its uuid */
    GPtrArray *devices; /* of char* */
    char *message;      /* (nullable) */
    char *program;      /* (nullable): which of ours wrote it */
    gint64 login_uid;   /* of the person who had logged in to do it; -1: nobody had */
} HdHistoryEntry;

/** HdHistoryQuery: what is asked for; zero asks for all. */
typedef struct {
    const char *device; /* (nullable): PCI address or mdev uuid, as events have it */
    const char *owner;  /* (nullable): VM's name or uuid */
    gint64 since;       /* microseconds since 1970; 0: from the beginning */
    guint most;         /* the latest so many; 0: all */
} HdHistoryQuery;

/**
 * hd_history_read:
 * @root: (nullable): folder of a captured machine; NULL: this one
 * @ret_entries: (transfer full) (element-type HdHistoryEntry): oldest first
 *
 * Reads systemd's journal (sd-journal). Returns: false on %HD_ERROR_INPUT: there is none.
 */
bool hd_history_read(const char *root, const HdHistoryQuery *query, GPtrArray **ret_entries,
                     GError **ret_error);

#endif
