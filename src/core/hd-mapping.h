/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MAPPING_H
#define HD_MAPPING_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"

/** HdMappingKey: by what a mapping may name devices. All that are given have to fit. */
typedef enum {
    HD_MAPPING_DEVICES,   /* "devices": PCI addresses, or names of mdev parents, in order */
    HD_MAPPING_ID,        /* "id": vendor:device; either may be * */
    HD_MAPPING_CLASS,     /* "class": first digits of the class code */
    HD_MAPPING_SUBSYSTEM, /* "subsystem": vendor:device of the card's maker */
    HD_MAPPING_PATH,      /* "path": way from the root complex, as HdDevice.port_path; * and ? */
    HD_MAPPING_PF,        /* "pf": VFs of that function */
    HD_MAPPING_NUMA,      /* "numa": node */
} HdMappingKey;
#define HD_MAPPING_KEY_COUNT (HD_MAPPING_NUMA + 1)

/**
 * HdMapping:
 * A name for a set of devices of this host: /etc/hostdevctl/mappings.d/<name>.conf.
 */
typedef struct {
    char *name;
    char *description;                       /* (nullable) */
    bool is_here;                            /* it has a section for this host */
    GPtrArray *values[HD_MAPPING_KEY_COUNT]; /* of char*: any of them; none: not asked for */
    GPtrArray *parents;                      /* (nullable): of char*: mdev parents that fit */
} HdMapping;

void hd_mapping_free(HdMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMapping, hd_mapping_free)

/**
 * hd_mapping_parse:
 * @name: the mapping's name
 * @text: content of its file: [mapping] with keys of %HdMappingKey, each a list with ";", and
 *   description; [host NAME] instead of it on the host NAME
 * @file: its name, for messages
 * @host: name of this host
 * @ret_mapping: (transfer full)
 *
 * Strict, as the configuration is. Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_mapping_parse(const char *name, const char *text, const char *file, const char *host,
                      HdMapping **ret_mapping, GError **ret_error);

/** Returns: the name of @key in the file. */
const char *hd_mapping_key_name(HdMappingKey key);

/** Returns: whether the function @device, with its port_path, is in @mapping. */
bool hd_mapping_has(const HdMapping *mapping, const HdDevice *device);

/** Returns: whether @mapping lists @name among its devices, and asks for nothing else. */
bool hd_mapping_lists(const HdMapping *mapping, const char *name);

/** Returns: whether mdevs may be made on @parent: see parents, which the probe has filled in. */
bool hd_mapping_has_parent(const HdMapping *mapping, const char *parent);

/**
 * Returns: (transfer container) (element-type HdDevice): those of @devices that are in @mapping, in
 * its order, else by address. A PF that has VFs is there only when it is listed: its VFs are what
 * VMs are given.
 */
GPtrArray *hd_mapping_select(const HdMapping *mapping, const GPtrArray *devices);

/**
 * hd_mapping_format:
 * @values: as in %HdMapping; those of @host (nullable: any host)
 *
 * Returns: (transfer full): a file that hd_mapping_parse() reads.
 */
char *hd_mapping_format(const HdMapping *mapping, const char *host);

/** Returns: (transfer full): a mapping without devices. */
HdMapping *hd_mapping_new(const char *name);

/**
 * hd_mapping_add:
 * Adds a value for the key called @key, or its description.
 *
 * Returns: NULL, or why not: "there are devices, id, ..." or what a good value is.
 */
const char *hd_mapping_add(HdMapping *mapping, const char *key, const char *value);

#endif
