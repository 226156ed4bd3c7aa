/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_H
#define HD_XML_H

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

/** xmlDoc with automatic cleanup. */
typedef xmlDoc HdXmlDocument;
void hd_xml_document_free(HdXmlDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdXmlDocument, hd_xml_document_free)

/**
 * hd_xml_open:
 * @root_name: the document's element must be called so, without a namespace
 * @ret_document: (transfer full): the parsed document
 *
 * Scans (hd_xml_scan()), then parses without network, files, DTD, entities or XInclude. libxml2
 * prints nothing; its complaint becomes the error's message.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_open(const char *bytes, gsize length, const char *root_name,
                 HdXmlDocument **ret_document, GError **ret_error);

/** Returns: (transfer none) (nullable): the first child element @name without a namespace. */
xmlNode *hd_xml_child(const xmlNode *parent, const char *name);

/** Returns: whether @node is an element called @name in @namespace_uri (NULL: in none). */
bool hd_xml_is(const xmlNode *node, const char *name, const char *namespace_uri);

/** Returns: (transfer full) (nullable): attribute @name (in no namespace) of @node; NULL when
 * absent or @node is NULL. */
char *hd_xml_attribute(const xmlNode *node, const char *name);

/** Returns: (transfer full) (nullable): the text inside of @node; NULL when @node is NULL. */
char *hd_xml_text(const xmlNode *node);

/**
 * hd_xml_parse_number:
 * @text: 0x... or decimal; no sign, no blanks. "010" is refused: libvirt would read it as
 *        octal, a person would not
 *
 * Returns: whether @text is such a number; else @ret_number is untouched.
 */
bool hd_xml_parse_number(const char *text, guint64 *ret_number);

/**
 * hd_xml_number:
 * @fallback: value when the attribute is absent; negative: then it is an error
 * @max: the greatest number accepted
 * @ret_number: by hd_xml_parse_number()
 *
 * Returns: false on %HD_ERROR_INPUT, with element, attribute, value and line.
 */
bool hd_xml_number(const xmlNode *node, const char *name, gint64 fallback, guint64 max,
                   guint64 *ret_number, GError **ret_error);

/**
 * hd_xml_fail:
 * Sets %HD_ERROR_INPUT: "domain XML, line N: <element> <sentence>" (or "node device XML"), so a
 * sentence begins with a verb. Text from outside is to go through hd_xml_shown() first.
 *
 * Returns: false.
 */
bool hd_xml_fail(GError **ret_error, const xmlNode *node, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/** Returns: (transfer full): a value from outside, fit for a message: printable and short. */
char *hd_xml_shown(const char *value);

#endif
