/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libvirt's live status of a VM: the only place, without asking the daemon, that knows
 * which devices a VM without our hook has.
 */
#include "hd-xml-status.h"

#include "hd-xml-device.h"
#include "hd-xml-domain.h"
#include "hd-xml.h"

/* <interface type='network'>: what the pool has given is in <actual>, which only this file has. */
static bool
read_device(const xmlNode *node, HdRequest *vm, GError **ret_error)
{
    const xmlNode *actual =
        hd_xml_is(node, "interface", NULL) ? hd_xml_child(node, "actual") : NULL;
    g_autofree char *type = hd_xml_attribute(actual, "type");
    HdPciAddress address;
    if (g_strcmp0(type, "hostdev") != 0)
        return hd_xml_device_read(node, vm, ret_error);
    if (!hd_xml_device_read_source(actual, &address, ret_error))
        return false;
    if (hd_request_find_pci(vm, &address) == NULL)
        hd_request_add(vm, HD_WISH_INTERFACE)->address = address;
    return true;
}

static bool
read_devices(const xmlNode *domain, HdRequest *vm, GError **ret_error)
{
    const xmlNode *devices = hd_xml_child(domain, "devices");
    for (const xmlNode *node = devices != NULL ? devices->children : NULL; node != NULL;
         node = node->next) {
        if (!read_device(node, vm, ret_error))
            return false;
    }
    return true;
}

bool
hd_xml_status_parse(const char *bytes, gsize length, HdRequest **ret_vm, guint64 *ret_pid,
                    GError **ret_error)
{
    g_autoptr(HdXmlDocument) document = NULL;
    g_autofree char *name = NULL;
    HdUuid uuid;
    guint64 pid = 0;
    if (!hd_xml_open(bytes, length, "domstatus", &document, ret_error))
        return false;
    const xmlNode *status = xmlDocGetRootElement(document);
    const xmlNode *domain = hd_xml_child(status, "domain");
    if (domain == NULL)
        return hd_xml_fail(ret_error, status, "has no domain");
    if (!hd_xml_domain_read_identity(domain, &name, &uuid, ret_error) ||
        !hd_xml_number(status, "pid", 0, G_MAXINT, &pid, ret_error))
        return false;
    g_autoptr(HdRequest) vm = hd_request_new(name, &uuid);
    if (!read_devices(domain, vm, ret_error))
        return false;
    *ret_vm = g_steal_pointer(&vm);
    *ret_pid = pid;
    return true;
}
