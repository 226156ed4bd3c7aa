/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_DOMAIN_H
#define HD_XML_DOMAIN_H

#include <glib.h>
#include <stdbool.h>

#include "hd-request.h"

/**
 * hd_xml_domain_parse:
 * @bytes: domain XML as libvirt gives it to hooks, or as a person wrote it; any bytes are safe
 * @length: their length
 * @ret_request: (transfer full): what the domain asks for, with our metadata applied
 *
 * Returns: false on %HD_ERROR_INPUT; the message names element, value and line.
 */
bool hd_xml_domain_parse(const char *bytes, gsize length, HdRequest **ret_request,
                         GError **ret_error);

/**
 * hd_xml_domain_identity:
 * @bytes: domain XML; any bytes are safe
 * @length: their length
 * @ret_name: (transfer full): the VM's name
 * @ret_uuid: the VM's uuid
 *
 * Reads who the domain is and nothing else, so that `release` works whatever has become of
 * its devices and metadata.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_domain_identity(const char *bytes, gsize length, char **ret_name, HdUuid *ret_uuid,
                            GError **ret_error);

#endif
