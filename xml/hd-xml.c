/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libxml2, made safe: the one place that calls its parser, and a few readers that
 * keep its types out of the rest. It runs as root on text that users of libvirt
 * write, so all that it can do besides building a tree is shut off.
 */
#include "hd-xml.h"

#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <libxml/xmlversion.h>
#include <string.h>

#include "hd-error.h"
#include "hd-text.h"
#include "hd-xml-scan.h"

/* Never: NOENT, DTDLOAD, DTDATTR, DTDVALID, XINCLUDE, HUGE, RECOVER. */
static const int parse_options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT |
                                 XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES
#if LIBXML_VERSION >= 21300
                                 | XML_PARSE_NO_XXE
#endif
#if LIBXML_VERSION >= 21400
                                 | XML_PARSE_NO_SYS_CATALOG
#endif
#if LIBXML_VERSION >= 21500
                                 | XML_PARSE_SKIP_IDS
#endif
    ;

typedef xmlParserCtxt HdXmlParser;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdXmlParser, xmlFreeParserCtxt)

void
hd_xml_document_free(HdXmlDocument *document)
{
    if (document != NULL)
        xmlFreeDoc(document);
}

#if LIBXML_VERSION >= 21400

static xmlParserErrors
load_nothing(void *data, const char *url, const char *id, xmlResourceType type,
             xmlParserInputFlags flags, xmlParserInput **ret_input)
{
    *ret_input = NULL;
    return XML_IO_ENOENT;
}

static xmlDoc *
parse(HdXmlParser *parser, const char *bytes, gsize length)
{
    xmlCtxtSetResourceLoader(parser, load_nothing, NULL);
    return xmlCtxtReadMemory(parser, bytes, (int)length, NULL, "UTF-8", parse_options);
}

#else

static xmlParserInput *
load_nothing(const char *url, const char *id, xmlParserCtxt *parser)
{
    return NULL;
}

/* Here loader and catalogs belong to the process, and libvirt's client library parses XML too:
   both are put back. That the encoding is given, not read from the document, keeps a declared
   UTF-7 from showing the parser a DOCTYPE that the scan could not see. */
static xmlDoc *
parse(HdXmlParser *parser, const char *bytes, gsize length)
{
    xmlExternalEntityLoader old_loader = xmlGetExternalEntityLoader();
    xmlSetExternalEntityLoader(load_nothing);
#ifdef LIBXML_CATALOG_ENABLED
    xmlCatalogAllow old_catalogs = xmlCatalogGetDefaults();
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
#endif
    xmlDoc *document = xmlCtxtReadMemory(parser, bytes, (int)length, NULL, "UTF-8", parse_options);
#ifdef LIBXML_CATALOG_ENABLED
    xmlCatalogSetDefaults(old_catalogs);
#endif
    xmlSetExternalEntityLoader(old_loader);
    return document;
}

#endif

static bool
fail_parse(HdXmlParser *parser, GError **ret_error)
{
    const xmlError *problem = xmlCtxtGetLastError(parser);
    if (problem == NULL || problem->message == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "the domain XML can't be read: it is malformed");
    g_autofree char *text = g_strdup(problem->message);
    g_autofree char *shown = hd_text_printable(g_strstrip(text), 120);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML can't be read: line %d: %s",
                        problem->line, shown);
}

bool
hd_xml_open(const char *bytes, gsize length, const char *root_name, HdXmlDocument **ret_document,
            GError **ret_error)
{
    if (!hd_xml_scan(bytes, length, ret_error))
        return false;
    if (length == 0)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML can't be read: it is empty");
    xmlInitParser();
    g_autoptr(HdXmlParser) parser = xmlNewParserCtxt();
    if (parser == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "no memory for the XML parser");
    g_autoptr(HdXmlDocument) document = parse(parser, bytes, length);
    /* A stopped parser may leave half a tree: only wellFormed tells. */
    if (document == NULL || parser->wellFormed == 0)
        return fail_parse(parser, ret_error);
    /* The scan has kept DTDs out; this is the second lock on that door. */
    if (document->intSubset != NULL || document->extSubset != NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML holds a DOCTYPE");
    const xmlNode *root = xmlDocGetRootElement(document);
    if (!hd_xml_is(root, root_name, NULL))
        return hd_xml_fail(ret_error, root, "is no <%s>", root_name);
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

/* libvirt reads a leading 0 as octal. "00" and "07" are the same number either way. */
static bool
is_ambiguous(const char *digits)
{
    const char *rest = digits + strspn(digits, "0");
    gsize length = strlen(rest);
    return rest > digits && (length > 1 || (length == 1 && rest[0] >= '8'));
}

bool
hd_xml_parse_number(const char *text, guint64 *ret_number)
{
    bool is_hex = g_ascii_strncasecmp(text, "0x", 2) == 0;
    const char *digits = is_hex ? text + 2 : text;
    if (!is_hex && is_ambiguous(digits))
        return false;
    /* Left to itself GLib takes a second "0x" in a hexadecimal number. */
    if (digits[0] == '0' && g_ascii_tolower(digits[1]) == 'x')
        return false;
    return hd_text_unsigned(digits, is_hex ? 16 : 10, 0, G_MAXUINT64, ret_number);
}

bool
hd_xml_number(const xmlNode *node, const char *name, gint64 fallback, guint64 max,
              guint64 *ret_number, GError **ret_error)
{
    g_autofree char *text = take_text(xmlGetNoNsProp(node, (const xmlChar *)name));
    if (text == NULL && fallback < 0)
        return hd_xml_fail(ret_error, node, "lacks the attribute '%s'", name);
    if (text == NULL) {
        *ret_number = (guint64)fallback;
        return true;
    }
    guint64 number;
    g_autofree char *shown = hd_xml_shown(text);
    if (!hd_xml_parse_number(text, &number))
        return hd_xml_fail(ret_error, node, "has %s='%s', which is no number", name, shown);
    if (number > max)
        return hd_xml_fail(ret_error, node,
                           "has %s='%s', which is more than 0x%" G_GINT64_MODIFIER "x", name, shown,
                           max);
    *ret_number = number;
    return true;
}

bool
hd_xml_fail(GError **ret_error, const xmlNode *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *sentence = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *element = hd_xml_shown((const char *)node->name);
    const xmlNode *root = xmlDocGetRootElement(node->doc);
    const char *what = hd_xml_is(root, "device", NULL) ? "node device XML" : "domain XML";
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s, line %ld: <%s> %s", what,
                        xmlGetLineNo(node), element, sentence);
}

char *
hd_xml_shown(const char *value)
{
    return hd_text_printable(value, 64);
}
