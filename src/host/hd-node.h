/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_NODE_H
#define HD_NODE_H

#include "hd-goal.h"
#include "hd-port.h"

/** Returns: (transfer full) (nullable): the node of the IOMMU group of the device whose folder in
    sysfs is @folder: "dev/vfio/12"; NULL: it is in none. */
char *hd_node_group_path(HdPort *port, const char *folder);

/** Returns: (transfer full) (nullable): the device's own node: "dev/vfio/devices/vfio0"; NULL: it
    has none (yet): the kernel has no such nodes, or the device is on no vfio driver. */
char *hd_node_cdev_path(HdPort *port, const char *folder);

/** Reads owner and mode of both; what isn't there is left as it is. */
void hd_node_probe(HdPort *port, const char *folder, HdNodeState *ret_group, HdNodeState *ret_cdev);

/**
 * Returns: (transfer full) (nullable): the path, relative to the root, of the node that QEMU opens
 * for the device of @goal: "dev/vfio/12" of a PCI, HOLD or MDEV goal, "dev/bus/usb/001/004",
 * "dev/ttyS0", or the very node of a NODE goal. NULL: it has none, or not now.
 */
char *hd_node_path(HdPort *port, const HdGoal *goal);

/**
 * hd_node_reach:
 * Gives the node of a NODE goal its owner and mode (@forward), or gives it back what it had.
 * A node that isn't there is fine: group nodes and cdevs come and go with the binding, and one
 * that libvirt will make is root's until then. The result is read back after udev has settled,
 * since a rule may set the owner again. USB devices and ports may be pulled meanwhile: forward that
 * is an error, and on the way back a node that has another owner than ours is another one, and
 * stays.
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_node_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
