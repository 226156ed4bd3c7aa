/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domain XML -> request. Element paths are walked by hand and exactly: a guest's
 * own <address> has the same name as a host device's.
 */
#include "hd-xml-domain.h"

#include "hd-error.h"
#include "hd-text.h"
#include "hd-xml-metadata.h"
#include "hd-xml.h"

static bool
read_identity(const xmlNode *domain, char **ret_name, HdUuid *ret_uuid, GError **ret_error)
{
    g_autofree char *name = hd_xml_text(hd_xml_child(domain, "name"));
    g_autofree char *uuid_text = hd_xml_text(hd_xml_child(domain, "uuid"));
    HdUuid uuid;
    if (name == NULL || *name == '\0')
        return hd_xml_fail(ret_error, domain, "the domain has no name");
    if (uuid_text == NULL || !hd_uuid_parse(g_strstrip(uuid_text), &uuid))
        return hd_xml_fail(ret_error, domain, "the domain has no valid uuid");
    *ret_name = g_steal_pointer(&name);
    *ret_uuid = uuid;
    return true;
}

static bool
read_pci_address(const xmlNode *owner, const xmlNode *source, HdPciAddress *ret_address,
                 GError **ret_error)
{
    const xmlNode *address = hd_xml_child(source, "address");
    guint64 domain, bus, slot, function;
    if (address == NULL)
        return hd_xml_fail(ret_error, owner, "<%s> has no <source> with an <address>",
                           (const char *)owner->name);
    if (!hd_xml_number(address, "domain", 0, &domain, ret_error) ||
        !hd_xml_number(address, "bus", -1, &bus, ret_error) ||
        !hd_xml_number(address, "slot", -1, &slot, ret_error) ||
        !hd_xml_number(address, "function", -1, &function, ret_error))
        return false;
    if (!hd_pci_address_from_parts(domain, bus, slot, function, ret_address))
        return hd_xml_fail(ret_error, address,
                           "%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER
                           "x.%" G_GINT64_MODIFIER "x is no PCI address",
                           domain, bus, slot, function);
    return true;
}

static bool
read_managed(const xmlNode *node, bool *ret_managed, GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, "managed");
    if (text != NULL && !g_str_equal(text, "yes") && !g_str_equal(text, "no")) {
        g_autofree char *shown = hd_text_printable(text, 64);
        return hd_xml_fail(ret_error, node, "managed='%s' is neither yes nor no", shown);
    }
    *ret_managed = text != NULL && g_str_equal(text, "yes");
    return true;
}

static bool
read_driver(const xmlNode *node, char **ret_driver, GError **ret_error)
{
    const xmlNode *driver = hd_xml_child(node, "driver");
    g_autofree char *name = hd_xml_attribute(driver, "name");
    g_autofree char *model = hd_xml_attribute(driver, "model");
    if (name != NULL && !g_str_equal(name, "vfio")) {
        g_autofree char *shown = hd_text_printable(name, 64);
        return hd_xml_fail(ret_error, driver, "<driver name='%s'>: only vfio is supported", shown);
    }
    if (model != NULL && !hd_text_is_name(model)) {
        g_autofree char *shown = hd_text_printable(model, 64);
        return hd_xml_fail(ret_error, driver, "<driver model='%s'> is no driver's name", shown);
    }
    *ret_driver = g_steal_pointer(&model);
    return true;
}

/* One controller may serve several disks (namespaces), but a hostdev only one place. */
static bool
add_pci(HdRequest *request, HdWishKind kind, const xmlNode *node, GError **ret_error)
{
    HdPciAddress address;
    bool managed = false;
    if (!read_pci_address(node, hd_xml_child(node, "source"), &address, ret_error))
        return false;
    const xmlNode *managed_at = kind == HD_WISH_NVME ? hd_xml_child(node, "source") : node;
    if (!read_managed(managed_at, &managed, ret_error))
        return false;
    const HdWish *same = hd_request_find_pci(request, &address);
    if (same != NULL && same->kind == HD_WISH_NVME && kind == HD_WISH_NVME)
        return true;
    if (same != NULL)
        return hd_xml_fail(ret_error, node, "%s is listed twice",
                           hd_pci_address_text(&address).text);
    HdWish *wish = hd_request_add(request, kind);
    wish->address = address;
    wish->managed = managed;
    /* A disk's <driver> is QEMU's block driver. */
    return kind == HD_WISH_NVME || read_driver(node, &wish->driver, ret_error);
}

