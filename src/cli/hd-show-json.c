/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * show, for programs.
 */
#include "hd-cmd.h"
#include "hd-device-json.h"
#include "hd-out.h"
#include "hd-show.h"

static void
add_texts(HdJson *json, const char *name, const GPtrArray *texts)
{
    hd_json_name(json, name);
    hd_json_begin_array(json);
    for (guint i = 0; i < texts->len; i++)
        hd_json_text(json, g_ptr_array_index(texts, i));
    hd_json_end(json);
}

static void
add_bar(HdJson *json, const HdBar *bar)
{
    hd_json_begin_object(json);
    hd_out_json_text(json, "region", bar->number == 6 ? "rom" : "bar");
    hd_out_json_number(json, "number", bar->number);
    hd_out_json_number(json, "start", (gint64)bar->start);
    hd_out_json_number(json, "size", (gint64)bar->size);
    hd_out_json_text(json, "kind", bar->is_io ? "io" : "memory");
    hd_out_json_flag(json, "64bit", bar->is_64bit);
    hd_out_json_flag(json, "prefetchable", bar->is_prefetchable);
    hd_out_json_flag(json, "shadow", bar->is_shadow);
    hd_json_name(json, "sizes");
    hd_json_begin_array(json);
    for (guint bit = 0; bit < HD_BAR_SIZE_BITS; bit++) {
        if ((bar->sizes >> bit & 1) != 0)
            hd_json_number(json, (gint64)1 << (bit + 20));
    }
    hd_json_end(json);
    hd_json_end(json);
}

static void
add_bars(HdJson *json, const GArray *bars)
{
    hd_json_name(json, "regions");
    hd_json_begin_array(json);
    for (guint i = 0; i < bars->len; i++)
        add_bar(json, &g_array_index(bars, HdBar, i));
    hd_json_end(json);
}

static void
add_link(HdJson *json, const char *name, const HdPciLink *link)
{
    hd_json_name(json, name);
    if (link->width == 0) {
        hd_json_text(json, NULL);
        return;
    }
    hd_json_begin_object(json);
    hd_out_json_text(json, "speed", link->speed);
    hd_out_json_number(json, "width", link->width);
    hd_json_end(json);
}

static void
add_words(HdJson *json, const char *name, const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words != NULL ? words : "", " ", -1);
    hd_json_name(json, name);
    hd_json_begin_array(json);
    for (guint i = 0; parts[i] != NULL; i++) {
        if (*parts[i] != '\0')
            hd_json_text(json, parts[i]);
    }
    hd_json_end(json);
}

static void
add_hardware(HdJson *json, const HdDeviceFacts *facts)
{
    hd_json_name(json, "revision");
    if (facts->revision >= 0)
        hd_json_number(json, facts->revision);
    else
        hd_json_text(json, NULL);
    add_bars(json, facts->bars);
    add_link(json, "link", &facts->link_now);
    add_link(json, "link_max", &facts->link_max);
    add_words(json, "reset_methods", facts->reset_methods);
    hd_out_json_text(json, "power_state", facts->power_state);
    hd_out_json_text(json, "runtime_status", facts->runtime_status);
    hd_out_json_text(json, "power_control", facts->power_control);
    hd_out_json_flag(json, "d3cold_allowed", g_strcmp0(facts->d3cold_allowed, "1") == 0);
    hd_out_json_flag(json, "boot_vga", g_strcmp0(facts->boot_vga, "1") == 0);
    hd_out_json_text(json, "local_cpus", facts->local_cpus);
    hd_out_json_text(json, "removable", facts->removable);
    add_texts(json, "modules", facts->modules);
    add_texts(json, "nodes", facts->nodes);
}

static void
add_group(HdJson *json, const HdShow *show)
{
    hd_json_name(json, "group_members");
    hd_json_begin_array(json);
    if (show->device->iommu_group >= 0) {
        g_autoptr(GPtrArray) members =
            hd_host_group(hd_inventory_host(show->inventory), show->device->iommu_group);
        for (guint i = 0; i < members->len; i++)
            hd_json_text(json, hd_pci_address_text(
                                   &((const HdDevice *)g_ptr_array_index(members, i))->address)
                                   .text);
    }
    hd_json_end(json);
}

