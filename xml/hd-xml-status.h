/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_STATUS_H
#define HD_XML_STATUS_H

#include "hd-error.h"
#include "hd-request.h"

/**
 * hd_xml_status_parse:
 * @bytes, @length: a file of /run/libvirt/qemu: what libvirt's daemon keeps about a running VM
 * @ret_vm: (transfer full): what devices of the host the VM has right now, those that it got from a
 *   pool of <network>s or by a live attach included
 * @ret_pid: of its QEMU; 0: not said
 *
 * Follows qemuDomainObjPrivateXMLFormat() of libvirt 11. Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_status_parse(const char *bytes, gsize length, HdRequest **ret_vm, guint64 *ret_pid,
                         GError **ret_error);

#endif
