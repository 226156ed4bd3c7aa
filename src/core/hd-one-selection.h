/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_SELECTION_H
#define HD_ONE_SELECTION_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdOneSelection:
 * What an attribute PCI = [ ... ] of an OpenNebula template asks for: VENDOR, DEVICE and CLASS,
 * each of which may lack, or SHORT_ADDRESS. A plain value that owns its texts.
 */
typedef struct {
    char *vendor, *device, *class_code; /* (nullable): four digits; NULL: any */
    char *address;                      /* (nullable): a PCI address */
} HdOneSelection;

/** Frees the texts. */
void hd_one_selection_clear(HdOneSelection *selection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdOneSelection, hd_one_selection_clear)

/** Returns: whether @key is one of the four, in capitals as OpenNebula writes them. */
bool hd_one_selection_is_key(const char *key);

/**
 * hd_one_selection_set:
 * @value: for SHORT_ADDRESS an address, else a hexadecimal number; empty or "*" is any
 *
 * Returns: NULL, or what a good value is.
 */
const char *hd_one_selection_set(HdOneSelection *selection, const char *key, const char *value);

/**
 * Returns: (transfer full): KEY=VALUE as a mapping has it, NULL-terminated; empty when nothing is
 * asked for. As in OpenNebula the ids count where there are ids and an address.
 */
char **hd_one_selection_words(const HdOneSelection *selection);

#endif
