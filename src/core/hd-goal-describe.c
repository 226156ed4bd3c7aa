/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A goal in words, as `plan` and `status` show it.
 */
#include "hd-goal.h"

#include "hd-pages.h"
#include "hd-text.h"

static char *
describe_binding(const HdBinding *binding)
{
    g_autofree char *driver =
        hd_text_printable(binding->driver != NULL ? binding->driver : "no driver", 64);
    if (binding->override == NULL || g_strcmp0(binding->override, binding->driver) == 0)
        return g_steal_pointer(&driver);
    g_autofree char *override = hd_text_printable(binding->override, 64);
    return g_strdup_printf("%s (driver_override %s)", driver, override);
}

static char *
describe_node(const HdGoal *goal)
{
    const HdNodeState *after = &goal->node_after;
    g_autofree char *node =
        goal->node == HD_NODE_IOMMU ? g_strdup("/dev/iommu")
        : goal->node == HD_NODE_TTY ? g_strconcat("/dev/", goal->tty, NULL)
        : goal->node == HD_NODE_USB
            ? g_strdup_printf("/dev/bus/usb/%03u/%03u", goal->usb.bus, goal->usb.device)
            : g_strdup_printf("%s: its %s", hd_goal_subject(goal).text,
                              goal->node == HD_NODE_GROUP ? "/dev/vfio group node"
                                                          : "/dev/vfio/devices node");
    return g_strdup_printf("%s gets owner %u:%u, mode %04o", node, after->uid, after->gid,
                           after->mode);
}

static char *
describe_mdev(const HdGoal *goal)
{
    const HdMdevPlace *place = g_ptr_array_index(goal->places, 0);
    if (!goal->is_made)
        return g_strdup_printf("mdev %s: is there already (%s on %s), and stays", goal->uuid.text,
                               place->type, place->parent);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "mdev %s: made as %s on %s", goal->uuid.text, place->type,
                           place->parent);
    for (guint i = 0; i < goal->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(goal->attributes, i);
        g_autofree char *value = hd_text_printable(attribute->value, 64);
        g_string_append_printf(text, ", %s=%s", attribute->name, value);
    }
    return g_string_free(text, FALSE);
}

static char *
describe_vgpu(const HdGoal *goal)
{
    const HdPciAddressText address = hd_pci_address_text(&goal->address);
    if (!hd_goal_is_change(goal))
        return g_strdup_printf("%s: keeps vGPU type %u", address.text, goal->vgpu_after);
    return g_strdup_printf("%s: vGPU type %u -> %u", address.text, goal->vgpu_before,
                           goal->vgpu_after);
}

static char *
describe_vf(const HdGoal *goal)
{
    const HdPciAddressText address = hd_pci_address_text(&goal->address);
    if (goal->vf_after.known == 0)
        return g_strdup_printf("%s: its VF settings are kept in mind, for afterwards",
                               address.text);
    g_autofree char *settings = hd_vf_settings_format(&goal->vf_after);
    return g_strdup_printf("%s: VF settings %s", address.text, settings);
}

static char *
describe_sriov(const HdGoal *goal)
{
    return g_strdup_printf("%s: %u -> %u VFs", hd_pci_address_text(&goal->address).text,
                           goal->count_before, goal->count_after);
}

static char *
describe_usb(const HdGoal *goal)
{
    return g_strdup_printf("USB %03u:%03u (%04x:%04x): reserved, its driver left to QEMU",
                           goal->usb.bus, goal->usb.device, goal->usb.vendor, goal->usb.product);
}

static char *
describe_pages(const HdGoal *goal)
{
    g_autofree char *size = hd_pages_size_text(goal->page_kb);
    g_autofree char *nodes = hd_pages_nodes_text(goal->page_nodes);
    return g_strdup_printf("%" G_GUINT64_FORMAT " huge pages of %s%s: those that lack are "
                           "allocated, and given back afterwards",
                           goal->page_count, size, nodes);
}

