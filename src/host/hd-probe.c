/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The probe turns sysfs into facts, in one pass and only for the groups
 * concerned: the cost of a start must not grow with the host.
 */
#include "hd-probe.h"

#include <errno.h>
#include <stdlib.h>

#include "hd-bar.h"
#include "hd-binding-probe.h"
#include "hd-gpu.h"
#include "hd-holders.h"
#include "hd-local-probe.h"
#include "hd-mapping-probe.h"
#include "hd-mdev-probe.h"
#include "hd-node.h"
#include "hd-qemu-conf.h"
#include "hd-settings.h"
#include "hd-sriov.h"
#include "hd-text.h"
#include "hd-vf-net.h"
#include "hd-vfio-driver.h"
#include "hd-vgpu-reach.h"

#define DEVICES "sys/bus/pci/devices"

/* One hexadecimal attribute such as vendor ("0x8086"). */
static int
read_hex(HdPort *port, const HdPciAddress *address, const char *attribute, guint *ret_value)
{
    g_autofree char *text = NULL;
    int error =
        hd_port_read(port, &text, DEVICES "/%s/%s", hd_pci_address_text(address).text, attribute);
    if (error != 0)
        return error;
    char *end = NULL;
    guint64 value = g_ascii_strtoull(text, &end, 16);
    if (end == text || *end != '\0' || value > G_MAXUINT32)
        return EPROTO;
    *ret_value = (guint)value;
    return 0;
}

/* A decimal attribute that may be absent; then @fallback. */
static int
read_number(HdPort *port, const HdPciAddress *address, const char *attribute, int fallback)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, DEVICES "/%s/%s", hd_pci_address_text(address).text, attribute) !=
        0)
        return fallback;
    return (int)g_ascii_strtoll(text, NULL, 10);
}

int
hd_probe_id(HdPort *port, const HdPciAddress *address, HdDeviceId *ret_id)
{
    guint vendor, device, subvendor, subdevice, class_code;
    int error = read_hex(port, address, "vendor", &vendor);
    if (error == 0)
        error = read_hex(port, address, "device", &device);
    if (error == 0)
        error = read_hex(port, address, "subsystem_vendor", &subvendor);
    if (error == 0)
        error = read_hex(port, address, "subsystem_device", &subdevice);
    if (error == 0)
        error = read_hex(port, address, "class", &class_code);
    if (error != 0)
        return error;
    *ret_id = (HdDeviceId){(guint16)vendor, (guint16)device, (guint16)subvendor, (guint16)subdevice,
                           class_code};
    return 0;
}

static bool
probe_sriov(HdPort *port, HdDevice *device, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *physfn = NULL;
    if (hd_port_link_name(port, &physfn, DEVICES "/%s/physfn", name.text) == 0) {
        device->is_vf = true;
        if (!hd_pci_address_parse(physfn, &device->pf))
            return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: its physfn link is not an address",
                                name.text);
    }
    device->is_moving = hd_binding_is_moving(port, name.text) ||
                        (device->is_vf && hd_binding_is_moving(port, physfn));
    const int total = read_number(port, &device->address, "sriov_totalvfs", 0);
    const int count = total > 0 && !device->is_moving
                          ? read_number(port, &device->address, "sriov_numvfs", 0)
                          : 0;
    device->vf_total = (guint)MAX(0, total);
    device->vf_count = (guint)MAX(0, count);
    return true;
}

static bool
probe_group(HdPort *port, HdDevice *device, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *group = NULL;
    int error = hd_port_link_name(port, &group, DEVICES "/%s/iommu_group", name.text);
    guint64 number;
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its IOMMU group",
                                  name.text);
    if (!hd_text_unsigned(group, 10, 0, G_MAXINT, &number))
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: its IOMMU group is not a number",
                            name.text);
    device->iommu_group = (int)number;
    return true;
}

/* Bridges stay with the host. 0x0680 "other bridge" are real endpoints (NVSwitch). */
static bool
is_bridge_class(guint32 class_code)
{
    return class_code >> 16 == 0x06 && class_code >> 8 != 0x0680;
}

