/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_REWRITE_H
#define HD_XML_REWRITE_H

#include "hd-relocation.h"

/** HdXmlRewriting: a domain's XML, and what is to become of it. */
typedef struct {
    const char *bytes; /* domain XML */
    gsize length;
    const HdRequest *request; /* what it is to ask for afterwards */
    const GArray *moves;      /* (element-type HdMove): how its functions have moved */
} HdXmlRewriting;

/**
 * hd_xml_rewrite_find:
 * @changes: empty; gets what there is to be changed, for hd_xml_changes_apply(), which needs no
 *   parser: other source addresses in <hostdev>, <interface> and <disk>, and in our metadata's
 *   entries about them; every other byte stays as it is
 *
 * The result is read: it asks for what the request says, or there is none.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_rewrite_find(const HdXmlRewriting *what, GString *changes, GError **ret_error);

#endif
