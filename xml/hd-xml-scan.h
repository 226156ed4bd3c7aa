/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_SCAN_H
#define HD_XML_SCAN_H

#include <glib.h>
#include <stdbool.h>

/** The longest XML we look at: twice what libvirt's RPC carries. */
#define HD_XML_MAX_BYTES (8 << 20)

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

/**
 * Returns: whether a text, scanned or not, can ask anything of us: it names hostdev, nvme, a
 * device of type 'dev' or our metadata. False is certain, true is not.
 */
bool hd_xml_scan_mentions_devices(const char *bytes, gsize length);

/** Returns: whether a text can ask for memory in huge pages. False is certain, true is not. */
bool hd_xml_scan_mentions_pages(const char *bytes, gsize length);

#endif
