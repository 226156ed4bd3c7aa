/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_MENTION_H
#define HD_XML_MENTION_H

/* For the hook's front too: the C library is all that this needs. */

#include <stdbool.h>
#include <stddef.h>

/** The longest XML we look at: twice what libvirt's RPC carries. */
#define HD_XML_MAX_BYTES (8 << 20)

/** Room for the text of a UUID. */
#define HD_XML_UUID_SIZE 37

/**
 * Returns: whether a text, scanned or not, can ask anything of us: it names hostdev, nvme, a
 * device of type 'dev' or our metadata. False is certain, true is not.
 */
bool hd_xml_scan_mentions_devices(const char *bytes, size_t length);

/** Returns: whether a text can ask for memory in huge pages. False is certain, true is not. */
bool hd_xml_scan_mentions_pages(const char *bytes, size_t length);

/** Returns: whether a text begins and ends as libvirt writes a domain: nothing was cut off. */
bool hd_xml_scan_is_whole(const char *bytes, size_t length);

/**
 * hd_xml_scan_next_uuid:
 * @cursor: (inout): where to look from; 0 at first
 * @ret_uuid: in lower case
 *
 * Finds the next <uuid> element in the raw text, wherever it stands, also where it is none (in a
 * comment). What libvirt writes about a VM has that VM's own UUID among them.
 *
 * Returns: false when there are no more.
 */
bool hd_xml_scan_next_uuid(const char *bytes, size_t length, size_t *cursor,
                           char ret_uuid[HD_XML_UUID_SIZE]);

#endif
