/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_INTERFACE_H
#define HD_ONE_INTERFACE_H

#include "hd-one-cache.h"
#include "hd-port.h"

/** HdOneInterfaces: which network interface a function has, or had. */
typedef struct HdOneInterfaces HdOneInterfaces;

/** Returns: (transfer full): over @port; @cache is borrowed. */
HdOneInterfaces *hd_one_interfaces_new(HdPort *port, HdOneCache *cache);
void hd_one_interfaces_free(HdOneInterfaces *interfaces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdOneInterfaces, hd_one_interfaces_free)

/**
 * Returns: (transfer full): the interface of @address by udev's renames, else the cache, else sysfs
 * (of several that of the port itself, which is then kept in the cache); "-" when there is none.
 */
char *hd_one_interfaces_find(HdOneInterfaces *interfaces, const HdPciAddress *address);

/**
 * hd_one_interfaces_parse_renames:
 * @text: udev's rules of OpenNebula's installer, with comments "# 0000:01:00.0 <- name"
 *
 * Returns: (transfer full) (element-type utf8 utf8): names by address
 */
GHashTable *hd_one_interfaces_parse_renames(const char *text);

#endif