static bool
add_mdev(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    const xmlNode *address = hd_xml_child(hd_xml_child(node, "source"), "address");
    g_autofree char *text = hd_xml_attribute(address, "uuid");
    HdUuid uuid;
    if (!hd_uuid_parse(text, &uuid)) {
        g_autofree char *shown = hd_text_printable(text, 64);
        return hd_xml_fail(ret_error, node, "'%s' is no uuid of a mediated device", shown);
    }
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    wish->uuid = uuid;
    wish->model = hd_xml_attribute(node, "model");
    return true;
}

static bool
read_usb_number(const xmlNode *node, const char *attribute, guint *ret_number, GError **ret_error)
{
    guint64 number = 0;
    if (node != NULL && !hd_xml_number(node, attribute, -1, &number, ret_error))
        return false;
    if (number > 0xffff)
        return hd_xml_fail(ret_error, node, "%s is beyond what USB has", attribute);
    *ret_number = (guint)number;
    return true;
}

static bool
add_usb(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    const xmlNode *source = hd_xml_child(node, "source");
    const xmlNode *address = hd_xml_child(source, "address");
    HdWish *wish = hd_request_add(request, HD_WISH_USB);
    return read_usb_number(hd_xml_child(source, "vendor"), "id", &wish->usb.vendor, ret_error) &&
           read_usb_number(hd_xml_child(source, "product"), "id", &wish->usb.product, ret_error) &&
           read_usb_number(address, "bus", &wish->usb.bus, ret_error) &&
           read_usb_number(address, "device", &wish->usb.device, ret_error);
}

static bool
add_hostdev(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    g_autofree char *mode = hd_xml_attribute(node, "mode");
    g_autofree char *type = hd_xml_attribute(node, "type");
    if (mode != NULL && !g_str_equal(mode, "subsystem"))
        return true;
    if (g_strcmp0(type, "pci") == 0)
        return add_pci(request, HD_WISH_PCI, node, ret_error);
    if (g_strcmp0(type, "mdev") == 0)
        return add_mdev(request, node, ret_error);
    if (g_strcmp0(type, "usb") == 0)
        return add_usb(request, node, ret_error);
    return true;
}

static bool
add_device(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    g_autofree char *type = hd_xml_attribute(node, "type");
    if (request->wishes->len >= HD_XML_MAX_DEVICES)
        return hd_xml_fail(ret_error, node, "more than %d host devices", HD_XML_MAX_DEVICES);
    if (hd_xml_is(node, "hostdev", NULL))
        return add_hostdev(request, node, ret_error);
    if (hd_xml_is(node, "disk", NULL) && g_strcmp0(type, "nvme") == 0)
        return add_pci(request, HD_WISH_NVME, node, ret_error);
    if (hd_xml_is(node, "interface", NULL) && g_strcmp0(type, "hostdev") == 0)
        return add_pci(request, HD_WISH_INTERFACE, node, ret_error);
    return true;
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
    if (!read_identity(domain, &name, &uuid, ret_error))
        return false;
    g_autoptr(HdRequest) request = hd_request_new(name, &uuid);
    const xmlNode *devices = hd_xml_child(domain, "devices");
    for (xmlNode *node = devices != NULL ? devices->children : NULL; node != NULL;
         node = node->next) {
        if (!add_device(request, node, ret_error))
            return false;
    }
    if (!hd_xml_metadata_read(hd_xml_child(domain, "metadata"), request, ret_error))
        return false;
    *ret_request = g_steal_pointer(&request);
    return true;
}

bool
hd_xml_domain_identity(const char *bytes, gsize length, char **ret_name, HdUuid *ret_uuid,
                       GError **ret_error)
{
    g_autoptr(HdXmlDocument) document = NULL;
    return hd_xml_open(bytes, length, "domain", &document, ret_error) &&
           read_identity(xmlDocGetRootElement(document), ret_name, ret_uuid, ret_error);
}
