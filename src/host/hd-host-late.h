/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOST_LATE_H
#define HD_HOST_LATE_H

#include "hd-error.h"
#include "hd-mdev-json.h"
#include "hd-vf-settings.h"

/**
 * HdHostLate: what needs libnl or jansson, as a module of its own: only starts with VFs of a NIC or
 * with mdevs need it, and loading those two costs as much as all system calls of a release.
 */
typedef struct {
    int (*vf_get)(const char *interface, guint index, HdVfSettings *ret_settings);
    int (*vf_set)(const char *interface, guint index, const HdVfSettings *settings, HdVfKey key);
    int (*set_mac)(const char *interface, const HdMac *mac);
    bool (*parse)(const char *text, const char *source, const HdUuid *uuid, const char *parent,
                  HdMdevSpec **ret_spec, GError **ret_error);
    char *(*format)(const HdMdevSpec *spec);
    char *(*format_attributes)(const GPtrArray *attributes);
} HdHostLate;

/** What the module is asked for: the name of its HdHostLate. */
#define HD_HOST_LATE_SYMBOL "hd_host_late"

#endif
