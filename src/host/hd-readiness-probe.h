/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_READINESS_PROBE_H
#define HD_READINESS_PROBE_H

#include "hd-port.h"
#include "hd-readiness.h"

/**
 * hd_readiness_probe_host:
 * Reads what is the same for all devices: versions from /proc, libvirt's library and libvirt's
 * notes of QEMU (only root may read those), the kernel's configuration from /boot or its modules'
 * folder.
 *
 * Returns: the facts; what can't be read is unknown.
 */
HdReadinessFacts hd_readiness_probe_host(HdPort *port);

/** Fills in what is known of @device, whose texts @facts then borrow. */
void hd_readiness_probe_device(HdPort *port, const HdDevice *device, HdReadinessFacts *facts);

/** Returns: both, for who asks about one device. */
HdReadinessFacts hd_readiness_probe(HdPort *port, const HdDevice *device);

#endif
