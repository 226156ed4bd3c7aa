/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_NODE_PROBE_H
#define HD_NODE_PROBE_H

#include "hd-error.h"
#include "hd-node-device.h"
#include "hd-port.h"

/*
 * Node devices from sysfs and mdevctl's store, as libvirt's node device driver sees them. Names of
 * vendors and products are not in sysfs and are left to the caller. Not read: VPD, and the port
 * number of a link, which are in config space.
 */

/** @ret_device: (transfer full) (nullable): the function; NULL when there is none. */
bool hd_node_probe_pci(HdPort *port, const HdPciAddress *address, HdNodeDevice **ret_device,
                       GError **ret_error);

/** @ret_device: (transfer full) (nullable): the virtual parent of mdevs called @name. */
bool hd_node_probe_parent(HdPort *port, const char *name, HdNodeDevice **ret_device,
                          GError **ret_error);

/**
 * hd_node_probe_mdev:
 * @defined: as mdevctl has it on file, else as it exists
 * @ret_device: (transfer full) (nullable): the mdev @uuid
 */
bool hd_node_probe_mdev(HdPort *port, const HdUuid *uuid, bool defined, HdNodeDevice **ret_device,
                        GError **ret_error);

/**
 * hd_node_probe_names:
 * @capability: "pci", "mdev_types" or "mdev"
 * @defined: of mdevs those that are only defined; else those that exist
 * @ret_names: (transfer full) (element-type utf8): sorted
 */
bool hd_node_probe_names(HdPort *port, const char *capability, bool defined, GPtrArray **ret_names,
                         GError **ret_error);

#endif
