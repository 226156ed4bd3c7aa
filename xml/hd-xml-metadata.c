/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wishes that libvirt has no element for live in <metadata>, under one root: libvirt
 * keeps only the first element per namespace there, and none without a namespace.
 */
#include "hd-xml-metadata.h"

#include "hd-desktop.h"
#include "hd-text.h"
#include "hd-xml-metadata-private.h"
#include "hd-xml.h"

bool
hd_xml_metadata_is(const xmlNode *node, const char *name)
{
    return hd_xml_is(node, name, HD_XML_METADATA_URI) || hd_xml_is(node, name, NULL);
}

bool
hd_xml_metadata_is_filler(const xmlNode *node)
{
    return node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE ||
           (node->type == XML_TEXT_NODE && xmlIsBlankNode(node));
}

bool
hd_xml_metadata_check_empty(const xmlNode *node, GError **ret_error)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (!hd_xml_metadata_is_filler(child))
            return hd_xml_fail(ret_error, node, "of our metadata takes attributes, no content");
    }
    return true;
}

bool
hd_xml_metadata_fail_value(GError **ret_error, const xmlNode *node, const char *name,
                           const char *value, const char *why)
{
    g_autofree char *shown = hd_xml_shown(value);
    return hd_xml_fail(ret_error, node, "%s='%s' is not known: %s", name, shown, why);
}

bool
hd_xml_metadata_fail_attribute(GError **ret_error, const xmlNode *node, const xmlAttr *attribute)
{
    const char *prefix = attribute->ns != NULL ? (const char *)attribute->ns->prefix : NULL;
    g_autofree char *value = hd_xml_text((const xmlNode *)attribute);
    g_autofree char *name =
        g_strconcat(prefix != NULL ? prefix : "", prefix != NULL ? ":" : "", attribute->name, NULL);
    g_autofree char *shown = hd_xml_shown(name);
    return hd_xml_metadata_fail_value(ret_error, node, shown, value,
                                      prefix != NULL ? "attributes have no prefix"
                                                     : "there is no such attribute");
}

static bool
is_rule(const char *name)
{
    if (g_str_equal(name, HD_POLICY_CHOICE))
        return true;
    for (guint i = 0; i < HD_RULE_COUNT; i++) {
        if (g_str_equal(hd_rule_name((HdRule)i), name))
            return true;
    }
    return false;
}

bool
hd_xml_metadata_set_rule(const xmlNode *node, const xmlAttr *attribute, HdPolicy *policy,
                         GError **ret_error)
{
    const char *name = (const char *)attribute->name;
    if (attribute->ns != NULL || !is_rule(name))
        return hd_xml_metadata_fail_attribute(ret_error, node, attribute);
    g_autofree char *value = hd_xml_attribute(node, name);
    if (hd_policy_set(policy, name, value))
        return true;
    if (g_str_equal(name, HD_POLICY_CHOICE))
        return hd_xml_metadata_fail_value(ret_error, node, name, value, "say spread, pack or numa");
    bool is_companions = g_str_equal(name, hd_rule_name(HD_RULE_COMPANIONS));
    return hd_xml_metadata_fail_value(ret_error, node, name, value,
                                      is_companions ? "say refuse or bind" : "say refuse or allow");
}

static bool
read_policy(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    if (reader->has_policy)
        return hd_xml_fail(ret_error, node, "of our metadata is there a second time");
    reader->has_policy = true;
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        if (!hd_xml_metadata_set_rule(node, attribute, &reader->request->policy, ret_error))
            return false;
    }
    return hd_xml_metadata_check_empty(node, ret_error);
}

static bool
set_driver(const xmlNode *node, HdWish *wish, GError **ret_error)
{
    g_autofree char *driver = hd_xml_attribute(node, "driver");
    if (!hd_text_is_name(driver))
        return hd_xml_metadata_fail_value(ret_error, node, "driver", driver,
                                          "that is no driver's name");
    if (!hd_wish_is_bound_by_us(wish))
        return hd_xml_metadata_fail_value(ret_error, node, "driver", driver,
                                          "libvirt binds an <interface managed='yes'> itself");
    if (wish->driver != NULL && !g_str_equal(wish->driver, driver))
        return hd_xml_fail(ret_error, node,
                           "has driver='%s', but the device has <driver model='%s'>", driver,
                           wish->driver);
    g_free(wish->driver);
    wish->driver = g_steal_pointer(&driver);
    return true;
}

