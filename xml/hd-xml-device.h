/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_DEVICE_H
#define HD_XML_DEVICE_H

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "hd-request.h"

/** Host devices of one domain. */
#define HD_XML_MAX_DEVICES 1024

/**
 * hd_xml_device_read:
 * @element: any child of <devices>
 * @request: gets a wish when @element takes a device of the host: <hostdev> of type pci, mdev
 *           and usb, <disk type='nvme'>, <interface type='hostdev'>; all else is passed over
 *
 * Returns: false on %HD_ERROR_INPUT: incomplete, out of range, or the same device twice;
 *          @request is of no use then.
 */
bool hd_xml_device_read(const xmlNode *element, HdRequest *request, GError **ret_error);

#endif
