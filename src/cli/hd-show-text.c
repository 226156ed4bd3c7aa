/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * show, for people: a line for each question that somebody asks of a device.
 */
#include <stdio.h>
#include <string.h>

#include "hd-out.h"
#include "hd-show.h"
#include "hd-text.h"

#define LONGEST 4096

static void line(const char *name, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Names of a captured machine are anybody's. */
static void
line(const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *raw = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *text = hd_text_printable(raw, LONGEST);
    (void)printf("%-16s%s\n", name, text);
}

static char *
join(const GPtrArray *texts, const char *separator)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? separator : "",
                               (char *)g_ptr_array_index(texts, i));
    return g_string_free(text, FALSE);
}

static void
print_identity(const HdShow *show)
{
    const HdDevice *device = show->device;
    HdPciNames *names = hd_inventory_names(show->inventory);
    g_autofree char *name = hd_pci_names_device(names, &device->id);
    g_autofree char *class_name = hd_pci_names_class(names, &device->id);
    g_autofree char *node = hd_show_node_device(show);
    line("address:", "%s", hd_pci_address_text(&device->address).text);
    line("device:", "%s", name);
    line("class:", "%s", class_name);
    line("id:", "%04x:%04x, subsystem %04x:%04x, class %06x", device->id.vendor, device->id.device,
         device->id.subvendor, device->id.subdevice, device->id.class_code);
    if (show->facts->revision >= 0)
        line("revision:", "%02x", (guint)show->facts->revision);
    line("node device:", "%s", node);
}

static void
print_driver(const HdShow *show)
{
    const HdDevice *device = show->device;
    g_autofree char *modules = join(show->facts->modules, ", ");
    g_autofree char *nodes = join(show->facts->nodes, ", ");
    line("driver:", "%s%s%s%s", device->binding.driver != NULL ? device->binding.driver : "none",
         device->driver_module != NULL ? " (module " : "",
         device->driver_module != NULL ? device->driver_module : "",
         device->driver_module != NULL ? ")" : "");
    if (*modules != '\0')
        line("modules:", "%s", modules);
    if (device->binding.override != NULL)
        line("override:", "%s", device->binding.override);
    line("vfio driver:", "%s", device->vfio_driver);
    if (*nodes != '\0')
        line("on this host:", "%s", nodes);
}

static char *
other_members(const HdShow *show)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        hd_host_group(hd_inventory_host(show->inventory), show->device->iommu_group);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *member = g_ptr_array_index(members, i);
        if (member != show->device)
            g_string_append_printf(text, "%s%s%s", text->len > 0 ? ", " : "",
                                   hd_pci_address_text(&member->address).text,
                                   member->is_bridge ? " (bridge)" : "");
    }
    return g_string_free(text, FALSE);
}

static void
print_place(const HdShow *show)
{
    const HdDevice *device = show->device;
    const char *cpus = show->facts->local_cpus;
    if (device->iommu_group < 0) {
        line("IOMMU group:", "none");
    } else {
        g_autofree char *members = other_members(show);
        line("IOMMU group:", "%d%s%s", device->iommu_group, *members != '\0' ? " with " : ", alone",
             members);
    }
    if (device->numa_node >= 0)
        line("NUMA node:", "%d%s%s%s", device->numa_node, cpus != NULL ? ", CPUs " : "",
             cpus != NULL ? cpus : "", "");
    if (show->facts->removable != NULL && !g_str_equal(show->facts->removable, "unknown"))
        line("plugged:", "%s", show->facts->removable);
    if (device->is_vf)
        line("VF of:", "%s", hd_pci_address_text(&device->pf).text);
}

static const char *
kind_of(const HdBar *bar)
{
    if (bar->is_io)
        return "ports";
    return bar->is_64bit ? "memory, 64 bit" : "memory, 32 bit";
}

/* "64 MiB to 16 GiB": a mask of powers of two. */
static char *
sizes_text(guint64 sizes)
{
    guint lowest = 0, highest = 0;
    for (guint bit = HD_BAR_SIZE_BITS; bit > 0; bit--) {
        if ((sizes >> (bit - 1) & 1) != 0) {
            highest = MAX(highest, bit - 1);
            lowest = bit - 1;
        }
    }
    g_autofree char *least = hd_bar_size_text((guint64)1 << (lowest + 20));
    g_autofree char *most = hd_bar_size_text((guint64)1 << (highest + 20));
    return g_strdup_printf("; can be %s to %s", least, most);
}

