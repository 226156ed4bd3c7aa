/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_NETLINK_H
#define HD_PORT_NETLINK_H

#include "hd-vf-settings.h"

/* What the real port asks the kernel's network links; see hd_port_vf_get() and its neighbours.
   Errors are errno values. */

/** Reads what the driver of @interface reports about VF @index. EOVERFLOW: see hd_port_vf_get(). */
int hd_port_netlink_vf_get(const char *interface, guint index, HdVfSettings *ret_settings);

/** Writes what belongs to @key of @settings. */
int hd_port_netlink_vf_set(const char *interface, guint index, const HdVfSettings *settings,
                           HdVfKey key);

/** Gives @interface the address @mac. */
int hd_port_netlink_set_mac(const char *interface, const HdMac *mac);

#endif
