/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_DEVICE_H
#define HD_XML_DEVICE_H

#include <libxml/tree.h>

#include "hd-request.h"

/**
 * hd_xml_device_read:
 * @node: any child of <devices>
 * @request: gets a wish when @node takes a device of the host: <hostdev type='pci|mdev|usb'>,
 *           <disk type='nvme'> and what a <disk> is backed by, <interface type='hostdev'>,
 *           <serial|console|parallel type='dev'>; all else is passed over
 *
 * Returns: false on %HD_ERROR_INPUT: incomplete, out of range, or the same device twice;
 *          @request is of no use then.
 */
bool hd_xml_device_read(const xmlNode *node, HdRequest *request, GError **ret_error);

/**
 * hd_xml_device_read_source:
 * @owner: an element with <source><address domain= bus= slot= function=/></source>
 *
 * Returns: false on %HD_ERROR_INPUT; @ret_address is untouched then.
 */
bool hd_xml_device_read_source(const xmlNode *owner, HdPciAddress *ret_address, GError **ret_error);

#endif
