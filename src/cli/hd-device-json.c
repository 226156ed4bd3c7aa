/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One device as JSON: the same names wherever the command prints one.
 */
#include "hd-device-json.h"

#include "hd-out.h"

static void
add_id(HdJson *json, const char *name, guint vendor, guint device)
{
    g_autofree char *text = g_strdup_printf("%04x:%04x", vendor, device);
    hd_out_json_text(json, name, text);
}

static void
add_names(HdJson *json, HdPciNames *names, const HdDeviceId *id)
{
    g_autofree char *code = g_strdup_printf("%06x", id->class_code);
    g_autofree char *class_name = hd_pci_names_class(names, id);
    g_autofree char *name = hd_pci_names_device(names, id);
    add_id(json, "id", id->vendor, id->device);
    add_id(json, "subsystem_id", id->subvendor, id->subdevice);
    hd_out_json_text(json, "class", code);
    hd_out_json_text(json, "class_name", class_name);
    hd_out_json_text(json, "name", name);
}

static void
add_optional_number(HdJson *json, const char *name, int number)
{
    hd_json_name(json, name);
    if (number >= 0)
        hd_json_number(json, number);
    else
        hd_json_text(json, NULL);
}

static void
add_verdict(HdJson *json, const HdVerdict *verdict)
{
    hd_out_json_flag(json, "available", verdict->is_free);
    hd_json_name(json, "refusal");
    if (verdict->is_free) {
        hd_json_text(json, NULL);
        return;
    }
    hd_json_begin_object(json);
    hd_out_json_text(json, "rule", verdict->rule);
    hd_out_json_text(json, "reason", verdict->reason);
    hd_out_json_text(json, "remedy", verdict->remedy);
    hd_json_end(json);
}

void
hd_device_json_add(HdJson *json, const HdInventory *inventory, const HdDevice *device)
{
    const HdVmUser *user = hd_vm_users_of(hd_inventory_users(inventory), &device->address);
    g_autofree char *vms = hd_inventory_vms(inventory, device);
    g_auto(HdVerdict) verdict = hd_inventory_verdict(inventory, device);
    hd_out_json_text(json, "address", hd_pci_address_text(&device->address).text);
    add_names(json, hd_inventory_names(inventory), &device->id);
    hd_out_json_text(json, "driver", device->binding.driver);
    hd_out_json_text(json, "driver_override", device->binding.override);
    hd_out_json_text(json, "module", device->driver_module);
    hd_out_json_text(json, "vfio_driver", device->vfio_driver);
    add_optional_number(json, "iommu_group", device->iommu_group);
    add_optional_number(json, "numa_node", device->numa_node);
    hd_out_json_flag(json, "bridge", device->is_bridge);
    hd_out_json_text(json, "pf", device->is_vf ? hd_pci_address_text(&device->pf).text : NULL);
    hd_out_json_number(json, "vf_count", device->vf_count);
    hd_out_json_number(json, "vf_total", device->vf_total);
    hd_out_json_text(json, "held_by", vms);
    hd_out_json_text(json, "held_through",
                     user == NULL ? NULL : (user->is_by_hook ? "hook" : "libvirt"));
    add_verdict(json, &verdict);
}

void
hd_device_json_add_vgpu(HdJson *json, const HdVgpu *vgpu)
{
    hd_out_json_number(json, "current", vgpu->current);
    hd_json_name(json, "creatable");
    hd_json_begin_array(json);
    for (guint i = 0; i < vgpu->creatable->len; i++) {
        const HdVgpuType *type = g_ptr_array_index(vgpu->creatable, i);
        hd_json_begin_object(json);
        hd_out_json_number(json, "id", type->id);
        hd_out_json_text(json, "name", type->name);
        hd_json_end(json);
    }
    hd_json_end(json);
}