static void
print_bar(const HdBar *bar)
{
    g_autofree char *name =
        bar->number == 6 ? g_strdup("ROM:") : g_strdup_printf("BAR %u:", bar->number);
    g_autofree char *size = hd_bar_size_text(bar->size);
    g_autofree char *sizes = bar->sizes != 0 ? sizes_text(bar->sizes) : g_strdup("");
    line(name, "%s at 0x%" G_GINT64_MODIFIER "x, %s%s%s%s", size, bar->start, kind_of(bar),
         bar->is_prefetchable ? ", prefetchable" : "", sizes,
         bar->is_shadow ? ", shadowed: the copy that the firmware ran" : "");
}

/* A VF has no link of its own; one without a width is down. */
static void
print_link(const HdDeviceFacts *facts, bool is_vf)
{
    if (facts->link_max.width == 0 || (is_vf && facts->link_now.width == 0))
        return;
    if (facts->link_now.width == 0)
        line("link:", "down; at most %s x%u",
             facts->link_max.speed != NULL ? facts->link_max.speed : "?", facts->link_max.width);
    else
        line("link:", "%s x%u; at most %s x%u",
             facts->link_now.speed != NULL ? facts->link_now.speed : "unknown speed",
             facts->link_now.width, facts->link_max.speed != NULL ? facts->link_max.speed : "?",
             facts->link_max.width);
}

static void
print_power(const HdDeviceFacts *facts)
{
    g_autoptr(GString) text = g_string_new(facts->power_state);
    if (facts->runtime_status != NULL)
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", facts->runtime_status);
    if (facts->power_control != NULL)
        g_string_append_printf(text, ", runtime power management %s", facts->power_control);
    if (facts->d3cold_allowed != NULL)
        g_string_append(text, g_str_equal(facts->d3cold_allowed, "1") ? ", may go to D3cold"
                                                                      : ", stays out of D3cold");
    if (text->len > 0)
        line("power:", "%s", text->str);
}

static void
print_hardware(const HdShow *show)
{
    const HdDeviceFacts *facts = show->facts;
    for (guint i = 0; i < facts->bars->len; i++)
        print_bar(&g_array_index(facts->bars, HdBar, i));
    print_link(facts, show->device->is_vf);
    print_power(facts);
    const char *unknown = facts->has_reset ? "yes (this kernel doesn't say how)" : "none";
    line("reset:", "%s", facts->reset_methods != NULL ? facts->reset_methods : unknown);
    if (g_strcmp0(facts->boot_vga, "1") == 0)
        line("console:", "the firmware's screen is on this card");
}

static void
print_vf(const HdShow *show, guint index, const HdDevice *vf)
{
    g_autofree char *vms = hd_inventory_vms(show->inventory, vf);
    g_autofree char *settings =
        vf->vf_net != NULL ? hd_vf_settings_format(&vf->vf_net->settings) : g_strdup("");
    g_autofree char *vm = vms != NULL ? hd_text_printable(vms, 64) : NULL;
    g_autofree char *driver =
        hd_text_printable(vf->binding.driver != NULL ? vf->binding.driver : "no driver", 64);
    (void)printf("  VF %-4u %s  %s%s%s%s%s%s\n", index, hd_pci_address_text(&vf->address).text,
                 driver, *settings != '\0' ? "  " : "", settings, vm != NULL ? "  VM '" : "",
                 vm != NULL ? vm : "", vm != NULL ? "'" : "");
}

static void
print_vfs(const HdShow *show)
{
    const HdDevice *device = show->device;
    if (device->vf_total > 0)
        line("VFs:", "%u of %u", device->vf_count, device->vf_total);
    for (guint i = 0; i < show->vfs->len; i++) {
        if (g_ptr_array_index(show->vfs, i) != NULL)
            print_vf(show, i, g_ptr_array_index(show->vfs, i));
    }
    if (device->vf_net != NULL) {
        g_autofree char *settings = hd_vf_settings_format(&device->vf_net->settings);
        line("VF settings:", "number %u%s%s%s%s", device->vf_net->index,
             device->vf_net->interface != NULL ? " of " : "",
             device->vf_net->interface != NULL ? device->vf_net->interface : "",
             *settings != '\0' ? ": " : "", settings);
    }
}

