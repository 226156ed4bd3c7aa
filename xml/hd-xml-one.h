/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_ONE_H
#define HD_XML_ONE_H

#include <libxml/tree.h>

#include "hd-request.h"

/**
 * hd_xml_one_folder:
 * @metadata: (nullable): <metadata> of a domain
 *
 * Returns: (transfer full) (nullable): the folder in which OpenNebula keeps the files of this VM,
 * .../datastores/N/ID without a leading slash, when its metadata names one; NULL for other VMs and
 * for anything that can't be such a folder.
 */
char *hd_xml_one_folder(const xmlNode *metadata);

/**
 * hd_xml_one_read:
 * @bytes, @length: vm.xml from that folder
 * @request: its functions get what OpenNebula would set with `ip link set PF vf N` after the start:
 *   MAC, VLAN_ID, SPOOFCHK and TRUST of each <PCI> of TYPE NIC. What our metadata says stays
 *
 * Returns: false on %HD_ERROR_INPUT: it is not of this VM, or not understood.
 */
bool hd_xml_one_read(const char *bytes, gsize length, HdRequest *request, GError **ret_error);

#endif
