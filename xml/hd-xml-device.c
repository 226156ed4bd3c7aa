/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Children of <devices> that take something from the host. Element paths are walked by
 * hand and exactly: a guest's own <address> has the same name as a host device's. What
 * is not ours (SCSI, capabilities, types of a later libvirt) is passed over; what is
 * ours and not understood is an error.
 */
#include "hd-xml-device.h"

#include <string.h>

#include "hd-text.h"
#include "hd-xml-domain.h"
#include "hd-xml.h"

bool
hd_xml_device_read_source(const xmlNode *owner, HdPciAddress *ret_address, GError **ret_error)
{
    const xmlNode *address = hd_xml_child(hd_xml_child(owner, "source"), "address");
    g_autofree char *type = hd_xml_attribute(address, "type");
    guint64 domain, bus, slot, function;
    if (address == NULL)
        return hd_xml_fail(ret_error, owner, "has no <source> with an <address>");
    if (type != NULL && !g_str_equal(type, "pci")) {
        g_autofree char *shown = hd_xml_shown(type);
        return hd_xml_fail(ret_error, address, "has type='%s', which is no PCI address", shown);
    }
    if (!hd_xml_number(address, "domain", 0, G_MAXUINT64, &domain, ret_error) ||
        !hd_xml_number(address, "bus", -1, G_MAXUINT64, &bus, ret_error) ||
        !hd_xml_number(address, "slot", -1, G_MAXUINT64, &slot, ret_error) ||
        !hd_xml_number(address, "function", -1, G_MAXUINT64, &function, ret_error))
        return false;
    if (!hd_pci_address_from_parts(domain, bus, slot, function, ret_address))
        return hd_xml_fail(ret_error, address,
                           "says %" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER
                           "x:%" G_GINT64_MODIFIER "x.%" G_GINT64_MODIFIER
                           "x, which is no PCI address",
                           domain, bus, slot, function);
    return true;
}

static bool
read_managed(const xmlNode *node, bool *ret_managed, GError **ret_error)
{
    g_autofree char *text = hd_xml_attribute(node, "managed");
    if (text != NULL && !g_str_equal(text, "yes") && !g_str_equal(text, "no")) {
        g_autofree char *shown = hd_xml_shown(text);
        return hd_xml_fail(ret_error, node, "has managed='%s', which is neither yes nor no", shown);
    }
    *ret_managed = text != NULL && g_str_equal(text, "yes");
    return true;
}

/* An attribute that is absent or a plain name. */
static bool
read_name(const xmlNode *node, const char *attribute, char **ret_name, GError **ret_error)
{
    g_autofree char *name = hd_xml_attribute(node, attribute);
    if (name != NULL && !hd_text_is_name(name)) {
        g_autofree char *shown = hd_xml_shown(name);
        return hd_xml_fail(ret_error, node, "has %s='%s', which is no valid name", attribute,
                           shown);
    }
    *ret_name = g_steal_pointer(&name);
    return true;
}

/* <driver name='vfio' model='mlx5_vfio_pci'/>: the name is the way, the model is the driver. */
static bool
read_driver(const xmlNode *node, char **ret_driver, GError **ret_error)
{
    const xmlNode *driver = hd_xml_child(node, "driver");
    g_autofree char *name = hd_xml_attribute(driver, "name");
    if (name != NULL && !g_str_equal(name, "vfio")) {
        g_autofree char *shown = hd_xml_shown(name);
        return hd_xml_fail(ret_error, driver,
                           "has name='%s', but only vfio is supported; remove the attribute",
                           shown);
    }
    return driver == NULL || read_name(driver, "model", ret_driver, ret_error);
}

/* NULL, and an error, when there are too many. */
static HdWish *
add_wish(HdRequest *request, HdWishKind kind, const xmlNode *node, GError **ret_error)
{
    if (request->wishes->len < HD_REQUEST_MAX_WISHES)
        return hd_request_add(request, kind);
    hd_xml_fail(ret_error, node, "is one more than %d host devices", HD_REQUEST_MAX_WISHES);
    return NULL;
}