static void
print_mdevs(const HdShow *show)
{
    for (guint i = 0; i < show->mdevs->parents->len; i++) {
        const HdMdevParent *parent = g_ptr_array_index(show->mdevs->parents, i);
        line("mdev types:", "%u", parent->types->len);
        for (guint j = 0; j < parent->types->len; j++) {
            const HdMdevType *type = g_ptr_array_index(parent->types, j);
            g_autofree char *type_name =
                type->name != NULL ? hd_text_printable(type->name, 64) : NULL;
            (void)printf("  %s%s%s%s, %u left\n", type->id, type_name != NULL ? " (" : "",
                         type_name != NULL ? type_name : "", type_name != NULL ? ")" : "",
                         type->available);
        }
    }
    for (guint i = 0; i < show->mdevs->mdevs->len; i++) {
        const HdMdev *mdev = g_ptr_array_index(show->mdevs->mdevs, i);
        const HdVmUser *user =
            hd_vm_users_of_mdev(hd_inventory_users(show->inventory), &mdev->uuid);
        g_autofree char *vm = user != NULL ? hd_text_printable(user->name, 64) : NULL;
        (void)printf("  mdev %s  %s%s%s%s\n", mdev->uuid.text, mdev->type,
                     vm != NULL ? "  VM '" : "", vm != NULL ? vm : "", vm != NULL ? "'" : "");
    }
}

static void
print_vgpu(const HdShow *show)
{
    const HdVgpu *vgpu = show->device->vgpu;
    if (vgpu == NULL)
        return;
    line("vGPU type:", vgpu->current != 0 ? "%u" : "none", vgpu->current);
    for (guint i = 0; i < vgpu->creatable->len; i++) {
        const HdVgpuType *type = g_ptr_array_index(vgpu->creatable, i);
        g_autofree char *name = hd_text_printable(type->name, 64);
        (void)printf("  %u (%s) can be set\n", type->id, name);
    }
}

/* A bridge goes to no VM. */
static void
print_readiness(const HdShow *show)
{
    g_autofree char *iommufd = hd_readiness_text(show->iommufd);
    g_autofree char *migration = hd_readiness_text(show->migration);
    if (show->device->is_bridge)
        return;
    line("iommufd:", "%s%s", show->iommufd->is_ready ? "ready" : "not ready: ", iommufd);
    if (show->migration->is_ready)
        line("migration:", "ready, by %s", show->migration->driver);
    else
        line("migration:", "not ready: %s", migration);
}

static void
print_use(const HdShow *show)
{
    const HdVmUser *user =
        hd_vm_users_of(hd_inventory_users(show->inventory), &show->device->address);
    if (user != NULL) {
        g_autofree char *name = hd_text_printable(user->name, 64);
        g_autofree char *since = user->is_by_hook ? hd_out_time(user->since) : NULL;
        line("held by:", "VM '%s'%s%s", name, since != NULL ? " since " : "",
             since != NULL ? since : " (without our hook: libvirt's status says so)");
    } else {
        g_autofree char *vms = hd_inventory_vms(show->inventory, show->device);
        g_autofree char *names = vms != NULL ? hd_text_printable(vms, 64) : NULL;
        if (names != NULL)
            line("held by:", "%s, through its mdevs", names);
    }
    for (guint i = 0; i < show->device->holders->len; i++)
        line("in use:", "%s", ((HdHolder *)g_ptr_array_index(show->device->holders, i))->text);
}

void
hd_show_print(const HdShow *show)
{
    g_autofree char *xml = hd_show_fragment(show);
    g_autofree char *plan = hd_show_outcome(show);
    print_identity(show);
    print_driver(show);
    print_place(show);
    print_hardware(show);
    print_vfs(show);
    print_mdevs(show);
    print_vgpu(show);
    print_readiness(show);
    print_use(show);
    (void)puts("\nGiven to a VM:");
    hd_out_lines(plan);
    (void)printf("\nFor its XML:\n%s\n", xml);
}
