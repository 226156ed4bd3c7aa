/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_MEMORY_H
#define HD_XML_MEMORY_H

#include <libxml/tree.h>

#include "hd-request.h"

/**
 * hd_xml_memory_read:
 * @domain: the <domain>
 * @request: gets what memory the VM has in huge pages: <memoryBacking><hugepages>, for <memory> or
 *           the cells of <cpu><numa> and DIMMs, on the nodes that <numatune> binds it to
 *
 * What can't be understood is no error, since it only matters where pages are to be allocated:
 * @request says so then.
 */
void hd_xml_memory_read(const xmlNode *domain, HdRequest *request);

/**
 * hd_xml_memory_parse_nodes:
 * @text: a set of nodes from 0 to 63: "0-3,^1,8"
 *
 * Returns: whether it is one, and not empty; else @ret_nodes is untouched.
 */
bool hd_xml_memory_parse_nodes(const char *text, guint64 *ret_nodes);

#endif
