/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_BAR_H
#define HD_BAR_H

#include "hd-device.h"
#include "hd-port.h"

/** Reads sizes of the resizable BARs of @device: what they are, and what they can be.
 * (sysfs-bus-pci: resource, resourceN_resize) */
void hd_bar_probe(HdPort *port, HdDevice *device);

/** Returns: whether all BARs of which @bars says a size have it. */
bool hd_bar_is_reached(HdPort *port, const HdPciAddress *address, const HdBars *bars);

/**
 * Sets BARs to the sizes of @bars, and reads them back. The function has no driver meanwhile: the
 * kernel refuses it else. Only in a job. Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_bar_reach(HdPort *port, const HdPciAddress *address, const HdBars *bars,
                  GError **ret_error);

#endif
