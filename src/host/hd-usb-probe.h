/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_USB_PROBE_H
#define HD_USB_PROBE_H

#include "hd-host.h"
#include "hd-port.h"
#include "hd-request.h"
#include "hd-sysfs-tree.h"

/**
 * hd_usb_probe_request:
 * @host: gets the USB devices that wishes of @request may mean, with what their disks and network
 *        interfaces are used for, and how many keyboards there are besides
 * @trees: (element-type HdSysfsTree): gets the nodes of each that matter when a process has them
 * open
 * @lists: (element-type GPtrArray): gets the list of holders of each
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_usb_probe_request(HdPort *port, const HdRequest *request, HdHost *host, GPtrArray *trees,
                          GPtrArray *lists, GError **ret_error);

/** Returns: whether the device of @place is still plugged in there. */
bool hd_usb_probe_is_there(HdPort *port, const HdUsbPlace *place);

#endif
