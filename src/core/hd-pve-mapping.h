/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PVE_MAPPING_H
#define HD_PVE_MAPPING_H

#include <stdbool.h>

#include "hd-imported-mapping.h"

/**
 * hd_pve_mappings_convert:
 * @text: content of /etc/pve/mapping/pci.cfg
 * @file: its name, for messages
 * @ret_mappings: (transfer full) (element-type HdImportedMapping)
 *
 * Each node becomes a [host NODE], its map lines the devices in their order. What Proxmox gives
 * together (several paths of one line) is one device here: the others are of its group, and go
 * along, or are the VM's to name. Follows PVE's SectionConfig format.
 *
 * Returns: false on %HD_ERROR_INPUT, with the line.
 */
bool hd_pve_mappings_convert(const char *text, const char *file, GPtrArray **ret_mappings,
                             GError **ret_error);

#endif
