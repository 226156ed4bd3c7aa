/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDERS_H
#define HD_HOLDERS_H

#include "hd-device.h"
#include "hd-port.h"

/**
 * hd_holders_find:
 * @devices: (element-type HdDevice): whose holders are to be found; bridges are passed over
 *
 * Fills in who on this host uses each device: file systems, swap, volumes and arrays on its disks;
 * addresses, routes and bridges on its network interfaces; processes that have one of its nodes
 * open. A fact that can't be read is itself a holder: unknown is refused, not guessed.
 */
void hd_holders_find(HdPort *port, GPtrArray *devices);

/** hd_holders_find() for one device. Returns: (transfer none) (nullable): the first holder that
    breaks @rule, which is @device's. */
const HdHolder *hd_holders_find_first(HdPort *port, HdDevice *device, HdRule rule);

#endif
