/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libxml2, made safe: the one place that calls its parser, and a few readers that
 * keep its types out of the rest.
 */
#include "hd-xml.h"

#include <libxml/parser.h>
#include <libxml/xmlversion.h>
#include <string.h>

#include "hd-error.h"
#include "hd-text.h"
#include "hd-xml-scan.h"

#if LIBXML_VERSION >= 21200
typedef const xmlError *HdXmlErrorPointer;
#else
typedef xmlError *HdXmlErrorPointer;
#endif

/* Never: NOENT, DTDLOAD, DTDATTR, XINCLUDE, HUGE, RECOVER. */
static const int parse_options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT |
                                 XML_PARSE_NOERROR | XML_PARSE_NOWARNING
#if LIBXML_VERSION >= 21300
                                 | XML_PARSE_NO_XXE
#endif
#if LIBXML_VERSION >= 21400
                                 | XML_PARSE_NO_SYS_CATALOG
#endif
    ;

void
hd_xml_document_free(HdXmlDocument *document)
{
    if (document != NULL)
        xmlFreeDoc(document);
}

static xmlParserInput *
load_nothing(const char *url, const char *id, xmlParserCtxt *context)
{
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

static bool
fail_parse(xmlParserCtxt *context, GError **ret_error)
{
    HdXmlErrorPointer problem = xmlCtxtGetLastError(context);
    const char *text = problem != NULL && problem->message != NULL ? problem->message : "malformed";
    g_autofree char *line = g_strdup(text);
    g_autofree char *shown = hd_text_printable(g_strstrip(line), 120);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML can't be read: line %d: %s",
                        problem != NULL ? problem->line : 0, shown);
}

bool
hd_xml_open(const char *bytes, gsize length, const char *root_name, HdXmlDocument **ret_document,
            GError **ret_error)
{
    if (!hd_xml_scan(bytes, length, ret_error))
        return false;
    xmlSetExternalEntityLoader(load_nothing);
    xmlParserCtxt *context = xmlNewParserCtxt();
    if (context == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "no memory for the XML parser");
    g_autoptr(HdXmlDocument) document =
        xmlCtxtReadMemory(context, bytes, (int)length, NULL, "UTF-8", parse_options);
    bool is_good = document != NULL && context->wellFormed != 0;
    if (!is_good)
        (void)fail_parse(context, ret_error);
    xmlFreeParserCtxt(context);
    if (!is_good)
        return false;
    /* The scan has kept DTDs out; this is the second lock on that door. */
    if (document->intSubset != NULL || document->extSubset != NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML holds a DOCTYPE");
    if (!hd_xml_is(xmlDocGetRootElement(document), root_name, NULL))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the XML is no <%s>", root_name);
    *ret_document = g_steal_pointer(&document);
    return true;
}

bool
hd_xml_is(const xmlNode *node, const char *name, const char *namespace_uri)
{
    if (node == NULL || node->type != XML_ELEMENT_NODE ||
        strcmp((const char *)node->name, name) != 0)
        return false;
    const char *uri = node->ns != NULL ? (const char *)node->ns->href : NULL;
    return g_strcmp0(uri, namespace_uri) == 0;
}

xmlNode *
hd_xml_child(const xmlNode *parent, const char *name)
{
    for (xmlNode *node = parent != NULL ? parent->children : NULL; node != NULL;
         node = node->next) {
        if (hd_xml_is(node, name, NULL))
            return node;
    }
    return NULL;
}

static char *
take_text(xmlChar *text)
{
    char *copy = g_strdup((const char *)text);
    if (text != NULL)
        xmlFree(text);
    return copy;
}

char *
hd_xml_attribute(const xmlNode *node, const char *name)
{
    return node != NULL ? take_text(xmlGetNoNsProp(node, (const xmlChar *)name)) : NULL;
}

char *
hd_xml_text(const xmlNode *node)
{
    return node != NULL ? take_text(xmlNodeGetContent(node)) : NULL;
}

bool
hd_xml_number(const xmlNode *node, const char *name, gint64 fallback, guint64 *ret_number,
              GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, name);
    if (text == NULL && fallback >= 0) {
        *ret_number = (guint64)fallback;
        return true;
    }
    bool is_hex = text != NULL && (g_str_has_prefix(text, "0x") || g_str_has_prefix(text, "0X"));
    if (text != NULL && g_ascii_string_to_unsigned(is_hex ? text + 2 : text, is_hex ? 16 : 10, 0,
                                                   G_MAXUINT32, ret_number, NULL))
        return true;
    g_autofree char *shown = hd_text_printable(text, 64);
    return hd_xml_fail(ret_error, node, "<%s> has %s='%s', which is no number",
                       (const char *)node->name, name, shown);
}

bool
hd_xml_fail(GError **ret_error, const xmlNode *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *sentence = g_strdup_vprintf(format, args);
    va_end(args);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "domain XML, line %ld: %s", xmlGetLineNo(node),
                        sentence);
}
