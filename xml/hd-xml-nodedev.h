/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_NODEDEV_H
#define HD_XML_NODEDEV_H

#include "hd-node-device.h"

/**
 * Returns: (transfer full): @device as `virsh nodedev-dumpxml` prints it (libvirt's formatnode, as
 * of libvirt 11), ending in a newline.
 */
char *hd_xml_nodedev_format(const HdNodeDevice *device);

/**
 * hd_xml_nodedev_parse_mdev:
 * @bytes, @length: <device> with capability mdev, as `virsh nodedev-create` and nodedev-define take
 *   it: parent, type, uuid (may lack), attributes in order
 * @ret_spec: (transfer full)
 *
 * Returns: false on %HD_ERROR_INPUT, with one line that names element, value and line.
 */
bool hd_xml_nodedev_parse_mdev(const char *bytes, gsize length, HdMdevSpec **ret_spec,
                               GError **ret_error);

#endif