/* One controller may serve several disks (namespaces), but a hostdev only one place. */
static bool
add_pci(HdRequest *request, HdWishKind kind, const xmlNode *node, GError **ret_error)
{
    const xmlNode *managed_at = kind == HD_WISH_NVME ? hd_xml_child(node, "source") : node;
    HdPciAddress address;
    if (!hd_xml_device_read_source(node, &address, ret_error))
        return false;
    const HdWish *same = hd_request_find_pci(request, &address);
    if (same != NULL && same->kind == HD_WISH_NVME && kind == HD_WISH_NVME)
        return true;
    if (same != NULL)
        return hd_xml_fail(ret_error, node, "takes %s, which is listed twice",
                           hd_pci_address_text(&address).text);
    HdWish *wish = add_wish(request, kind, node, ret_error);
    if (wish == NULL)
        return false;
    wish->address = address;
    /* The <driver> of a disk is about its image format. */
    return read_managed(managed_at, &wish->managed, ret_error) &&
           (kind == HD_WISH_NVME || read_driver(node, &wish->driver, ret_error));
}

static bool
add_nvme(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    g_autofree char *type = hd_xml_attribute(hd_xml_child(node, "source"), "type");
    if (g_strcmp0(type, "pci") != 0)
        return hd_xml_fail(ret_error, node, "of type='nvme' has no <source type='pci'>");
    return add_pci(request, HD_WISH_NVME, node, ret_error);
}

/* What a disk is backed by may be a namespace, too: libvirt takes its controller as it takes a
   disk's. */
static bool
add_disk(HdRequest *request, const xmlNode *disk, GError **ret_error)
{
    for (const xmlNode *layer = disk; layer != NULL; layer = hd_xml_child(layer, "backingStore")) {
        g_autofree char *type = hd_xml_attribute(layer, "type");
        if (g_strcmp0(type, "nvme") == 0 && !add_nvme(request, layer, ret_error))
            return false;
    }
    return true;
}

static bool
add_mdev(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    const xmlNode *address = hd_xml_child(hd_xml_child(node, "source"), "address");
    g_autofree char *text = hd_xml_attribute(address, "uuid");
    g_autofree char *type = hd_xml_attribute(node, "mdev_type");
    HdUuid uuid;
    if (type != NULL)
        return hd_xml_fail(ret_error, node,
                           "has mdev_type, which libvirt drops from a <hostdev>; put it into the "
                           "metadata ('hostdevctl xml mdev' prints it)");
    if (!hd_uuid_parse(text, &uuid)) {
        g_autofree char *shown = hd_xml_shown(text);
        return hd_xml_fail(ret_error, node, "has uuid='%s', which is no UUID", shown);
    }
    if (hd_request_find_mdev(request, &uuid) != NULL)
        return hd_xml_fail(ret_error, node, "takes mdev %s, which is listed twice", uuid.text);
    HdWish *wish = add_wish(request, HD_WISH_MDEV, node, ret_error);
    if (wish == NULL)
        return false;
    wish->uuid = uuid;
    return read_name(node, "model", &wish->model, ret_error);
}

/* <vendor id=/> and <product id=/>: both or neither. */
static bool
read_usb_ids(const xmlNode *source, HdUsbWish *usb, GError **ret_error)
{
    const xmlNode *vendor = hd_xml_child(source, "vendor");
    const xmlNode *product = hd_xml_child(source, "product");
    guint64 vendor_id, product_id;
    if (vendor == NULL && product == NULL)
        return true;
    if (vendor == NULL || product == NULL)
        return hd_xml_fail(ret_error, source, "has one of <vendor> and <product>, not both");
    if (!hd_xml_number(vendor, "id", -1, 0xffff, &vendor_id, ret_error) ||
        !hd_xml_number(product, "id", -1, 0xffff, &product_id, ret_error))
        return false;
    if (vendor_id == 0)
        return hd_xml_fail(ret_error, vendor, "has id 0, which is no vendor");
    usb->vendor = (guint)vendor_id;
    usb->product = (guint)product_id;
    return true;
}

/* <address bus= device=/>; 0 and 0 are how libvirt says "not known". */
static bool
read_usb_place(const xmlNode *address, HdUsbWish *usb, GError **ret_error)
{
    guint64 bus, device;
    if (!hd_xml_number(address, "bus", -1, 999, &bus, ret_error) ||
        !hd_xml_number(address, "device", -1, 127, &device, ret_error))
        return false;
    if ((bus == 0) != (device == 0))
        return hd_xml_fail(ret_error, address, "has 0 for bus or device; USB counts from 1");
    usb->bus = (guint)bus;
    usb->device = (guint)device;
    return true;
}

