/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_PROBE_H
#define HD_MDEV_PROBE_H

#include "hd-error.h"
#include "hd-mdev-bus.h"
#include "hd-port.h"
#include "hd-request.h"

/**
 * hd_mdev_probe_request:
 * @bus: gets what the MDEV wishes of @request need: the mdevs that exist, definitions, and the
 *   parents that may have to make one, with their types
 *
 * Follows Documentation/ABI/testing/sysfs-bus-vfio-mdev. Without MDEV wishes nothing is read.
 *
 * Returns: false on %HD_ERROR_KERNEL or %HD_ERROR_CONFIG.
 */
bool hd_mdev_probe_request(HdPort *port, const HdRequest *request, HdMdevBus *bus,
                           GError **ret_error);

/** Adds the parent @name with all its types to @bus; one that isn't there is none. Errors as above.
 */
bool hd_mdev_probe_parent(HdPort *port, const char *name, HdMdevBus *bus, GError **ret_error);

/** Reads all parents with all types, all mdevs and all definitions. Errors as above. */
bool hd_mdev_probe_all(HdPort *port, HdMdevBus *bus, GError **ret_error);

/**
 * hd_mdev_probe_one:
 * @ret_mdev: (transfer full) (nullable): the mdev @uuid; NULL when there is none
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_mdev_probe_one(HdPort *port, const HdUuid *uuid, HdMdev **ret_mdev, GError **ret_error);

#endif
