/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_REWRITE_H
#define HD_XML_REWRITE_H

#include "hd-relocation.h"

/**
 * hd_xml_rewrite:
 * @bytes, @length: domain XML
 * @request: what it is to ask for afterwards
 * @moves: (element-type HdMove): how its functions have moved
 * @ret_text: (transfer full): the XML with other source addresses in <hostdev>, <interface> and
 *   <disk>, and in our metadata's entries about them; every other byte is as it was
 *
 * The result is read again: it asks for what @request says, or nothing is returned.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_rewrite(const char *bytes, gsize length, const HdRequest *request, const GArray *moves,
                    GString **ret_text, GError **ret_error);

#endif
