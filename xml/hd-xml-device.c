/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements of <devices> that take something from the host. Guest addresses have the same
 * element names as host addresses, so only what is below <source> counts. What is not ours
 * (SCSI, capabilities, types of a later libvirt) is libvirt's business and passed over; what
 * is ours and not understood is an error.
 */
#include "hd-xml-device.h"

#include <string.h>

#include "hd-text.h"
#include "hd-xml.h"

/* Reads one kind of element. */
typedef bool (*Reader)(const xmlNode *element, HdRequest *request, GError **ret_error);

static bool
attribute_is(const xmlNode *node, const char *name, const char *value)
{
    g_autofree char *text = hd_xml_attribute(node, name);
    return g_strcmp0(text, value) == 0;
}

/* <source><address .../></source>; an error where either is missing. */
static bool
find_source_address(const xmlNode *element, const xmlNode **ret_address, GError **ret_error)
{
    const xmlNode *source = hd_xml_child(element, "source", NULL);
    const xmlNode *address = source != NULL ? hd_xml_child(source, "address", NULL) : NULL;
    if (address == NULL)
        return hd_xml_fail(element, ret_error, "the <address> in <source> is missing");
    *ret_address = address;
    return true;
}

static bool
read_pci_address(const xmlNode *element, HdPciAddress *ret_address, GError **ret_error)
{
    const xmlNode *node;
    guint64 domain = 0, bus, slot, function;
    if (!find_source_address(element, &node, ret_error))
        return false;
    g_autofree char *type = hd_xml_attribute(node, "type");
    if (type != NULL && strcmp(type, "pci") != 0) {
        g_autofree char *shown = hd_xml_shown(type);
        return hd_xml_fail(node, ret_error, "type='%s' is not a PCI address", shown);
    }
    if (xmlHasProp(node, (const xmlChar *)"domain") != NULL &&
        !hd_xml_number(node, "domain", G_MAXUINT32, &domain, ret_error))
        return false;
    if (!hd_xml_number(node, "bus", 0xff, &bus, ret_error) ||
        !hd_xml_number(node, "slot", 0x1f, &slot, ret_error) ||
        !hd_xml_number(node, "function", 7, &function, ret_error))
        return false;
    if (!hd_pci_address_from_parts(domain, bus, slot, function, ret_address))
        return hd_xml_fail(node, ret_error, "this is not a PCI address");
    return true;
}

static bool
add_wish(const xmlNode *element, HdRequest *request, HdWishKind kind, HdWish **ret_wish,
         GError **ret_error)
{
    if (request->wishes->len >= HD_XML_MAX_DEVICES)
        return hd_xml_fail(element, ret_error, "the domain has more than %d host devices",
                           HD_XML_MAX_DEVICES);
    *ret_wish = hd_request_add(request, kind);
    return true;
}

static bool
add_pci_wish(const xmlNode *element, HdRequest *request, HdWishKind kind, HdWish **ret_wish,
             GError **ret_error)
{
    HdPciAddress address;
    if (!read_pci_address(element, &address, ret_error))
        return false;
    if (hd_request_find_pci(request, &address) != NULL)
        return hd_xml_fail(element, ret_error, "the device %s is listed twice in this domain",
                           hd_pci_address_text(&address).text);
    if (!add_wish(element, request, kind, ret_wish, ret_error))
        return false;
    (*ret_wish)->address = address;
    return true;
}

/* <driver name='vfio' model='mlx5_vfio_pci'/>: the name is the way, the model is the driver. */
static bool
read_driver(const xmlNode *element, HdWish *wish, GError **ret_error)
{
    const xmlNode *driver = hd_xml_child(element, "driver", NULL);
    if (driver == NULL)
        return true;
    g_autofree char *name = hd_xml_attribute(driver, "name");
    g_autofree char *model = hd_xml_attribute(driver, "model");
    if (name != NULL && strcmp(name, "vfio") != 0) {
        g_autofree char *shown = hd_xml_shown(name);
        return hd_xml_fail(driver, ret_error,
                           "name='%s' is not supported, only 'vfio' is; remove the attribute",
                           shown);
    }
    if (model != NULL && !hd_text_is_name(model)) {
        g_autofree char *shown = hd_xml_shown(model);
        return hd_xml_fail(driver, ret_error, "model='%s' is not a driver's name", shown);
    }
    wish->driver = g_steal_pointer(&model);
    return true;
}

static bool
read_hostdev_pci(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    HdWish *wish;
    return add_pci_wish(element, request, HD_WISH_PCI, &wish, ret_error) &&
           hd_xml_yes_no(element, "managed", &wish->managed, ret_error) &&
           read_driver(element, wish, ret_error);
}

static bool
find_mdev(const HdRequest *request, const HdUuid *uuid)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->kind == HD_WISH_MDEV && hd_uuid_equal(&wish->uuid, uuid))
            return true;
    }
    return false;
}

static bool
read_hostdev_mdev(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    const xmlNode *address;
    HdWish *wish;
    HdUuid uuid;
    if (!find_source_address(element, &address, ret_error))
        return false;
    g_autofree char *text = hd_xml_attribute(address, "uuid");
    if (!hd_uuid_parse(text, &uuid)) {
        g_autofree char *shown = hd_xml_shown(text);
        return hd_xml_fail(address, ret_error, "uuid='%s' is not a UUID", shown);
    }
    if (find_mdev(request, &uuid))
        return hd_xml_fail(element, ret_error, "the mediated device %s is listed twice", uuid.text);
    g_autofree char *model = hd_xml_attribute(element, "model");
    if (model != NULL && !hd_text_is_name(model)) {
        g_autofree char *shown = hd_xml_shown(model);
        return hd_xml_fail(element, ret_error, "model='%s' is not a model's name", shown);
    }
    if (!add_wish(element, request, HD_WISH_MDEV, &wish, ret_error))
        return false;
    wish->uuid = uuid;
    wish->model = g_steal_pointer(&model);
    return true;
}