static void
add_vfs(HdJson *json, const HdShow *show)
{
    hd_json_name(json, "vfs");
    hd_json_begin_array(json);
    for (guint i = 0; i < show->vfs->len; i++) {
        const HdDevice *vf = g_ptr_array_index(show->vfs, i);
        if (vf == NULL)
            continue;
        g_autofree char *vms = hd_inventory_vms(show->inventory, vf);
        const HdVfSettings nothing = {0};
        hd_json_begin_object(json);
        hd_out_json_number(json, "index", i);
        hd_out_json_text(json, "address", hd_pci_address_text(&vf->address).text);
        hd_out_json_text(json, "driver", vf->binding.driver);
        hd_out_json_text(json, "held_by", vms);
        hd_cmd_add_vf_settings(json, "settings",
                               vf->vf_net != NULL ? &vf->vf_net->settings : &nothing);
        hd_json_end(json);
    }
    hd_json_end(json);
    if (show->device->vf_net != NULL)
        hd_cmd_add_vf_settings(json, "vf_settings", &show->device->vf_net->settings);
}

static void
add_mdevs(HdJson *json, const HdShow *show)
{
    hd_json_name(json, "mdev_types");
    hd_json_begin_array(json);
    for (guint i = 0; i < show->mdevs->parents->len; i++) {
        const HdMdevParent *parent = g_ptr_array_index(show->mdevs->parents, i);
        for (guint j = 0; j < parent->types->len; j++) {
            const HdMdevType *type = g_ptr_array_index(parent->types, j);
            hd_json_begin_object(json);
            hd_out_json_text(json, "id", type->id);
            hd_out_json_text(json, "name", type->name);
            hd_out_json_text(json, "device_api", type->device_api);
            hd_out_json_number(json, "available_instances", type->available);
            hd_json_end(json);
        }
    }
    hd_json_end(json);
    hd_json_name(json, "mdevs");
    hd_json_begin_array(json);
    for (guint i = 0; i < show->mdevs->mdevs->len; i++) {
        const HdMdev *mdev = g_ptr_array_index(show->mdevs->mdevs, i);
        const HdVmUser *user =
            hd_vm_users_of_mdev(hd_inventory_users(show->inventory), &mdev->uuid);
        hd_json_begin_object(json);
        hd_out_json_text(json, "uuid", mdev->uuid.text);
        hd_out_json_text(json, "type", mdev->type);
        hd_out_json_text(json, "held_by", user != NULL ? user->name : NULL);
        hd_json_end(json);
    }
    hd_json_end(json);
}

static void
add_readiness(HdJson *json, const char *name, const HdReadiness *readiness)
{
    hd_json_name(json, name);
    hd_json_begin_object(json);
    hd_out_json_flag(json, "ready", readiness->is_ready);
    hd_out_json_text(json, "driver", readiness->driver);
    add_texts(json, "lacks", readiness->lacks);
    hd_json_end(json);
}

static void
add_vgpu(HdJson *json, const HdVgpu *vgpu)
{
    hd_json_name(json, "vgpu");
    if (vgpu == NULL) {
        hd_json_text(json, NULL);
        return;
    }
    hd_json_begin_object(json);
    hd_device_json_add_vgpu(json, vgpu);
    hd_json_end(json);
}

void
hd_show_print_json(const HdShow *show)
{
    g_autoptr(HdJson) json = hd_json_new();
    g_autoptr(GPtrArray) holders = g_ptr_array_new();
    g_autofree char *xml = hd_show_fragment(show);
    g_autofree char *node = hd_show_node_device(show);
    g_autofree char *plan = hd_show_outcome(show);
    g_auto(HdVerdict) verdict = hd_inventory_verdict(show->inventory, show->device);
    for (guint i = 0; i < show->device->holders->len; i++)
        g_ptr_array_add(holders, ((HdHolder *)g_ptr_array_index(show->device->holders, i))->text);
    hd_json_begin_object(json);
    hd_device_json_add(json, show->inventory, show->device);
    hd_out_json_text(json, "node_device", node);
    add_group(json, show);
    add_hardware(json, show->facts);
    add_vfs(json, show);
    add_mdevs(json, show);
    add_vgpu(json, show->device->vgpu);
    add_readiness(json, "iommufd", show->iommufd);
    add_readiness(json, "migration", show->migration);
    add_texts(json, "in_use", holders);
    hd_out_json_flag(json, "can_be_given", verdict.is_free);
    hd_out_json_text(json, "plan", plan);
    hd_out_json_text(json, "xml", xml);
    hd_json_end(json);
    hd_out_json(json);
}
