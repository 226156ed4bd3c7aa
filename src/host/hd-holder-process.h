/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDER_PROCESS_H
#define HD_HOLDER_PROCESS_H

#include "hd-sysfs-tree.h"

/**
 * Adds to each of @devices a PROCESS holder for every process that has one of its nodes open.
 *
 * @trees: (element-type HdSysfsTree): of the devices, in the same order
 *
 * /proc is scanned once for all, and not at all when no device has a node.
 */
void hd_holder_process_find(HdPort *port, const GPtrArray *trees, const GPtrArray *devices);

#endif
