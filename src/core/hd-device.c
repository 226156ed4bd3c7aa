/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts about one PCI function. A device is only ever described here; what to do
 * with it is the planner's business, and who does it is the host room's.
 */
#include "hd-device.h"

HdHolder *
hd_holder_new(HdRule rule, char *text, char *remedy)
{
    HdHolder *holder = g_new0(HdHolder, 1);
    *holder = (HdHolder){.rule = rule, .text = text, .remedy = remedy};
    return holder;
}

void
hd_holder_free(HdHolder *holder)
{
    if (holder == NULL)
        return;
    g_free(holder->text);
    g_free(holder->remedy);
    g_free(holder->unit);
    g_free(holder);
}

HdBinding
hd_binding_copy(const HdBinding *binding)
{
    return (HdBinding){g_strdup(binding->driver), g_strdup(binding->override)};
}

void
hd_binding_clear(HdBinding *binding)
{
    g_clear_pointer(&binding->driver, g_free);
    g_clear_pointer(&binding->override, g_free);
}

bool
hd_binding_equal(const HdBinding *a, const HdBinding *b)
{
    return g_strcmp0(a->driver, b->driver) == 0 && g_strcmp0(a->override, b->override) == 0;
}

static void
free_holder(gpointer data)
{
    hd_holder_free(data);
}

void
hd_vf_net_free(HdVfNet *net)
{
    if (net == NULL)
        return;
    g_free(net->interface);
    g_free(net);
}

HdDevice *
hd_device_new(const HdPciAddress *address)
{
    HdDevice *device = g_new0(HdDevice, 1);
    device->address = *address;
    device->iommu_group = -1;
    device->numa_node = -1;
    device->holders = g_ptr_array_new_with_free_func(free_holder);
    return device;
}

void
hd_device_free(HdDevice *device)
{
    if (device == NULL)
        return;
    hd_binding_clear(&device->binding);
    g_free(device->driver_module);
    g_free(device->modalias);
    g_free(device->port_path);
    g_free(device->vfio_driver);
    hd_vgpu_free(device->vgpu);
    hd_vf_net_free(device->vf_net);
    if (device->vfs != NULL)
        g_array_unref(device->vfs);
    g_ptr_array_unref(device->holders);
    g_free(device->power);
    g_free(device->d3cold);
    g_free(device->reset_method);
    g_free(device);
}

bool
hd_device_id_equal(const HdDeviceId *a, const HdDeviceId *b)
{
    return a->vendor == b->vendor && a->device == b->device && a->subvendor == b->subvendor &&
           a->subdevice == b->subdevice && a->class_code == b->class_code;
}

/* The name of @driver as modules are called; some drivers are written with dashes, some without. */
static char *
module_name(const char *driver)
{
    return g_strdelimit(g_strdup(driver), "-", '_');
}

bool
hd_driver_is_vfio(const char *driver)
{
    g_autofree char *module = module_name(driver);
    return g_str_equal(module, "vfio_pci") || g_str_has_prefix(module, "vfio_pci_") ||
           g_str_has_suffix(module, "_vfio_pci");
}

static bool
is_vfio(const HdDevice *device, const char *driver)
{
    return hd_driver_is_vfio(driver) || g_strcmp0(driver, device->vfio_driver) == 0;
}

bool
hd_device_is_on_vfio(const HdDevice *device)
{
    return device->binding.driver != NULL && is_vfio(device, device->binding.driver);
}

bool
hd_device_is_lent_by(const HdDevice *device, const char *driver)
{
    g_autofree char *module = module_name(driver);
    return is_vfio(device, driver) || g_str_equal(module, "pci_stub");
}
