/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Node devices where no libvirt daemon can be asked: a captured machine, or a host that
 * runs none.
 */
#include "hd-node-probe.h"

#include <errno.h>
#include <string.h>

#include "hd-mdev-probe.h"
#include "hd-mdev-store.h"
#include "hd-probe.h"
#include "hd-text.h"

#define DEVICES "sys/bus/pci/devices"

/* A link such as "../../../devices/pci0000:00/0000:01:00.0" -> "/sys/devices/...". */
static char *
path_of(const char *target)
{
    const char *devices = strstr(target, "devices/");
    return devices != NULL ? g_strconcat("/sys/", devices, NULL) : NULL;
}

static char *
parent_of(const char *path)
{
    g_autofree char *folder = path != NULL ? g_path_get_dirname(path) : g_strdup("/");
    g_autofree char *name = g_path_get_basename(folder);
    HdPciAddress address;
    if (!hd_pci_address_parse(name, &address))
        return g_strdup("computer");
    return hd_node_device_name("pci", name);
}

/* "16.0 GT/s PCIe" -> "16", as libvirt says it; "2.5 GT/s PCIe" -> "2.5". */
static char *
read_speed(HdPort *port, const char *address, const char *attribute)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, DEVICES "/%s/%s", address, attribute) != 0 ||
        !g_ascii_isdigit(*text))
        return NULL;
    text[strspn(text, "0123456789.")] = '\0';
    if (g_str_has_suffix(text, ".0"))
        text[strlen(text) - 2] = '\0';
    return g_steal_pointer(&text);
}

static HdPciLink
read_link(HdPort *port, const char *address, const char *which)
{
    g_autofree char *speed = g_strconcat(which, "_link_speed", NULL);
    g_autofree char *width = g_strconcat(which, "_link_width", NULL);
    g_autofree char *text = NULL;
    guint64 number = 0;
    HdPciLink link = {read_speed(port, address, speed), 0};
    if (hd_port_read(port, &text, DEVICES "/%s/%s", address, width) == 0)
        (void)hd_text_unsigned(text, 10, 0, 64, &number);
    link.width = (guint)number;
    return link;
}

static void
add_address(GArray *addresses, const char *text)
{
    HdPciAddress address;
    if (hd_pci_address_parse(text, &address))
        g_array_append_val(addresses, address);
}

static void
read_vfs(HdPort *port, const char *name, HdNodeDevice *device)
{
    for (guint i = 0;; i++) {
        g_autofree char *vf = NULL;
        if (hd_port_link_name(port, &vf, DEVICES "/%s/virtfn%u", name, i) != 0)
            return;
        add_address(device->vfs, vf);
    }
}

static void
read_group(HdPort *port, HdNodeDevice *device)
{
    g_autoptr(GPtrArray) names = NULL;
    if (device->iommu_group < 0 ||
        hd_port_list(port, &names, "sys/kernel/iommu_groups/%d/devices", device->iommu_group) != 0)
        return;
    for (guint i = 0; i < names->len; i++)
        add_address(device->group_members, g_ptr_array_index(names, i));
}

static bool
read_types(HdPort *port, const char *parent, HdNodeDevice *device, GError **ret_error)
{
    g_autoptr(HdMdevBus) bus = hd_mdev_bus_new();
    if (!hd_mdev_probe_parent(port, parent, bus, ret_error))
        return false;
    if (bus->parents->len > 0) {
        const HdMdevParent *facts = g_ptr_array_index(bus->parents, 0);
        g_ptr_array_extend_and_steal(device->types, g_ptr_array_ref(facts->types));
    }
    return true;
}

static void
take_facts(HdNodeDevice *device, const HdDevice *facts)
{
    device->address = facts->address;
    device->id = facts->id;
    device->driver = g_strdup(facts->binding.driver);
    device->is_bridge = facts->id.class_code >> 8 == 0x0604;
    device->is_vf = facts->is_vf;
    device->pf = facts->pf;
    device->vf_total = facts->vf_total;
    device->numa_node = facts->numa_node;
    device->iommu_group = facts->iommu_group;
}

bool
hd_node_probe_pci(HdPort *port, const HdPciAddress *address, HdNodeDevice **ret_device,
                  GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autofree char *node_name = hd_node_device_name("pci", name.text);
    g_autoptr(HdNodeDevice) device = hd_node_device_new(HD_NODE_DEVICE_PCI, node_name);
    g_autoptr(HdDevice) facts = NULL;
    g_autofree char *target = NULL;
    if (!hd_probe_device(port, address, &facts, ret_error))
        return false;
    if (facts == NULL) {
        *ret_device = NULL;
        return true;
    }
    take_facts(device, facts);
    if (hd_port_link(port, &target, DEVICES "/%s", name.text) == 0)
        device->path = path_of(target);
    device->parent = parent_of(device->path);
    /* The kernel shows it of all of that kind, also where there is no link. */
    device->is_express = hd_port_exists(port, DEVICES "/%s/max_link_speed", name.text);
    device->link_max = read_link(port, name.text, "max");
    device->link_now = read_link(port, name.text, "current");
    read_vfs(port, name.text, device);
    read_group(port, device);
    if (!read_types(port, name.text, device, ret_error))
        return false;
    *ret_device = g_steal_pointer(&device);
    return true;
}