static char *
describe_mac(const HdGoal *goal)
{
    return g_strdup_printf("%s: its network interface gets %s again afterwards",
                           hd_pci_address_text(&goal->address).text, hd_mac_text(&goal->mac).text);
}

static char *
describe_hold(const HdGoal *goal)
{
    return g_strdup_printf("%s: reserved, %s", hd_pci_address_text(&goal->address).text,
                           goal->is_card_s   ? "left as it is (same card)"
                           : goal->companion ? "left as it is (same IOMMU group)"
                                             : "its driver left to libvirt");
}

static char *
describe_settings(const HdGoal *goal)
{
    GString *text = g_string_new(hd_pci_address_text(&goal->address).text);
    for (guint i = 0; i < goal->settings->len; i++) {
        const HdSetting *setting = g_ptr_array_index(goal->settings, i);
        g_string_append_printf(text, "%s %s %s", i > 0 ? "," : ":", setting->name,
                               *setting->before != '\0' ? setting->before : "empty");
        g_string_append_printf(text, setting->after != NULL ? " -> %s" : " is put back afterwards",
                               setting->after);
    }
    return g_string_free(text, FALSE);
}

static char *
describe_module(const HdGoal *goal)
{
    return g_strdup_printf(goal->is_kept ? "module %s: stays, since another card's driver needs it"
                                         : "module %s: unloaded, and loaded again afterwards",
                           goal->name);
}

static char *
describe_desktop(const HdGoal *goal)
{
    if (goal->kind == HD_GOAL_UNIT)
        return g_strdup_printf("%s: stopped, and started again afterwards", goal->name);
    if (goal->kind == HD_GOAL_SCREEN)
        return g_strdup_printf("%s: the firmware's framebuffer leaves its driver %s", goal->name,
                               goal->screen_driver);
    if (goal->kind == HD_GOAL_MODULE)
        return describe_module(goal);
    return g_strdup_printf("console: this host's text console %s, and comes back afterwards",
                           goal->is_kept ? "goes on on another screen" : "leaves the screen");
}

static char *
describe_pci(const HdGoal *goal)
{
    const HdPciAddressText address = hd_pci_address_text(&goal->address);
    const char *why = !goal->companion  ? ""
                      : goal->is_card_s ? " (same card)"
                                        : " (same IOMMU group)";
    g_autofree char *before = describe_binding(&goal->before);
    g_autofree char *after = describe_binding(&goal->after);
    g_autofree char *sizes = hd_bars_format(&goal->bars_after);
    g_autofree char *bars =
        *sizes != '\0' ? g_strconcat(", BAR sizes ", sizes, NULL) : g_strdup("");
    if (hd_binding_equal(&goal->before, &goal->after))
        return g_strdup_printf("%s: stays on %s%s%s", address.text, after, why, bars);
    return g_strdup_printf("%s: %s -> %s%s%s", address.text, before, after, why, bars);
}

char *
hd_goal_describe(const HdGoal *goal)
{
    switch (goal->kind) {
    case HD_GOAL_NODE:
        return describe_node(goal);
    case HD_GOAL_MDEV:
        return describe_mdev(goal);
    case HD_GOAL_VGPU:
        return describe_vgpu(goal);
    case HD_GOAL_HOLD:
        return describe_hold(goal);
    case HD_GOAL_VF:
        return describe_vf(goal);
    case HD_GOAL_MAC:
        return describe_mac(goal);
    case HD_GOAL_SRIOV:
        return describe_sriov(goal);
    case HD_GOAL_USB:
        return describe_usb(goal);
    case HD_GOAL_TTY:
        return g_strdup_printf("/dev/%s: reserved", goal->tty);
    case HD_GOAL_PAGES:
        return describe_pages(goal);
    case HD_GOAL_UNIT:
    case HD_GOAL_CONSOLE:
    case HD_GOAL_SCREEN:
    case HD_GOAL_MODULE:
        return describe_desktop(goal);
    case HD_GOAL_SETTINGS:
        return describe_settings(goal);
    case HD_GOAL_PCI:
        break;
    }
    return describe_pci(goal);
}
