/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Entries of our metadata that say what a virtual device is to be before the VM gets it:
 * a mediated device's type, parent and attributes, a VF's vendor vGPU type.
 */
#include "hd-text.h"
#include "hd-xml-metadata-private.h"
#include "hd-xml.h"

static bool
read_type(const xmlNode *node, const char *attribute, char **ret_type, GError **ret_error)
{
    g_autofree char *type = hd_xml_attribute(node, attribute);
    if (type == NULL)
        return hd_xml_fail(ret_error, node, "lacks the attribute '%s'", attribute);
    if (!hd_mdev_is_type_name(type))
        return hd_xml_metadata_fail_value(ret_error, node, attribute, type,
                                          "that is no type's name");
    *ret_type = g_steal_pointer(&type);
    return true;
}

static HdWish *
find_wish(const HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, "uuid");
    HdUuid uuid;
    if (text == NULL) {
        hd_xml_fail(ret_error, node, "lacks the attribute 'uuid'");
        return NULL;
    }
    if (!hd_uuid_parse(text, &uuid)) {
        hd_xml_metadata_fail_value(ret_error, node, "uuid", text, "that is no UUID");
        return NULL;
    }
    HdWish *wish = hd_request_find_mdev(reader->request, &uuid);
    if (wish == NULL)
        hd_xml_fail(ret_error, node,
                    "is about mdev %s, but the VM has no such <hostdev type='mdev'>; add it or "
                    "remove this entry",
                    uuid.text);
    return wish;
}

static bool
set_parent(const xmlNode *node, HdWish *wish, GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, "parent");
    wish->mdev->parent = hd_mdev_parent_parse(text);
    return wish->mdev->parent != NULL ||
           hd_xml_metadata_fail_value(ret_error, node, "parent", text,
                                      "say a PCI address, a node device's name or a parent's name");
}

static bool
set_attribute(const xmlNode *node, const xmlAttr *attribute, HdWish *wish, GError **ret_error)
{
    const char *name = attribute->ns == NULL ? (const char *)attribute->name : "";
    if (g_str_equal(name, "uuid") || g_str_equal(name, "mdev_type"))
        return true;
    if (g_str_equal(name, "parent"))
        return set_parent(node, wish, ret_error);
    if (g_str_equal(name, "mapping"))
        return hd_xml_metadata_set_mapping(node, wish, ret_error);
    if (g_str_equal(name, HD_POLICY_CHOICE))
        return hd_xml_metadata_set_rule(node, attribute, &wish->policy, ret_error);
    return hd_xml_metadata_fail_attribute(ret_error, node, attribute);
}

/* <attr name='power/control' value='on'/> */
static bool
read_attr(const xmlNode *node, HdWish *wish, GError **ret_error)
{
    g_autofree char *name = hd_xml_attribute(node, "name");
    g_autofree char *value = hd_xml_attribute(node, "value");
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        bool is_known = attribute->ns == NULL && (xmlStrEqual(attribute->name, BAD_CAST "name") ||
                                                  xmlStrEqual(attribute->name, BAD_CAST "value"));
        if (!is_known)
            return hd_xml_metadata_fail_attribute(ret_error, node, attribute);
    }
    if (name == NULL || value == NULL)
        return hd_xml_fail(ret_error, node, "lacks the attribute '%s'",
                           name == NULL ? "name" : "value");
    if (!hd_mdev_attributes_add(wish->mdev->attributes, name, value))
        return hd_xml_metadata_fail_value(ret_error, node, "name", name,
                                          "a file below the mdev and one line for it are needed");
    return hd_xml_metadata_check_empty(node, ret_error);
}

static bool
read_attrs(const xmlNode *node, HdWish *wish, GError **ret_error)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (hd_xml_metadata_is_filler(child))
            continue;
        if (!hd_xml_metadata_is(child, "attr"))
            return hd_xml_fail(ret_error, node, "of our metadata holds more than <attr>");
        if (!read_attr(child, wish, ret_error))
            return false;
    }
    return true;
}

bool
hd_xml_metadata_read_mdev(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    g_autofree char *type = NULL;
    HdWish *wish = find_wish(reader, node, ret_error);
    if (wish == NULL || !read_type(node, "mdev_type", &type, ret_error))
        return false;
    if (!g_hash_table_add(reader->seen, wish))
        return hd_xml_fail(ret_error, node, "is about mdev %s a second time", wish->uuid.text);
    wish->mdev = hd_mdev_spec_new(&wish->uuid, type, NULL);
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        if (!set_attribute(node, attribute, wish, ret_error))
            return false;
    }
    if (wish->mdev->parent != NULL && wish->mapping != NULL)
        return hd_xml_fail(ret_error, node, "has both parent and mapping; say one of them");
    return read_attrs(node, wish, ret_error);
}

bool
hd_xml_metadata_read_vgpu(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error)
{
    g_autofree char *type = NULL;
    HdWish *wish = hd_xml_metadata_find_pci(reader, node, ret_error);
    if (wish == NULL || !read_type(node, "vgpu_type", &type, ret_error))
        return false;
    if (!g_hash_table_add(reader->vgpus, wish))
        return hd_xml_fail(ret_error, node, "is about %s a second time",
                           hd_pci_address_text(&wish->address).text);
    if (wish->kind != HD_WISH_PCI || wish->driver != NULL)
        return hd_xml_fail(ret_error, node,
                           "is about %s, which as a vGPU has to be a plain <hostdev> without a "
                           "driver",
                           hd_pci_address_text(&wish->address).text);
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        bool is_known =
            attribute->ns == NULL && (xmlStrEqual(attribute->name, BAD_CAST "address") ||
                                      xmlStrEqual(attribute->name, BAD_CAST "vgpu_type"));
        if (!is_known)
            return hd_xml_metadata_fail_attribute(ret_error, node, attribute);
    }
    wish->vgpu_type = g_steal_pointer(&type);
    return hd_xml_metadata_check_empty(node, ret_error);
}
