/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_APART_H
#define HD_XML_APART_H

#include "hd-error.h"
#include "hd-mdev.h"
#include "hd-relocation.h"
#include "hd-request.h"
#include "hd-xml-prune.h"

/**
 * XML of strangers, read by a child that can do nothing but that (hd-apart.h), in 30 s at most.
 * Each function does what the one it is named after does, and on %HD_ERROR_INPUT says what that
 * would have said, or that the child has died, hung or babbled. The parent checks what comes back;
 * it never has libxml2 at work.
 */

/** hd_xml_domain_parse() */
bool hd_xml_apart_parse(const char *bytes, gsize length, HdRequest **ret_request,
                        GError **ret_error);

/** hd_xml_rewrite_find(), and @ret_text, (transfer full), is the XML with the changes. */
bool hd_xml_apart_rewrite(const char *bytes, gsize length, const HdRequest *request,
                          const GArray *moves, GString **ret_text, GError **ret_error);

/** hd_xml_one_read() */
bool hd_xml_apart_read_one(const char *bytes, gsize length, HdRequest *request, GError **ret_error);

/** hd_xml_status_parse() */
bool hd_xml_apart_read_status(const char *bytes, gsize length, HdRequest **ret_vm, guint64 *ret_pid,
                              GError **ret_error);

/** hd_xml_nodedev_parse_mdev() */
bool hd_xml_apart_read_mdev(const char *bytes, gsize length, HdMdevSpec **ret_spec,
                            GError **ret_error);

/** hd_xml_prune(); @rename is called here, not in the child. */
bool hd_xml_apart_prune(const char *bytes, gsize length, HdXmlRename rename, gpointer data,
                        char **ret_text, GError **ret_error);

#endif
