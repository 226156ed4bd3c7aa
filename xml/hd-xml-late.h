/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_LATE_H
#define HD_XML_LATE_H

#include "hd-request.h"

/**
 * HdXmlLate: the parser as a module of its own, which is loaded when there is something to be
 * parsed: libxml2 and what it brings along cost more to load than all else that a hook does.
 */
typedef struct {
    bool (*parse)(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error);
    bool (*identify)(const char *bytes, gsize length, char **ret_name, HdUuid *ret_uuid,
                     GError **ret_error);
    bool (*rewrite)(const char *bytes, gsize length, const HdRequest *request, const GArray *moves,
                    GString **ret_text, GError **ret_error);
    bool (*read_one)(const char *bytes, gsize length, HdRequest *request, GError **ret_error);
} HdXmlLate;

/** What the module is asked for: the name of its HdXmlLate. */
#define HD_XML_LATE_SYMBOL "hd_xml_late"

#endif
