/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_READINESS_PROBE_H
#define HD_READINESS_PROBE_H

#include "hd-port.h"
#include "hd-readiness.h"

/**
 * hd_readiness_probe:
 * Reads what readiness rests on: versions from /proc, libvirt's library and libvirt's notes of QEMU
 * (only root may read those), the kernel's configuration from /boot or its modules' folder, nodes.
 *
 * Returns: the facts about @device, whose texts they borrow; what can't be read is unknown.
 */
HdReadinessFacts hd_readiness_probe(HdPort *port, const HdDevice *device);

#endif
