/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From domain XML to a request: who the domain is, what its devices take from the host,
 * and what its metadata says about them.
 */
#include "hd-xml-domain.h"

#include <string.h>

#include "hd-error.h"
#include "hd-xml-device.h"
#include "hd-xml-metadata.h"
#include "hd-xml.h"

/* libvirt stores a domain as NAME.xml, so no name is longer than a file's. */
#define MAX_NAME_BYTES 255

static bool
open_domain(const char *bytes, gsize length, HdXml **ret_xml, GError **ret_error)
{
    g_autoptr(HdXml) xml = NULL;
    if (!hd_xml_open(bytes, length, &xml, ret_error))
        return false;
    const xmlNode *root = xmlDocGetRootElement(xml);
    if (!hd_xml_is(root, "domain", NULL))
        return hd_xml_fail(root, ret_error, "this is not domain XML; its root is <domain>");
    *ret_xml = g_steal_pointer(&xml);
    return true;
}

static bool
is_name(const char *name)
{
    gsize length = strlen(name);
    if (length == 0 || length > MAX_NAME_BYTES)
        return false;
    for (const char *cursor = name; *cursor != '\0'; cursor = g_utf8_next_char(cursor)) {
        if (g_unichar_iscntrl(g_utf8_get_char(cursor)))
            return false;
    }
    return true;
}

static bool
read_name(const xmlNode *domain, char **ret_name, GError **ret_error)
{
    const xmlNode *node = hd_xml_child(domain, "name", NULL);
    if (node == NULL)
        return hd_xml_fail(domain, ret_error, "the <name> is missing");
    g_autofree char *name = hd_xml_text(node);
    if (!is_name(name)) {
        g_autofree char *shown = hd_xml_shown(name);
        return hd_xml_fail(node, ret_error, "'%s' is not a VM's name", shown);
    }
    *ret_name = g_steal_pointer(&name);
    return true;
}

static bool
read_uuid(const xmlNode *domain, HdUuid *ret_uuid, GError **ret_error)
{
    const xmlNode *node = hd_xml_child(domain, "uuid", NULL);
    if (node == NULL)
        return hd_xml_fail(domain, ret_error, "the <uuid> is missing");
    g_autofree char *text = hd_xml_text(node);
    if (!hd_uuid_parse(g_strstrip(text), ret_uuid)) {
        g_autofree char *shown = hd_xml_shown(text);
        return hd_xml_fail(node, ret_error, "'%s' is not a UUID", shown);
    }
    return true;
}

static bool
read_devices(const xmlNode *domain, HdRequest *request, GError **ret_error)
{
    for (const xmlNode *devices = domain->children; devices != NULL; devices = devices->next) {
        if (!hd_xml_is(devices, "devices", NULL))
            continue;
        for (const xmlNode *child = devices->children; child != NULL; child = child->next) {
            if (!hd_xml_device_read(child, request, ret_error))
                return false;
        }
    }
    return true;
}

bool
hd_xml_domain_parse(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error)
{
    g_autoptr(HdXml) xml = NULL;
    g_autofree char *name = NULL;
    HdUuid uuid;
    if (!open_domain(bytes, length, &xml, ret_error))
        return false;
    const xmlNode *domain = xmlDocGetRootElement(xml);
    if (!read_name(domain, &name, ret_error) || !read_uuid(domain, &uuid, ret_error))
        return false;
    g_autoptr(HdRequest) request = hd_request_new(name, &uuid);
    if (!read_devices(domain, request, ret_error) ||
        !hd_xml_metadata_apply(domain, request, ret_error))
        return false;
    *ret_request = g_steal_pointer(&request);
    return true;
}

bool
hd_xml_domain_identity(const char *bytes, gsize length, char **ret_name, HdUuid *ret_uuid,
                       GError **ret_error)
{
    g_autoptr(HdXml) xml = NULL;
    g_autofree char *name = NULL;
    if (!open_domain(bytes, length, &xml, ret_error))
        return false;
    const xmlNode *domain = xmlDocGetRootElement(xml);
    if (!read_name(domain, &name, ret_error) || !read_uuid(domain, ret_uuid, ret_error))
        return false;
    *ret_name = g_steal_pointer(&name);
    return true;
}
