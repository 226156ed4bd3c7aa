/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VFIO_DRIVER_H
#define HD_VFIO_DRIVER_H

#include "hd-error.h"
#include "hd-port.h"

/**
 * hd_vfio_driver_best:
 * @modalias: (nullable): the device's modalias, "pci:v00008086d..."
 * @aliases: content of modules.alias
 *
 * The choice of libvirt >= 10.0 (virPCIDeviceFindBestVFIOVariant()): among the lines
 * "alias vfio_pci:... MODULE" that match field by field, the one with the fewest wildcards; the
 * first of equals.
 *
 * Returns: (transfer full): a module name, "vfio-pci" when none matches.
 */
char *hd_vfio_driver_best(const char *modalias, const char *aliases);

/**
 * hd_vfio_driver_for:
 * Returns: (transfer full): hd_vfio_driver_best() for the running kernel's modules. Their list is
 * read once per process and port, when the first device asks.
 */
char *hd_vfio_driver_for(HdPort *port, const char *modalias);

/**
 * hd_vfio_driver_find:
 * @name: a driver's or module's name
 *
 * Returns: (transfer full) (nullable): the driver's true name, as it is in sys/bus/pci/drivers;
 * NULL while its module is not loaded. Follows virPCIDeviceFindDriver().
 */
char *hd_vfio_driver_find(HdPort *port, const char *name);

/**
 * hd_vfio_driver_load:
 * Loads the module of a driver that hd_vfio_driver_find() does not find.
 *
 * Returns: false on %HD_ERROR_KERNEL: there is still none; and on %HD_ERROR_STUCK after
 * @deadline_ms: modprobe goes on then.
 */
bool hd_vfio_driver_load(HdPort *port, const char *name, guint deadline_ms, GError **ret_error);

#endif
