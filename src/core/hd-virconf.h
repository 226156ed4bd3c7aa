/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VIRCONF_H
#define HD_VIRCONF_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"

/** HdVirconfEntry: one assignment of a libvirt configuration file, and where it stands. */
typedef struct {
    char *name;
    char *value;      /* (nullable): a text or a number as it is written; NULL of a list */
    GPtrArray *items; /* (nullable): of char*: what a list holds */
    gsize start;      /* offset of the value: of '[' in a list */
    gsize end;        /* offset behind the value: behind ']' of a list */
    gsize tail; /* of a list: offset behind the last item and its comma; behind '[' where there is
                   none */
    bool ends_in_comma; /* of a list: a comma follows the last item */
} HdVirconfEntry;

void hd_virconf_entry_free(HdVirconfEntry *entry);

/**
 * hd_virconf_parse:
 * @text: a file in libvirt's grammar (virconf.c): NAME = "text" | 'text' | """text over lines"""
 *   | number | [list over lines]; newline or ';' between them, # comments
 * @file: its name for messages
 * @ret_entries: (transfer full) (element-type HdVirconfEntry): in the order of the file
 *
 * Returns: false on %HD_ERROR_CONFIG, with the line.
 */
bool hd_virconf_parse(const char *text, const char *file, GPtrArray **ret_entries,
                      GError **ret_error);

/**
 * Returns: (transfer none) (nullable): the assignment of @name that counts for libvirt, which is
 * the first one (virConfGetValue()).
 */
const HdVirconfEntry *hd_virconf_find(const GPtrArray *entries, const char *name);

#endif
