/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PCI_BIND_H
#define HD_PCI_BIND_H

#include "hd-device.h"
#include "hd-port.h"

/**
 * hd_pci_bind:
 * Brings one PCI function to @target: its driver and its driver_override, from any state
 * a crash may have left it in. Idempotent; nothing is written where nothing differs. May block
 * for as long as the kernel waits for users of the device: call it in a job.
 *
 * @target: driver NULL: no driver; override NULL: unset
 * @module: (nullable): module that has the driver, loaded if the driver is gone
 * @bars: sizes that BARs are to have, where it says any
 * @is_back: it is given back: its driver comes first. BARs that can't be sized back are an error
 *   only when that has been bound, and a driver of the host's that is right is not disturbed for
 * them
 *
 * Order: override to the wanted driver (so that no other can take the device meanwhile), unbind,
 * sizes of BARs (the kernel changes them only now), drivers/X/bind (which tells the true errno,
 * unlike drivers_probe), read back, final override.
 * new_id and remove_id are never used: they reach every card of that id.
 * Follows Documentation/ABI/testing/sysfs-bus-pci and drivers/base/bus.c.
 *
 * Returns: false on %HD_ERROR_KERNEL, or %HD_ERROR_STUCK when nobody waits any more.
 */
bool hd_pci_bind(HdPort *port, const HdPciAddress *address, const HdBinding *target,
                 const char *module, const HdBars *bars, bool is_back, GError **ret_error);

#endif
