/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_LATE_H
#define HD_XML_LATE_H

#include "hd-error.h"
#include "hd-mdev.h"
#include "hd-xml-prune.h"
#include "hd-xml-rewrite.h"

/**
 * HdXmlLate: the parser's functions, called by hd-xml-apart.c and by nobody else. For the hook they
 * are a module of its own: libxml2 and what it brings along cost more to load than all else that a
 * hook does, and it isn't to be in a process with rights.
 */
typedef struct {
    bool (*parse)(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error);
    bool (*find_changes)(const HdXmlRewriting *what, GString *changes, GError **ret_error);
    bool (*read_one)(const char *bytes, gsize length, HdRequest *request, GError **ret_error);
    bool (*read_status)(const char *bytes, gsize length, HdRequest **ret_vm, guint64 *ret_pid,
                        GError **ret_error);
    bool (*read_mdev)(const char *bytes, gsize length, HdMdevSpec **ret_spec, GError **ret_error);
    bool (*prune)(const char *bytes, gsize length, HdXmlRename rename, gpointer data,
                  char **ret_text, GError **ret_error);
} HdXmlLate;

/** What the module is asked for: the name of its HdXmlLate. */
#define HD_XML_LATE_SYMBOL "hd_xml_reader"

/**
 * hd_xml_late_find:
 * Loads the parser, or tells where it is linked: which of both, the program's build decides
 * (hd-xml-late.c, hd-xml-linked.c).
 *
 * Returns: (transfer none) (nullable): NULL on %HD_ERROR_STATE.
 */
const HdXmlLate *hd_xml_late_find(GError **ret_error);

#endif
