/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDER_BLOCK_H
#define HD_HOLDER_BLOCK_H

#include "hd-sysfs-tree.h"

/**
 * Adds to @holders a STORAGE holder for each use of the disks in @tree: mounted (also through
 * partitions and stacked dm, md), swap, a volume or array on it, a btrfs member, or anything else
 * that the kernel keeps exclusively (ZFS, a mount in another namespace).
 */
void hd_holder_block_find(HdPort *port, const HdSysfsTree *tree, GPtrArray *holders);

#endif
