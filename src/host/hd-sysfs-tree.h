/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SYSFS_TREE_H
#define HD_SYSFS_TREE_H

#include "hd-device.h"
#include "hd-port.h"

/**
 * HdSysfsTree:
 * What the host's drivers have made of one PCI function: names only.
 */
typedef struct {
    GPtrArray *disks;      /* of char*: block devices and partitions: "nvme0n1", "sda1" */
    GPtrArray *interfaces; /* of char*: network interfaces: "eth0" */
    GPtrArray *nodes;      /* of char*: device nodes below /dev: "nvme0", "dri/card0" */
    GPtrArray *mdevs;      /* of char*: UUIDs of mediated devices that go when it does */
    bool hides_net;        /* a folder of interfaces looks empty: they are of another namespace */
} HdSysfsTree;

/** Returns: (transfer full): an empty tree. */
HdSysfsTree *hd_sysfs_tree_new(void);
/** Frees an HdSysfsTree. Takes a gpointer so that arrays can call it. */
void hd_sysfs_tree_free(gpointer tree);

/** Fills @tree with what is below the folder of one device (real folders only). */
void hd_sysfs_tree_walk_folder(HdPort *port, const char *folder, HdSysfsTree *tree);

/**
 * hd_sysfs_tree_walk:
 * Fills @tree with what is below @device in sysfs (real folders only, links are not followed), its
 * mediated devices' groups among it, with the VFIO cdevs of a device on a vfio driver, and with an
 * NVIDIA GPU's nodes. Costs as much as the device is large; it does not grow with the host.
 *
 * Returns: 0, or the errno value for which a part of it can't be read; what vanishes meanwhile is
 * none.
 */
int hd_sysfs_tree_walk(HdPort *port, const HdDevice *device, HdSysfsTree *tree);

#endif