static bool
probe_facts(HdPort *port, HdDevice *device, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    if (!probe_sriov(port, device, ret_error) ||
        !hd_binding_probe(port, &device->address, !device->is_moving, &device->binding,
                          ret_error) ||
        !probe_group(port, device, ret_error))
        return false;
    if (device->binding.driver != NULL)
        (void)hd_port_link_name(port, &device->driver_module, DEVICES "/%s/driver/module",
                                name.text);
    (void)hd_port_read(port, &device->modalias, DEVICES "/%s/modalias", name.text);
    device->is_bridge = is_bridge_class(device->id.class_code);
    device->numa_node = read_number(port, &device->address, "numa_node", -1);
    device->vfio_driver = hd_vfio_driver_for(port, device->modalias);
    return true;
}

static bool
probe_device(HdPort *port, const HdPciAddress *address, HdDevice **ret_device, GError **ret_error)
{
    g_autoptr(HdDevice) device = hd_device_new(address);
    int error = hd_probe_id(port, address, &device->id);
    if (error == ENOENT &&
        !hd_port_exists(port, DEVICES "/%s", hd_pci_address_text(address).text)) {
        *ret_device = NULL;
        return true;
    }
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its ids",
                                  hd_pci_address_text(address).text);
    if (!probe_facts(port, device, ret_error))
        return false;
    *ret_device = g_steal_pointer(&device);
    return true;
}

bool
hd_probe_device(HdPort *port, const HdPciAddress *address, HdDevice **ret_device,
                GError **ret_error)
{
    g_autofree char *folder = g_strconcat(DEVICES "/", hd_pci_address_text(address).text, NULL);
    hd_port_focus(port, folder);
    bool is_probed = probe_device(port, address, ret_device, ret_error);
    hd_port_focus(port, NULL);
    return is_probed;
}

static bool
add_device(HdPort *port, HdHost *host, const HdPciAddress *address, GError **ret_error)
{
    HdDevice *device = NULL;
    if (hd_host_find(host, address) != NULL)
        return true;
    if (!hd_probe_device(port, address, &device, ret_error))
        return false;
    if (device == NULL)
        return true;
    if (hd_host_node_owner(host)->applies) {
        g_autofree char *folder = g_strconcat(DEVICES "/", hd_pci_address_text(address).text, NULL);
        hd_node_probe(port, folder, &device->group_node, &device->cdev_node);
    }
    if (device->iommu_group >= 0)
        hd_host_set_iommu(host, true);
    hd_host_add(host, device);
    return true;
}

static bool
add_group(HdPort *port, HdHost *host, int group, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, "sys/kernel/iommu_groups/%d/devices", group);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                                  "list the devices of IOMMU group %d", group);
    for (guint i = 0; i < names->len; i++) {
        HdPciAddress address;
        /* A group may also hold platform or mdev devices; they are no PCI functions. */
        if (hd_pci_address_parse(g_ptr_array_index(names, i), &address) &&
            !add_device(port, host, &address, ret_error))
            return false;
    }
    return true;
}

static void
probe_iommu(HdPort *port, HdHost *host)
{
    g_autoptr(GPtrArray) groups = NULL;
    if (!hd_host_has_iommu(host) && hd_port_list(port, &groups, "sys/kernel/iommu_groups") == 0)
        hd_host_set_iommu(host, groups->len > 0);
}

static bool
probe_node_owner(HdPort *port, HdHost *host, GError **ret_error)
{
    HdNodeOwner owner = {0};
    if (!hd_qemu_conf_node_owner(port, &owner.applies, &owner.uid, &owner.gid, ret_error))
        return false;
    hd_host_set_node_owner(host, &owner);
    HdNodeState iommu = {0};
    if (owner.applies && hd_port_get_node(port, "dev/iommu", &iommu) == 0)
        hd_host_set_iommu_node(host, &iommu);
    return true;
}

/* Class 02: network controllers. The VFs of disks and accelerators have nothing to be told. */
static bool
add_vf_net(HdPort *port, HdHost *host, const HdWish *wish, GError **ret_error)
{
    HdDevice *device = (HdDevice *)hd_host_find(host, &wish->address);
    if (device == NULL || !device->is_vf || device->vf_net != NULL ||
        (device->id.class_code >> 16 != 0x02 && wish->vf.known == 0))
        return true;
    return hd_vf_net_probe(port, device, &device->vf_net, ret_error);
}

/* Whose VFs would lose their PF. */
static bool
add_vfs(HdPort *port, const GPtrArray *devices, GError **ret_error)
{
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        if (device->vf_count > 0 && !hd_sriov_list(port, &device->address, &device->vfs, ret_error))
            return false;
    }
    return true;
}

#define NVIDIA 0x10de

