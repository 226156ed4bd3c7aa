/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MAPPING_H
#define HD_MAPPING_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdMapping:
 * A name for a set of devices of this host: /etc/hostdevctl/mappings.d/<name>.conf.
 */
typedef struct {
    char *name;
    GPtrArray *devices; /* of char*: PCI addresses in full, or names of mdev parents */
} HdMapping;

void hd_mapping_free(HdMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMapping, hd_mapping_free)

/**
 * hd_mapping_parse:
 * @name: the mapping's name
 * @text: content of its file: [mapping] devices = 0000:41:00.0; 0000:42:00.0
 * @file: its name, for messages
 * @ret_mapping: (transfer full)
 *
 * Strict, as the configuration is. Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_mapping_parse(const char *name, const char *text, const char *file, HdMapping **ret_mapping,
                      GError **ret_error);

/** Returns: whether @device is in @mapping. */
bool hd_mapping_has(const HdMapping *mapping, const char *device);

#endif
