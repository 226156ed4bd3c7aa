/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wishes that libvirt has no element for live in <metadata>, under one root: libvirt
 * keeps only the first element per namespace there, and none without a namespace.
 */
#include "hd-xml-metadata.h"

#include <string.h>

#include "hd-text.h"
#include "hd-xml.h"

/* Children may be in our namespace or, as libvirt allows below the root, in none. */
static bool
is_ours(const xmlNode *node, const char *name)
{
    return hd_xml_is(node, name, HD_XML_METADATA_URI) || hd_xml_is(node, name, NULL);
}

static bool
fail_value(GError **ret_error, const xmlNode *node, const char *name, const char *value)
{
    g_autofree char *shown = hd_text_printable(value, 64);
    return hd_xml_fail(ret_error, node, "metadata <%s>: %s='%s' is not known",
                       (const char *)node->name, name, shown);
}

/* Calls @set for each attribute; it says whether it knows name and value. */
static bool
read_attributes(const xmlNode *node, bool (*set)(gpointer, const char *, const char *),
                gpointer data, GError **ret_error)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        g_autofree char *value = hd_xml_attribute(node, name);
        if (value == NULL || !set(data, name, value))
            return fail_value(ret_error, node, name, value);
    }
    return true;
}

static bool
set_policy(gpointer data, const char *name, const char *value)
{
    return hd_policy_set(data, name, value);
}

static bool
is_device_id(const char *text)
{
    if (strlen(text) != 9)
        return false;
    for (guint i = 0; i < 9; i++) {
        if (i == 4 ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return false;
    }
    return true;
}

static bool
set_pci(gpointer data, const char *name, const char *value)
{
    HdWish *wish = data;
    if (g_str_equal(name, "address"))
        return true;
    if (g_str_equal(name, "driver") && hd_text_is_name(value)) {
        g_free(wish->driver);
        wish->driver = g_strdup(value);
        return true;
    }
    if (g_str_equal(name, "id") && is_device_id(value)) {
        g_free(wish->expected_id);
        wish->expected_id = g_ascii_strdown(value, -1);
        return true;
    }
    return hd_policy_set(&wish->policy, name, value);
}

static bool
read_pci(const xmlNode *node, HdRequest *request, GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, "address");
    HdPciAddress address;
    if (!hd_pci_address_parse(text, &address))
        return fail_value(ret_error, node, "address", text);
    HdWish *wish = hd_request_find_pci(request, &address);
    if (wish == NULL)
        return hd_xml_fail(ret_error, node,
                           "metadata <pci> is about %s, but the VM has no such host device",
                           hd_pci_address_text(&address).text);
    return read_attributes(node, set_pci, wish, ret_error);
}

static bool
read_entry(const xmlNode *node, HdRequest *request, GError **ret_error)
{
    if (node->type != XML_ELEMENT_NODE)
        return true;
    if (is_ours(node, "policy"))
        return read_attributes(node, set_policy, &request->policy, ret_error);
    if (is_ours(node, "pci"))
        return read_pci(node, request, ret_error);
    g_autofree char *name = hd_text_printable((const char *)node->name, 64);
    bool is_planned = is_ours(node, "mdev") || is_ours(node, "vf") || is_ours(node, "vgpu");
    return hd_xml_fail(ret_error, node, "metadata <%s> is not %s", name,
                       is_planned ? "supported by this version" : "known");
}

bool
hd_xml_metadata_read(const xmlNode *metadata, HdRequest *request, GError **ret_error)
{
    for (const xmlNode *root = metadata != NULL ? metadata->children : NULL; root != NULL;
         root = root->next) {
        const char *uri = root->type == XML_ELEMENT_NODE && root->ns != NULL
                              ? (const char *)root->ns->href
                              : NULL;
        if (g_strcmp0(uri, HD_XML_METADATA_URI) != 0)
            continue;
        if (!hd_xml_is(root, "devices", HD_XML_METADATA_URI))
            return hd_xml_fail(ret_error, root, "metadata of hostdevctl begins with <devices>");
        for (const xmlNode *node = root->children; node != NULL; node = node->next) {
            if (!read_entry(node, request, ret_error))
                return false;
        }
    }
    return true;
}
