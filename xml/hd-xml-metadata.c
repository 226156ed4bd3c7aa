/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wishes that libvirt's XML has no place for. libvirt keeps one element per namespace below
 * <metadata> and drops further ones without a word, hence the single root. Reading is strict:
 * a mistyped attribute that is skipped would be found out when a disk has left the host.
 */
#include "hd-xml-metadata.h"

#include <string.h>

#include "hd-text.h"
#include "hd-xml.h"

typedef struct {
    HdRequest *request;
    GHashTable *seen; /* wishes that have their <pci> already */
    bool has_policy;
} Reader;

static bool
is_ours(const xmlNode *node, const char *name)
{
    return hd_xml_is(node, name, HD_XML_METADATA_NS) || hd_xml_is(node, name, NULL);
}

/* Comments are free; of text only blanks. */
static bool
is_filler(const xmlNode *node)
{
    return node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE ||
           (node->type == XML_TEXT_NODE && xmlIsBlankNode(node));
}

static bool
check_empty(const xmlNode *element, GError **ret_error)
{
    for (const xmlNode *child = element->children; child != NULL; child = child->next) {
        if (!is_filler(child))
            return hd_xml_fail(element, ret_error, "takes attributes only, no content");
    }
    return true;
}

static bool
fail_attribute(const xmlNode *element, const xmlAttr *attribute, GError **ret_error)
{
    g_autofree char *name = hd_xml_shown((const char *)attribute->name);
    return hd_xml_fail(element, ret_error, "the attribute '%s' is not known%s", name,
                       attribute->ns != NULL ? " with a prefix" : "");
}

static bool
is_rule(const char *name)
{
    for (guint i = 0; i < HD_RULE_COUNT; i++) {
        if (strcmp(hd_rule_name((HdRule)i), name) == 0)
            return true;
    }
    return false;
}

static bool
set_rule(const xmlNode *element, const xmlAttr *attribute, HdPolicy *policy, GError **ret_error)
{
    const char *name = (const char *)attribute->name;
    if (attribute->ns != NULL || !is_rule(name))
        return fail_attribute(element, attribute, ret_error);
    g_autofree char *stance = hd_xml_attribute(element, name);
    if (hd_policy_set(policy, name, stance))
        return true;
    g_autofree char *shown = hd_xml_shown(stance);
    return hd_xml_fail(element, ret_error, "%s='%s' is neither refuse nor %s", name, shown,
                       strcmp(name, "companions") == 0 ? "bind" : "allow");
}

static bool
read_policy(Reader *reader, const xmlNode *element, GError **ret_error)
{
    if (reader->has_policy)
        return hd_xml_fail(element, ret_error, "there is a <policy> already");
    reader->has_policy = true;
    for (const xmlAttr *entry = element->properties; entry != NULL; entry = entry->next) {
        if (!set_rule(element, entry, &reader->request->policy, ret_error))
            return false;
    }
    return check_empty(element, ret_error);
}

static bool
set_driver(const xmlNode *element, HdWish *wish, GError **ret_error)
{
    g_autofree char *driver = hd_xml_attribute(element, "driver");
    g_autofree char *shown = hd_xml_shown(driver);
    if (!hd_text_is_name(driver))
        return hd_xml_fail(element, ret_error, "driver='%s' is not a driver's name", shown);
    if (!hd_wish_is_bound_by_us(wish))
        return hd_xml_fail(element, ret_error,
                           "driver='%s' has no effect, since libvirt binds an <interface "
                           "managed='yes'>; use <driver model='%s'/> there",
                           shown, shown);
    if (wish->driver != NULL && strcmp(wish->driver, driver) != 0)
        return hd_xml_fail(element, ret_error,
                           "driver='%s' contradicts <driver model='%s'/> of the device", shown,
                           wish->driver);
    g_free(wish->driver);
    wish->driver = g_steal_pointer(&driver);
    return true;
}

/* vvvv:dddd */
static bool
is_id(const char *id)
{
    if (strlen(id) != 9 || id[4] != ':')
        return false;
    for (guint i = 0; i < 9; i++) {
        if (i != 4 && !g_ascii_isxdigit(id[i]))
            return false;
    }
    return true;
}

static bool
set_id(const xmlNode *element, HdWish *wish, GError **ret_error)
{
    g_autofree char *id = hd_xml_attribute(element, "id");
    if (!is_id(id)) {
        g_autofree char *shown = hd_xml_shown(id);
        return hd_xml_fail(element, ret_error,
                           "id='%s' is not of the form vendor:device, e.g. 8086:10d3", shown);
    }
    wish->expected_id = g_ascii_strdown(id, -1);
    return true;
}

