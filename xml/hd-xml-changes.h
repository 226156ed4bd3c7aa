/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_CHANGES_H
#define HD_XML_CHANGES_H

#include "hd-relocation.h"

/** Appends a line to @changes: what is at @at for @length bytes becomes @text. */
void hd_xml_changes_add(GString *changes, gsize at, gsize length, const char *text);

/**
 * hd_xml_changes_apply:
 * @changes: lines of hd_xml_changes_add(), whoever wrote them
 * @bytes, @length: the XML that they are about
 * @moves: (element-type HdMove): the only reason for a change
 * @ret_text: (transfer full): the XML with them
 *
 * A change is accepted only where it replaces a quoted number or address by one of an address that
 * @moves leads to, or adds such a domain='': libvirt takes the result for the VM, so the process
 * that has looked for the places doesn't write it.
 *
 * Returns: whether all are such changes, in order and within the text.
 */
bool hd_xml_changes_apply(const char *changes, const char *bytes, gsize length, const GArray *moves,
                          GString **ret_text);

#endif
