/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_BINDING_PROBE_H
#define HD_BINDING_PROBE_H

#include "hd-device.h"
#include "hd-port.h"

/** @ret_driver: (transfer full): NULL: it has none. Never waits. Returns 0; ENOENT: it is not
   there; or another errno value. */
int hd_binding_probe_driver(HdPort *port, const HdPciAddress *address, char **ret_driver);

/**
 * hd_binding_is_moving:
 * @name: a function's address
 *
 * Returns: whether a worker of ours is at it. driver_override and sriov_numvfs wait for the
 * device's lock then (driver_override_show(), sriov_numvfs_show()), which the kernel keeps for as
 * long as a driver does not let go: whoever asks for them hangs, and can't be killed.
 */
bool hd_binding_is_moving(HdPort *port, const char *name);

/**
 * hd_binding_probe:
 * @and_override: read driver_override, too: in a job, or where nobody moves the device
 *
 * Returns: false on %HD_ERROR_KERNEL, also when the function is gone.
 */
bool hd_binding_probe(HdPort *port, const HdPciAddress *address, bool and_override,
                      HdBinding *ret_binding, GError **ret_error);

#endif