static bool
set_pci_attribute(const xmlNode *element, const xmlAttr *attribute, HdWish *wish,
                  GError **ret_error)
{
    const char *name = (const char *)attribute->name;
    if (attribute->ns == NULL && strcmp(name, "address") == 0)
        return true;
    if (attribute->ns == NULL && strcmp(name, "driver") == 0)
        return set_driver(element, wish, ret_error);
    if (attribute->ns == NULL && strcmp(name, "id") == 0)
        return set_id(element, wish, ret_error);
    return set_rule(element, attribute, &wish->policy, ret_error);
}

static bool
find_wish(const Reader *reader, const xmlNode *element, HdWish **ret_wish, GError **ret_error)
{
    HdPciAddress address;
    g_autofree char *text = hd_xml_attribute(element, "address");
    if (text == NULL)
        return hd_xml_fail(element, ret_error, "the attribute 'address' is missing");
    if (!hd_pci_address_parse(text, &address)) {
        g_autofree char *shown = hd_xml_shown(text);
        return hd_xml_fail(element, ret_error,
                           "address='%s' is not a PCI address, e.g. 0000:01:00.0", shown);
    }
    HdWish *wish = hd_request_find_pci(reader->request, &address);
    if (wish == NULL)
        return hd_xml_fail(element, ret_error,
                           "the domain has no <hostdev> for %s; add it or remove this entry",
                           hd_pci_address_text(&address).text);
    *ret_wish = wish;
    return true;
}

static bool
read_pci(Reader *reader, const xmlNode *element, GError **ret_error)
{
    HdWish *wish;
    if (!find_wish(reader, element, &wish, ret_error))
        return false;
    if (!g_hash_table_add(reader->seen, wish))
        return hd_xml_fail(element, ret_error, "there is an entry for %s already",
                           hd_pci_address_text(&wish->address).text);
    for (const xmlAttr *entry = element->properties; entry != NULL; entry = entry->next) {
        if (!set_pci_attribute(element, entry, wish, ret_error))
            return false;
    }
    return check_empty(element, ret_error);
}

static bool
fail_child(const xmlNode *child, GError **ret_error)
{
    static const char *const later[] = {"mdev", "vf", "vgpu"};
    for (gsize i = 0; i < G_N_ELEMENTS(later); i++) {
        if (is_ours(child, later[i]))
            return hd_xml_fail(child, ret_error, "is not supported by this version");
    }
    return hd_xml_fail(child, ret_error, "is not known; in %s there are <policy> and <pci>",
                       HD_XML_METADATA_NS);
}

static bool
read_entry(Reader *reader, const xmlNode *child, GError **ret_error)
{
    if (is_filler(child))
        return true;
    if (child->type != XML_ELEMENT_NODE)
        return hd_xml_fail(child->parent, ret_error, "contains text");
    if (is_ours(child, "policy"))
        return read_policy(reader, child, ret_error);
    if (is_ours(child, "pci"))
        return read_pci(reader, child, ret_error);
    return fail_child(child, ret_error);
}

static bool
read_root(const xmlNode *root, HdRequest *request, GError **ret_error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Reader reader = {request, seen, false};
    if (root->properties != NULL)
        return fail_attribute(root, root->properties, ret_error);
    for (const xmlNode *child = root->children; child != NULL; child = child->next) {
        if (!read_entry(&reader, child, ret_error))
            return false;
    }
    return true;
}

static bool
is_in_namespace(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           strcmp((const char *)node->ns->href, HD_XML_METADATA_NS) == 0;
}

bool
hd_xml_metadata_apply(const xmlNode *domain, HdRequest *request, GError **ret_error)
{
    const xmlNode *metadata = hd_xml_child(domain, "metadata", NULL);
    const xmlNode *root = NULL;
    if (metadata == NULL)
        return true;
    for (const xmlNode *child = metadata->children; child != NULL; child = child->next) {
        if (!is_in_namespace(child))
            continue;
        if (root != NULL)
            return hd_xml_fail(child, ret_error, "is the second element of %s; libvirt keeps one",
                               HD_XML_METADATA_NS);
        root = child;
    }
    if (root == NULL)
        return true;
    if (!hd_xml_is(root, "devices", HD_XML_METADATA_NS))
        return hd_xml_fail(root, ret_error, "is not known; the root of %s is <devices>",
                           HD_XML_METADATA_NS);
    return read_root(root, request, ret_error);
}
