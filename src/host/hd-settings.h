/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SETTINGS_H
#define HD_SETTINGS_H

#include "hd-device.h"
#include "hd-port.h"

/**
 * Reads power/control of @device, and with @all its d3cold_allowed and reset_method, too.
 * (sysfs-bus-pci; what isn't there stays NULL.)
 */
void hd_settings_probe(HdPort *port, HdDevice *device, bool all);

/**
 * Sets the attributes of @goal to what the VM wants (@forward), or back to what they were, and
 * reads them back. An attribute that there isn't any more is passed over. Returns: false on
 * %HD_ERROR_KERNEL.
 */
bool hd_settings_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
