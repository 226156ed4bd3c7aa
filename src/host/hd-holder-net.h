/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDER_NET_H
#define HD_HOLDER_NET_H

#include "hd-sysfs-tree.h"

/**
 * Adds to @holders a NETWORK holder for each use of the interfaces in @tree: an IP address, the
 * default route, a port of a bridge or bond, a VM's macvtap, another network namespace; also
 * through VLANs and macvlans stacked on them.
 */
void hd_holder_net_find(HdPort *port, const HdSysfsTree *tree, GPtrArray *holders);

#endif
