/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_SCAN_H
#define HD_XML_SCAN_H

#include <glib.h>
#include <stdbool.h>

#include "hd-xml-mention.h"

/** The longest single tag, and its attributes: libxml2's cost grows with their square. */
#define HD_XML_MAX_TAG        (64 << 10)
#define HD_XML_MAX_ATTRIBUTES 256

/** Tags and attributes together: each may cost libxml2 some 250 bytes of memory. */
#define HD_XML_MAX_PARTS 500000

/**
 * hd_xml_scan:
 * @bytes, @length: what came from outside; need not end in NUL
 *
 * One pass over the raw bytes, before any parser sees them: refuses what is not UTF-8, holds
 * NUL, a DOCTYPE or any other declaration, or goes beyond the limits above.
 *
 * Returns: false on %HD_ERROR_INPUT, with the line.
 */
bool hd_xml_scan(const char *bytes, gsize length, GError **ret_error);

#endif