bool
hd_node_probe_parent(HdPort *port, const char *name, HdNodeDevice **ret_device, GError **ret_error)
{
    g_autofree char *node_name = hd_node_device_parent_name(name);
    g_autoptr(HdNodeDevice) device = hd_node_device_new(HD_NODE_DEVICE_MDEV_TYPES, node_name);
    g_autofree char *target = NULL;
    int error = hd_port_link(port, &target, "sys/class/mdev_bus/%s", name);
    if (error == ENOENT) {
        *ret_device = NULL;
        return true;
    }
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: find its folder", name);
    device->path = path_of(target);
    device->parent = g_strdup("computer");
    if (!read_types(port, name, device, ret_error))
        return false;
    *ret_device = g_steal_pointer(&device);
    return true;
}

static HdNodeDevice *
new_mdev(const HdUuid *uuid, const char *type, const char *parent)
{
    g_autofree char *name = hd_node_device_mdev_name(uuid, parent);
    HdNodeDevice *device = hd_node_device_new(HD_NODE_DEVICE_MDEV, name);
    device->parent = hd_node_device_parent_name(parent);
    device->mdev = hd_mdev_spec_new(uuid, type, parent);
    return device;
}

static bool
probe_defined(HdPort *port, const HdUuid *uuid, HdNodeDevice **ret_device, GError **ret_error)
{
    g_autoptr(HdMdevBus) bus = hd_mdev_bus_new();
    *ret_device = NULL;
    if (!hd_mdev_store_find(port, uuid, bus->definitions, ret_error))
        return false;
    if (bus->definitions->len == 0)
        return true;
    const HdMdevSpec *spec = g_ptr_array_index(bus->definitions, 0);
    HdNodeDevice *device = new_mdev(uuid, spec->type, spec->parent);
    g_ptr_array_unref(device->mdev->attributes);
    device->mdev->attributes = hd_mdev_attributes_copy(spec->attributes);
    device->mdev->is_auto = spec->is_auto;
    *ret_device = device;
    return true;
}

bool
hd_node_probe_mdev(HdPort *port, const HdUuid *uuid, bool defined, HdNodeDevice **ret_device,
                   GError **ret_error)
{
    g_autoptr(HdMdev) mdev = NULL;
    g_autofree char *target = NULL;
    if (defined)
        return probe_defined(port, uuid, ret_device, ret_error);
    if (!hd_mdev_probe_one(port, uuid, &mdev, ret_error))
        return false;
    if (mdev == NULL) {
        *ret_device = NULL;
        return true;
    }
    HdNodeDevice *device = new_mdev(uuid, mdev->type, mdev->parent);
    device->iommu_group = mdev->iommu_group;
    if (hd_port_link(port, &target, "sys/bus/mdev/devices/%s", uuid->text) == 0)
        device->path = path_of(target);
    (void)hd_port_link_name(port, &device->driver, "sys/bus/mdev/devices/%s/driver", uuid->text);
    *ret_device = device;
    return true;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
add_pci_names(HdPort *port, GPtrArray *names, GError **ret_error)
{
    g_autoptr(GPtrArray) addresses = NULL;
    int error = hd_port_list(port, &addresses, DEVICES);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "list PCI devices");
    for (guint i = 0; i < addresses->len; i++)
        g_ptr_array_add(names, hd_node_device_name("pci", g_ptr_array_index(addresses, i)));
    return true;
}

/* libvirt knows PCI functions and, of virtual parents, mtty. */
static void
add_parent_names(const HdMdevBus *bus, GPtrArray *names)
{
    for (guint i = 0; i < bus->parents->len; i++) {
        const char *parent = ((HdMdevParent *)g_ptr_array_index(bus->parents, i))->name;
        HdPciAddress address;
        if (hd_pci_address_parse(parent, &address) || g_str_equal(parent, "mtty"))
            g_ptr_array_add(names, hd_node_device_parent_name(parent));
    }
}

static void
add_mdev_names(const HdMdevBus *bus, bool defined, GPtrArray *names)
{
    for (guint i = 0; !defined && i < bus->mdevs->len; i++) {
        const HdMdev *mdev = g_ptr_array_index(bus->mdevs, i);
        g_ptr_array_add(names, hd_node_device_mdev_name(&mdev->uuid, mdev->parent));
    }
    for (guint i = 0; defined && i < bus->definitions->len; i++) {
        const HdMdevSpec *spec = g_ptr_array_index(bus->definitions, i);
        if (hd_mdev_bus_find(bus, &spec->uuid) == NULL)
            g_ptr_array_add(names, hd_node_device_mdev_name(&spec->uuid, spec->parent));
    }
}

bool
hd_node_probe_names(HdPort *port, const char *capability, bool defined, GPtrArray **ret_names,
                    GError **ret_error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(HdMdevBus) bus = hd_mdev_bus_new();
    if (!defined && g_str_equal(capability, "pci") && !add_pci_names(port, names, ret_error))
        return false;
    if (!g_str_equal(capability, "pci") && !hd_mdev_probe_all(port, bus, ret_error))
        return false;
    if (!defined && g_str_equal(capability, "mdev_types"))
        add_parent_names(bus, names);
    if (g_str_equal(capability, "mdev"))
        add_mdev_names(bus, defined, names);
    g_ptr_array_sort(names, compare_names);
    *ret_names = g_steal_pointer(&names);
    return true;
}