/* Anything else libvirt refuses itself. */
static void
read_usb_startup(const xmlNode *source, HdUsbWish *usb)
{
    g_autofree char *policy = hd_xml_attribute(source, "startupPolicy");
    usb->startup = g_strcmp0(policy, "optional") == 0    ? HD_USB_OPTIONAL
                   : g_strcmp0(policy, "requisite") == 0 ? HD_USB_REQUISITE
                                                         : HD_USB_MANDATORY;
}

static bool
add_usb(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    const xmlNode *source = hd_xml_child(node, "source");
    const xmlNode *address = hd_xml_child(source, "address");
    g_autofree char *port = hd_xml_attribute(address, "port");
    HdUsbWish usb = {0, 0, 0, 0, HD_USB_MANDATORY};
    if (source == NULL)
        return hd_xml_fail(ret_error, node, "has no <source>");
    if (!read_usb_ids(source, &usb, ret_error))
        return false;
    /* What is plugged into a port is between libvirt and QEMU; nothing may be there yet. */
    if (port != NULL)
        return true;
    if (address != NULL && !read_usb_place(address, &usb, ret_error))
        return false;
    if (usb.vendor == 0 && usb.bus == 0)
        return hd_xml_fail(ret_error, source, "has neither ids nor an address");
    read_usb_startup(source, &usb);
    HdWish *wish = add_wish(request, HD_WISH_USB, node, ret_error);
    if (wish == NULL)
        return false;
    wish->usb = usb;
    return true;
}

static bool
add_hostdev(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    g_autofree char *mode = hd_xml_attribute(node, "mode");
    g_autofree char *type = hd_xml_attribute(node, "type");
    if (mode != NULL && !g_str_equal(mode, "subsystem"))
        return true;
    if (type == NULL)
        return hd_xml_fail(ret_error, node, "lacks the attribute 'type'");
    if (g_str_equal(type, "pci"))
        return add_pci(request, HD_WISH_PCI, node, ret_error);
    if (g_str_equal(type, "mdev"))
        return add_mdev(request, node, ret_error);
    if (g_str_equal(type, "usb"))
        return add_usb(request, node, ret_error);
    return true;
}

/* <serial|console|parallel type='dev'><source path='/dev/ttyS0'/>. libvirt shows the first <serial>
   as a <console> too: one path is one wish. */
static bool
add_tty(HdRequest *request, const xmlNode *node, GError **ret_error)
{
    const xmlNode *source = hd_xml_child(node, "source");
    g_autofree char *path = hd_xml_attribute(source, "path");
    g_autofree char *shown = hd_xml_shown(path);
    if (path == NULL)
        return hd_xml_fail(ret_error, node, "has no <source> with a path");
    /* A link or socket of the user's own elsewhere: between libvirt and QEMU. */
    if (!g_str_has_prefix(path, "/dev/"))
        return true;
    if (!hd_request_is_tty_path(path))
        return hd_xml_fail(ret_error, source, "has path='%s', which is no place below /dev", shown);
    if (hd_request_find_tty(request, path) != NULL)
        return true;
    HdWish *wish = add_wish(request, HD_WISH_TTY, node, ret_error);
    if (wish == NULL)
        return false;
    wish->path = g_steal_pointer(&path);
    return true;
}

static bool
is_port(const xmlNode *node)
{
    return hd_xml_is(node, "serial", NULL) || hd_xml_is(node, "console", NULL) ||
           hd_xml_is(node, "parallel", NULL);
}

bool
hd_xml_device_read(const xmlNode *node, HdRequest *request, GError **ret_error)
{
    g_autofree char *type = node->type == XML_ELEMENT_NODE ? hd_xml_attribute(node, "type") : NULL;
    if (hd_xml_is(node, "hostdev", NULL))
        return add_hostdev(request, node, ret_error);
    if (hd_xml_is(node, "disk", NULL))
        return add_disk(request, node, ret_error);
    /* type='network' may become a hostdev too, but libvirt chooses it after prepare. */
    if (hd_xml_is(node, "interface", NULL) && g_strcmp0(type, "hostdev") == 0)
        return add_pci(request, HD_WISH_INTERFACE, node, ret_error);
    if (is_port(node) && g_strcmp0(type, "dev") == 0)
        return add_tty(request, node, ret_error);
    return true;
}