static bool
set_id(const xmlNode *node, HdWish *wish, GError **ret_error)
{
    g_autofree char *id = hd_xml_attribute(node, "id");
    if (!hd_text_is_device_id(id))
        return hd_xml_metadata_fail_value(ret_error, node, "id", id,
                                          "say vendor:device, such as 8086:10d3");
    wish->expected_id = g_ascii_strdown(id, -1);
    return true;
}

bool
hd_xml_metadata_set_mapping(const xmlNode *node, HdWish *wish, GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, "mapping");
    if (!hd_text_is_name(text))
        return hd_xml_metadata_fail_value(ret_error, node, "mapping", text,
                                          "that is no mapping's name");
    wish->mapping = g_steal_pointer(&text);
    return true;
}

static bool
set_tuning(const xmlNode *node, const char *name, HdWish *wish, GError **ret_error)
{
    g_autofree char *value = hd_xml_attribute(node, name);
    const char *problem = hd_tuning_set(&wish->tuning, name, value);
    return problem == NULL || hd_xml_metadata_fail_value(ret_error, node, name, value, problem);
}

static bool
set_pci(const xmlNode *node, const xmlAttr *attribute, HdWish *wish, GError **ret_error)
{
    const char *name = attribute->ns == NULL ? (const char *)attribute->name : "";
    if (g_str_equal(name, "address"))
        return true;
    if (g_str_equal(name, "driver"))
        return set_driver(node, wish, ret_error);
    if (g_str_equal(name, "id"))
        return set_id(node, wish, ret_error);
    if (g_str_equal(name, "mapping"))
        return hd_xml_metadata_set_mapping(node, wish, ret_error);
    if (hd_tuning_is_name(name))
        return set_tuning(node, name, wish, ret_error);
    if (g_str_equal(name, HD_POLICY_CHOICE))
        return hd_xml_metadata_fail_attribute(ret_error, node, attribute);
    return hd_xml_metadata_set_rule(node, attribute, &wish->policy, ret_error);
}

HdWish *
hd_xml_metadata_find_pci(const HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    HdPciAddress address;
    g_autofree char *text = hd_xml_attribute(node, "address");
    if (text == NULL) {
        hd_xml_fail(ret_error, node, "lacks the attribute 'address'");
        return NULL;
    }
    if (!hd_pci_address_parse(text, &address)) {
        hd_xml_metadata_fail_value(ret_error, node, "address", text,
                                   "say a PCI address, such as 0000:01:00.0");
        return NULL;
    }
    HdWish *wish = hd_request_find_pci(reader->request, &address);
    if (wish == NULL)
        hd_xml_fail(ret_error, node,
                    "is about %s, but the VM has no such host device; add the <hostdev> or remove "
                    "this entry",
                    hd_pci_address_text(&address).text);
    return wish;
}

static bool
read_pci(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    HdWish *wish = hd_xml_metadata_find_pci(reader, node, ret_error);
    if (wish == NULL)
        return false;
    if (!g_hash_table_add(reader->seen, wish))
        return hd_xml_fail(ret_error, node, "is about %s a second time",
                           hd_pci_address_text(&wish->address).text);
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        if (!set_pci(node, attribute, wish, ret_error))
            return false;
    }
    return hd_xml_metadata_check_empty(node, ret_error);
}

static bool
set_vf(const xmlNode *node, const xmlAttr *attribute, HdWish *wish, GError **ret_error)
{
    const char *name = attribute->ns == NULL ? (const char *)attribute->name : "";
    g_autofree char *value = hd_xml_attribute(node, name);
    if (g_str_equal(name, "address"))
        return true;
    if (value == NULL)
        return hd_xml_metadata_fail_attribute(ret_error, node, attribute);
    if (g_str_equal(name, "mac") && wish->kind == HD_WISH_INTERFACE)
        return hd_xml_fail(ret_error, node,
                           "has a mac, but libvirt gives an <interface> its MAC: set it there");
    const char *problem = hd_vf_settings_set(&wish->vf, name, value);
    return problem == NULL || hd_xml_metadata_fail_value(ret_error, node, name, value, problem);
}

static bool
read_vf(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    HdWish *wish = hd_xml_metadata_find_pci(reader, node, ret_error);
    if (wish == NULL)
        return false;
    if (!g_hash_table_add(reader->vfs, wish))
        return hd_xml_fail(ret_error, node, "is about %s a second time",
                           hd_pci_address_text(&wish->address).text);
    if (wish->kind == HD_WISH_NVME)
        return hd_xml_fail(ret_error, node, "is about a disk, which has no network settings");
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        if (!set_vf(node, attribute, wish, ret_error))
            return false;
    }
    const char *problem = hd_vf_settings_check(&wish->vf);
    if (problem != NULL)
        return hd_xml_fail(ret_error, node, "is not whole: %s", problem);
    return hd_xml_metadata_check_empty(node, ret_error);
}

