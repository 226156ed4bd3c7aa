/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_CACHE_H
#define HD_ONE_CACHE_H

#include "hd-pci-address.h"

/**
 * HdOneCache:
 * Names of network interfaces that functions had when the host's driver had them, a file each in
 * /var/tmp/one_db/pci_net_names: OpenNebula's own cache, which it empties when its agent starts.
 */
typedef struct HdOneCache HdOneCache;

/**
 * Returns: (transfer full): the cache below @root. Folders that are links, or belong to neither us
 * nor root, are none: anybody may write to /var/tmp. (Root takes what any user's folder says.)
 */
HdOneCache *hd_one_cache_new(const char *root);
void hd_one_cache_free(HdOneCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdOneCache, hd_one_cache_free)

/** Returns: (transfer full) (nullable): the name kept for @address; NULL when there is no good one.
 */
char *hd_one_cache_get(HdOneCache *cache, const HdPciAddress *address);

/** Keeps @name for @address, whole or not at all, in a folder of our own; else does nothing. */
void hd_one_cache_put(HdOneCache *cache, const HdPciAddress *address, const char *name);

#endif