/* Only its VFs have one, and one may be set that nobody asks for here. */
static bool
add_vgpu(HdPort *port, HdHost *host, const HdWish *wish, GError **ret_error)
{
    HdDevice *device = (HdDevice *)hd_host_find(host, &wish->address);
    bool may_have_one = device != NULL &&
                        (wish->vgpu_type != NULL || (device->is_vf && device->id.vendor == NVIDIA));
    return !may_have_one || device->vgpu != NULL ||
           hd_vgpu_probe(port, &wish->address, &device->vgpu, ret_error);
}

static bool
add_with_group(HdPort *port, HdHost *host, const HdPciAddress *address, GError **ret_error)
{
    if (!add_device(port, host, address, ret_error))
        return false;
    const HdDevice *device = hd_host_find(host, address);
    return device == NULL || device->iommu_group < 0 ||
           add_group(port, host, device->iommu_group, ret_error);
}

/* A graphics card goes as one, even if its functions have groups of their own. */
static bool
add_card(HdPort *port, HdHost *host, const HdPciAddress *wanted, GError **ret_error)
{
    const HdDevice *device = hd_host_find(host, wanted);
    bool is_card = device != NULL && hd_gpu_is_display(&device->id) && !device->is_vf;
    HdPciAddress address = *wanted;
    for (guint8 function = 0; is_card && function < 8; function++) {
        address.function = function;
        if (!add_with_group(port, host, &address, ret_error))
            return false;
    }
    return true;
}

static void
probe_settings(HdPort *port, const HdRequest *request, const GPtrArray *devices)
{
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        const HdWish *wish = hd_request_find_pci(request, &device->address);
        const HdTuning none = {0}, *tuning = wish != NULL ? &wish->tuning : &none;
        bool is_asked = tuning->d3cold != NULL || tuning->reset_method != NULL;
        if (!device->is_bridge)
            hd_settings_probe(port, device, is_asked || hd_gpu_is_display(&device->id));
        if (hd_bars_is_set(&tuning->bars))
            hd_bar_probe(port, device);
    }
}

/* As a function's, only where their owner will have to be set. */
static void
probe_mdev_nodes(HdPort *port, HdHost *host)
{
    const GPtrArray *mdevs = hd_host_mdevs(host)->mdevs;
    for (guint i = 0; hd_host_node_owner(host)->applies && i < mdevs->len; i++) {
        HdMdev *mdev = g_ptr_array_index(mdevs, i);
        g_autofree char *folder = g_strconcat("sys/bus/mdev/devices/", mdev->uuid.text, NULL);
        if (mdev->parent != NULL)
            hd_node_probe(port, folder, &mdev->group_node, &mdev->cdev_node);
    }
}

bool
hd_probe_request(HdPort *port, const HdRequest *request, HdHost **ret_host, GError **ret_error)
{
    g_autoptr(HdHost) host = hd_host_new();
    if (!probe_node_owner(port, host, ret_error))
        return false;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (!hd_wish_is_pci(wish))
            continue;
        if (!add_with_group(port, host, &wish->address, ret_error) ||
            (hd_wish_is_bound_by_us(wish) && !add_card(port, host, &wish->address, ret_error)) ||
            !add_vgpu(port, host, wish, ret_error) || !add_vf_net(port, host, wish, ret_error))
            return false;
    }
    probe_iommu(port, host);
    if (!hd_local_probe_request(port, request, host, ret_error) ||
        !hd_mapping_probe_request(port, request, host, ret_error) ||
        !hd_mdev_probe_request(port, request, hd_host_mdevs(host), ret_error))
        return false;
    probe_mdev_nodes(port, host);
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    if (!add_vfs(port, devices, ret_error))
        return false;
    probe_settings(port, request, devices);
    if (devices->len > 0)
        hd_holders_find(port, devices);
    *ret_host = g_steal_pointer(&host);
    return true;
}

bool
hd_probe_all(HdPort *port, HdHost **ret_host, GError **ret_error)
{
    g_autoptr(HdHost) host = hd_host_new();
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, DEVICES);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "list PCI devices");
    for (guint i = 0; i < names->len; i++) {
        HdPciAddress address;
        if (hd_pci_address_parse(g_ptr_array_index(names, i), &address) &&
            !add_device(port, host, &address, ret_error))
            return false;
    }
    probe_iommu(port, host);
    *ret_host = g_steal_pointer(&host);
    return true;
}