/* <vendor id=/> and <product id=/>: both or neither. */
static bool
read_usb_ids(const xmlNode *source, HdUsbWish *usb, GError **ret_error)
{
    const xmlNode *vendor = hd_xml_child(source, "vendor", NULL);
    const xmlNode *product = hd_xml_child(source, "product", NULL);
    guint64 vendor_id, product_id;
    if (vendor == NULL && product == NULL)
        return true;
    if (vendor == NULL || product == NULL)
        return hd_xml_fail(source, ret_error, "<vendor> and <product> belong together");
    if (!hd_xml_number(vendor, "id", 0xffff, &vendor_id, ret_error) ||
        !hd_xml_number(product, "id", 0xffff, &product_id, ret_error))
        return false;
    if (vendor_id == 0)
        return hd_xml_fail(vendor, ret_error, "id='0' is no vendor");
    usb->vendor = (guint)vendor_id;
    usb->product = (guint)product_id;
    return true;
}

/* <address bus= device=/>; 0:0 is how libvirt says "not known". */
static bool
read_usb_place(const xmlNode *address, HdUsbWish *usb, GError **ret_error)
{
    guint64 bus, device;
    if (!hd_xml_number(address, "bus", 999, &bus, ret_error) ||
        !hd_xml_number(address, "device", 127, &device, ret_error))
        return false;
    if ((bus == 0) != (device == 0))
        return hd_xml_fail(address, ret_error, "USB counts buses and devices from 1");
    usb->bus = (guint)bus;
    usb->device = (guint)device;
    return true;
}

static bool
read_hostdev_usb(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    HdUsbWish usb = {0, 0, 0, 0};
    HdWish *wish;
    const xmlNode *source = hd_xml_child(element, "source", NULL);
    if (source == NULL)
        return hd_xml_fail(element, ret_error, "the <source> is missing");
    const xmlNode *address = hd_xml_child(source, "address", NULL);
    /* By port is a matter between libvirt and QEMU: the device may not even be there yet. */
    bool is_by_port = address != NULL && xmlHasProp(address, (const xmlChar *)"port") != NULL;
    if (!read_usb_ids(source, &usb, ret_error))
        return false;
    if (address != NULL && !is_by_port && !read_usb_place(address, &usb, ret_error))
        return false;
    if (usb.vendor == 0 && usb.bus == 0)
        return is_by_port || hd_xml_fail(source, ret_error, "neither ids nor an address is given");
    if (!add_wish(element, request, HD_WISH_USB, &wish, ret_error))
        return false;
    wish->usb = usb;
    return true;
}

static bool
read_hostdev(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    if (xmlHasProp(element, (const xmlChar *)"mode") != NULL &&
        !attribute_is(element, "mode", "subsystem"))
        return true;
    if (attribute_is(element, "type", "pci"))
        return read_hostdev_pci(element, request, ret_error);
    if (attribute_is(element, "type", "mdev"))
        return read_hostdev_mdev(element, request, ret_error);
    if (attribute_is(element, "type", "usb"))
        return read_hostdev_usb(element, request, ret_error);
    if (xmlHasProp(element, (const xmlChar *)"type") == NULL)
        return hd_xml_fail(element, ret_error, "the attribute 'type' is missing");
    return true;
}

/* Several namespaces of one controller are several disks, but one device. */
static bool
read_disk(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    HdPciAddress address;
    HdWish *wish;
    guint64 namespace;
    if (!attribute_is(element, "type", "nvme"))
        return true;
    const xmlNode *source = hd_xml_child(element, "source", NULL);
    if (source == NULL || !attribute_is(source, "type", "pci"))
        return hd_xml_fail(element, ret_error, "the <source type='pci'> is missing");
    if (!hd_xml_number(source, "namespace", G_MAXUINT32, &namespace, ret_error) ||
        !read_pci_address(element, &address, ret_error))
        return false;
    const HdWish *known = hd_request_find_pci(request, &address);
    if (known != NULL && known->kind == HD_WISH_NVME)
        return true;
    return add_pci_wish(element, request, HD_WISH_NVME, &wish, ret_error) &&
           hd_xml_yes_no(source, "managed", &wish->managed, ret_error);
}

/* type='network' may become a hostdev too, but libvirt chooses it after prepare. */
static bool
read_interface(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    HdWish *wish;
    return !attribute_is(element, "type", "hostdev") ||
           (add_pci_wish(element, request, HD_WISH_INTERFACE, &wish, ret_error) &&
            hd_xml_yes_no(element, "managed", &wish->managed, ret_error) &&
            read_driver(element, wish, ret_error));
}

bool
hd_xml_device_read(const xmlNode *element, HdRequest *request, GError **ret_error)
{
    static const struct {
        const char *name;
        Reader read;
    } readers[] = {
        {"hostdev", read_hostdev},
        {"disk", read_disk},
        {"interface", read_interface},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (hd_xml_is(element, readers[i].name, NULL))
            return readers[i].read(element, request, ret_error);
    }
    return true;
}
