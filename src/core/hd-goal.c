/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A goal is a whole target and the whole former state of one thing. Undoing by
 * goals, not by inverse writes, is what makes a half-done start repairable from
 * any point: converging to `before` is right wherever the kill came.
 */
#include "hd-goal.h"

#include "hd-pages.h"
#include "hd-text.h"

static const char *const kind_names[] = {
    [HD_GOAL_HOLD] = "hold", [HD_GOAL_PCI] = "pci",         [HD_GOAL_NODE] = "node",
    [HD_GOAL_MDEV] = "mdev", [HD_GOAL_VGPU] = "vgpu",       [HD_GOAL_VF] = "vf",
    [HD_GOAL_MAC] = "mac",   [HD_GOAL_SRIOV] = "sriov",     [HD_GOAL_USB] = "usb",
    [HD_GOAL_TTY] = "tty",   [HD_GOAL_PAGES] = "hugepages",
};

const char *
hd_goal_kind_name(HdGoalKind kind)
{
    return kind_names[kind];
}

HdGoal *
hd_goal_new(HdGoalKind kind, const HdPciAddress *address)
{
    HdGoal *goal = g_new0(HdGoal, 1);
    goal->kind = kind;
    goal->address = *address;
    return goal;
}

HdGoal *
hd_goal_new_mdev(HdGoalKind kind, const HdUuid *uuid)
{
    const HdPciAddress none = {0};
    HdGoal *goal = hd_goal_new(kind, &none);
    goal->uuid = *uuid;
    return goal;
}

HdGoal *
hd_goal_new_vf(HdGoalKind kind, const HdDevice *device)
{
    HdGoal *goal = hd_goal_new(kind, &device->address);
    goal->pf = device->pf;
    goal->vf_index = device->vf_net->index;
    goal->vf_before = device->vf_net->settings;
    return goal;
}

HdGoal *
hd_goal_new_usb(HdGoalKind kind, const HdUsbPlace *place)
{
    const HdPciAddress none = {0};
    HdGoal *goal = hd_goal_new(kind, &none);
    goal->node = HD_NODE_USB;
    goal->usb = *place;
    return goal;
}

HdGoal *
hd_goal_new_tty(HdGoalKind kind, const char *node)
{
    const HdPciAddress none = {0};
    HdGoal *goal = hd_goal_new(kind, &none);
    goal->node = HD_NODE_TTY;
    goal->tty = g_strdup(node);
    return goal;
}

void
hd_goal_free(HdGoal *goal)
{
    if (goal == NULL)
        return;
    hd_binding_clear(&goal->before);
    hd_binding_clear(&goal->after);
    g_free(goal->before_module);
    g_free(goal->tty);
    if (goal->places != NULL)
        g_ptr_array_unref(goal->places);
    if (goal->attributes != NULL)
        g_ptr_array_unref(goal->attributes);
    g_free(goal);
}

HdGoal *
hd_goal_copy(const HdGoal *goal)
{
    HdGoal *copy = g_new0(HdGoal, 1);
    *copy = *goal;
    copy->before = hd_binding_copy(&goal->before);
    copy->after = hd_binding_copy(&goal->after);
    copy->before_module = g_strdup(goal->before_module);
    copy->tty = g_strdup(goal->tty);
    if (goal->kind == HD_GOAL_MDEV) {
        copy->places = hd_mdev_places_copy(goal->places);
        copy->attributes = hd_mdev_attributes_copy(goal->attributes);
    }
    return copy;
}

bool
hd_goal_claims(const HdGoal *goal, const HdPciAddress *address)
{
    return (goal->kind == HD_GOAL_HOLD || goal->kind == HD_GOAL_PCI || goal->kind == HD_GOAL_VGPU ||
            goal->kind == HD_GOAL_VF || goal->kind == HD_GOAL_MAC) &&
           hd_pci_address_equal(&goal->address, address);
}

bool
hd_goal_claims_mdev(const HdGoal *goal, const HdUuid *uuid)
{
    return goal->kind == HD_GOAL_MDEV && hd_uuid_equal(&goal->uuid, uuid);
}

bool
hd_goal_claims_same(const HdGoal *a, const HdGoal *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == HD_GOAL_USB   ? hd_usb_place_equal(&a->usb, &b->usb)
           : a->kind == HD_GOAL_TTY ? g_str_equal(a->tty, b->tty)
                                    : false;
}

bool
hd_goal_is_about_function(const HdGoal *goal)
{
    return !hd_goal_is_about_mdev(goal) && goal->usb.bus == 0 && goal->tty == NULL &&
           goal->kind != HD_GOAL_PAGES;
}

bool
hd_goal_is_about_mdev(const HdGoal *goal)
{
    return *goal->uuid.text != '\0';
}

HdGoalSubject
hd_goal_subject(const HdGoal *goal)
{
    HdGoalSubject subject;
    if (goal->kind == HD_GOAL_PAGES)
        (void)g_snprintf(subject.text, sizeof subject.text, "hugepages-%" G_GUINT64_FORMAT "kB",
                         goal->page_kb);
    else if (goal->usb.bus != 0)
        (void)g_snprintf(subject.text, sizeof subject.text, "usb-%03u:%03u", goal->usb.bus,
                         goal->usb.device);
    else if (goal->tty != NULL)
        (void)g_strlcpy(subject.text, goal->tty, sizeof subject.text);
    else
        (void)g_strlcpy(subject.text,
                        hd_goal_is_about_mdev(goal) ? goal->uuid.text
                                                    : hd_pci_address_text(&goal->address).text,
                        sizeof subject.text);
    return subject;
}

static bool
node_state_equal(const HdNodeState *a, const HdNodeState *b)
{
    return a->present == b->present && a->uid == b->uid && a->gid == b->gid && a->mode == b->mode;
}

bool
hd_goal_is_change(const HdGoal *goal)
{
    switch (goal->kind) {
    case HD_GOAL_PCI:
        return !hd_binding_equal(&goal->before, &goal->after);
    case HD_GOAL_NODE:
        return !node_state_equal(&goal->node_before, &goal->node_after);
    case HD_GOAL_MDEV:
        return goal->is_made;
    case HD_GOAL_VGPU:
        return goal->vgpu_before != goal->vgpu_after;
    case HD_GOAL_VF:
        return !hd_vf_settings_is_reached(&goal->vf_before, &goal->vf_after);
    case HD_GOAL_SRIOV:
        return goal->count_before != goal->count_after;
    case HD_GOAL_PAGES:
        return goal->page_count > 0;
    case HD_GOAL_MAC:
    case HD_GOAL_HOLD:
    case HD_GOAL_USB:
    case HD_GOAL_TTY:
        break;
    }
    return false;
}

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
                           goal->companion ? "left as it is (same IOMMU group)"
                                           : "its driver left to libvirt");
}

char *
hd_goal_describe(const HdGoal *goal)
{
    const HdPciAddressText address = hd_pci_address_text(&goal->address);
    const char *why = goal->companion ? " (same IOMMU group)" : "";
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
    case HD_GOAL_PCI:
        break;
    }
    g_autofree char *before = describe_binding(&goal->before);
    g_autofree char *after = describe_binding(&goal->after);
    if (!hd_goal_is_change(goal))
        return g_strdup_printf("%s: stays on %s%s", address.text, after, why);
    return g_strdup_printf("%s: %s -> %s%s", address.text, before, after, why);
}
