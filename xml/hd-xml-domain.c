/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domain XML -> request: who the domain is, what its devices take from the host, and
 * what its metadata says about them.
 */
#include "hd-xml-domain.h"

#include "hd-error.h"
#include "hd-xml-device.h"
#include "hd-xml-memory.h"
#include "hd-xml-metadata.h"
#include "hd-xml-one.h"
#include "hd-xml.h"

bool
hd_xml_domain_read_identity(const xmlNode *domain, char **ret_name, HdUuid *ret_uuid,
                            GError **ret_error)
{
    g_autofree char *name = hd_xml_text(hd_xml_child(domain, "name"));
    g_autofree char *uuid_text = hd_xml_text(hd_xml_child(domain, "uuid"));
    HdUuid uuid;
    if (name == NULL || uuid_text == NULL)
        return hd_xml_fail(ret_error, domain, "has no %s", name == NULL ? "name" : "valid uuid");
    if (!hd_request_is_vm_name(name)) {
        g_autofree char *shown = hd_xml_shown(name);
        return hd_xml_fail(ret_error, hd_xml_child(domain, "name"),
                           "is '%s', which is no name of a VM", shown);
    }
    if (!hd_uuid_parse(g_strstrip(uuid_text), &uuid)) {
        g_autofree char *shown = hd_xml_shown(uuid_text);
        return hd_xml_fail(ret_error, hd_xml_child(domain, "uuid"),
                           "is '%s', which is no valid uuid", shown);
    }
    *ret_name = g_steal_pointer(&name);
    *ret_uuid = uuid;
    return true;
}

static bool
read_devices(const xmlNode *domain, HdRequest *request, GError **ret_error)
{
    /* libvirt writes one <devices>, but reads several. */
    for (const xmlNode *devices = domain->children; devices != NULL; devices = devices->next) {
        if (!hd_xml_is(devices, "devices", NULL))
            continue;
        for (const xmlNode *node = devices->children; node != NULL; node = node->next) {
            if (!hd_xml_device_read(node, request, ret_error))
                return false;
        }
    }
    return true;
}

/* <numatune><memory nodeset='0-1'/>: only a preference rests on it, so what isn't understood is
   passed over. */
static guint64
read_numa_nodes(const xmlNode *domain)
{
    const xmlNode *memory = hd_xml_child(hd_xml_child(domain, "numatune"), "memory");
    g_autofree char *set = hd_xml_attribute(memory, "nodeset");
    guint64 nodes = 0;
    if (set != NULL)
        (void)hd_xml_memory_parse_nodes(set, &nodes);
    return nodes;
}

bool
hd_xml_domain_parse(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error)
{
    g_autoptr(HdXmlDocument) document = NULL;
    g_autofree char *name = NULL;
    HdUuid uuid;
    if (!hd_xml_open(bytes, length, "domain", &document, ret_error))
        return false;
    const xmlNode *domain = xmlDocGetRootElement(document);
    if (!hd_xml_domain_read_identity(domain, &name, &uuid, ret_error))
        return false;
    g_autoptr(HdRequest) request = hd_request_new(name, &uuid);
    request->numa_nodes = read_numa_nodes(domain);
    hd_xml_memory_read(domain, request);
    request->one_folder = hd_xml_one_folder(hd_xml_child(domain, "metadata"));
    if (!read_devices(domain, request, ret_error) ||
        !hd_xml_metadata_read(hd_xml_child(domain, "metadata"), request, ret_error))
        return false;
    *ret_request = g_steal_pointer(&request);
    return true;
}
