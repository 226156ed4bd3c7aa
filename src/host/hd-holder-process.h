/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDER_PROCESS_H
#define HD_HOLDER_PROCESS_H

#include "hd-sysfs-tree.h"

/**
 * Adds to each of @lists a PROCESS holder for every process that has one of the nodes open.
 *
 * @trees: (element-type HdSysfsTree): of devices
 * @lists: (element-type GPtrArray): their holders (HdHolder), in the same order
 *
 * /proc is scanned once for all, and not at all when no device has a node.
 */
void hd_holder_process_find(HdPort *port, const GPtrArray *trees, const GPtrArray *lists);

#endif