static bool
read_entry(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    if (hd_xml_metadata_is_filler(node))
        return true;
    if (node->type != XML_ELEMENT_NODE)
        return hd_xml_fail(ret_error, node->parent, "of our metadata holds text");
    if (hd_xml_metadata_is(node, "policy"))
        return read_policy(reader, node, ret_error);
    if (hd_xml_metadata_is(node, "pci"))
        return read_pci(reader, node, ret_error);
    if (hd_xml_metadata_is(node, "mdev"))
        return hd_xml_metadata_read_mdev(reader, node, ret_error);
    if (hd_xml_metadata_is(node, "vgpu"))
        return hd_xml_metadata_read_vgpu(reader, node, ret_error);
    if (hd_xml_metadata_is(node, "vf"))
        return read_vf(reader, node, ret_error);
    return hd_xml_fail(ret_error, node,
                       "is not known: our metadata has <policy>, <pci>, <mdev>, <vgpu> and <vf>");
}

static bool
set_stop_units(const xmlNode *root, HdRequest *request, GError **ret_error)
{
    g_autofree char *value = hd_xml_attribute(root, "stop-units");
    g_autoptr(GPtrArray) units = NULL;
    bool is_none = g_str_equal(value, "none");
    if (!is_none && (!hd_units_parse(value, &units) || units->len == 0))
        return hd_xml_metadata_fail_value(ret_error, root, "stop-units", value,
                                          "say names of systemd units, such as gdm.service, or "
                                          "none");
    request->stop_units = g_strdup(is_none ? "" : value);
    return true;
}

static bool
set_root(const xmlNode *root, const xmlAttr *attribute, HdRequest *request, GError **ret_error)
{
    if (attribute->ns == NULL && g_str_equal((const char *)attribute->name, "stop-units"))
        return set_stop_units(root, request, ret_error);
    if (attribute->ns != NULL || !g_str_equal((const char *)attribute->name, "hugepages"))
        return hd_xml_metadata_fail_attribute(ret_error, root, attribute);
    g_autofree char *value = hd_xml_attribute(root, "hugepages");
    if (!g_str_equal(value, "allocate") && !g_str_equal(value, "no"))
        return hd_xml_metadata_fail_value(ret_error, root, "hugepages", value,
                                          "say allocate or no");
    request->allocates = g_str_equal(value, "allocate") ? HD_ASK_YES : HD_ASK_NO;
    return true;
}

static bool
read_root(const xmlNode *root, HdRequest *request, GError **ret_error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) vgpus = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) vfs = g_hash_table_new(NULL, NULL);
    HdXmlMetadata reader = {request, seen, vgpus, vfs, false};
    if (!hd_xml_is(root, "devices", HD_XML_METADATA_URI))
        return hd_xml_fail(ret_error, root, "is not known: our metadata begins with <devices>");
    for (const xmlAttr *attribute = root->properties; attribute != NULL;
         attribute = attribute->next) {
        if (!set_root(root, attribute, request, ret_error))
            return false;
    }
    for (const xmlNode *node = root->children; node != NULL; node = node->next) {
        if (!read_entry(&reader, node, ret_error))
            return false;
    }
    return true;
}

bool
hd_xml_metadata_read(const xmlNode *metadata, HdRequest *request, GError **ret_error)
{
    const xmlNode *root = NULL;
    for (const xmlNode *node = metadata != NULL ? metadata->children : NULL; node != NULL;
         node = node->next) {
        const char *uri = node->type == XML_ELEMENT_NODE && node->ns != NULL
                              ? (const char *)node->ns->href
                              : NULL;
        if (hd_xml_is(node, "devices", NULL))
            return hd_xml_fail(ret_error, node,
                               "in <metadata> has no namespace, so libvirt drops it; write "
                               "xmlns='" HD_XML_METADATA_URI "'");
        if (g_strcmp0(uri, HD_XML_METADATA_URI) != 0)
            continue;
        if (root != NULL)
            return hd_xml_fail(ret_error, node,
                               "is a second element of our metadata, which libvirt drops");
        root = node;
    }
    return root == NULL || read_root(root, request, ret_error);
}
