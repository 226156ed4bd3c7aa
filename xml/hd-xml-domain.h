/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_DOMAIN_H
#define HD_XML_DOMAIN_H

#include <libxml/tree.h>

#include "hd-request.h"

/**
 * hd_xml_domain_parse:
 * @bytes, @length: domain XML as libvirt hands it to hooks, or as a person wrote it
 * @ret_request: (transfer full): the devices it asks for, in document order
 *
 * Read are: the devices that hd-xml-device.h knows, and our element under <metadata>
 * (hd-xml-metadata.h). Follows libvirt's formatdomain.
 *
 * Returns: false on %HD_ERROR_INPUT, with one line that names element, value and line.
 */
bool hd_xml_domain_parse(const char *bytes, gsize length, HdRequest **ret_request,
                         GError **ret_error);

/**
 * hd_xml_domain_read_identity:
 * Reads name and uuid of a <domain>, which may be within another document.
 *
 * @ret_name: (transfer full)
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_domain_read_identity(const xmlNode *domain, char **ret_name, HdUuid *ret_uuid,
                                 GError **ret_error);

#endif
