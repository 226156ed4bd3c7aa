/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A goal is a whole target and the whole former state of one thing. Undoing by
 * goals, not by inverse writes, is what makes a half-done start repairable from
 * any point: converging to `before` is right wherever the kill came.
 */
#include "hd-goal.h"

static const char *const kind_names[] = {
    [HD_GOAL_HOLD] = "hold",         [HD_GOAL_PCI] = "pci",         [HD_GOAL_NODE] = "node",
    [HD_GOAL_MDEV] = "mdev",         [HD_GOAL_VGPU] = "vgpu",       [HD_GOAL_VF] = "vf",
    [HD_GOAL_MAC] = "mac",           [HD_GOAL_SRIOV] = "sriov",     [HD_GOAL_USB] = "usb",
    [HD_GOAL_TTY] = "tty",           [HD_GOAL_PAGES] = "hugepages", [HD_GOAL_UNIT] = "unit",
    [HD_GOAL_CONSOLE] = "console",   [HD_GOAL_SCREEN] = "screen",   [HD_GOAL_MODULE] = "module",
    [HD_GOAL_SETTINGS] = "settings",
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

HdGoal *
hd_goal_new_named(HdGoalKind kind, const char *name)
{
    const HdPciAddress none = {0};
    HdGoal *goal = hd_goal_new(kind, &none);
    goal->name = g_strdup(name);
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
    g_free(goal->name);
    g_free(goal->screen_driver);
    if (goal->settings != NULL)
        g_ptr_array_unref(goal->settings);
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
    copy->name = g_strdup(goal->name);
    copy->screen_driver = g_strdup(goal->screen_driver);
    copy->settings = goal->settings != NULL ? hd_settings_copy(goal->settings) : NULL;
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
            goal->kind == HD_GOAL_VF || goal->kind == HD_GOAL_MAC ||
            goal->kind == HD_GOAL_SETTINGS) &&
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
hd_goal_is_about_desktop(const HdGoal *goal)
{
    return goal->kind == HD_GOAL_UNIT || goal->kind == HD_GOAL_CONSOLE ||
           goal->kind == HD_GOAL_SCREEN || goal->kind == HD_GOAL_MODULE;
}

bool
hd_goal_is_about_function(const HdGoal *goal)
{
    return !hd_goal_is_about_mdev(goal) && goal->usb.bus == 0 && goal->tty == NULL &&
           goal->kind != HD_GOAL_PAGES && !hd_goal_is_about_desktop(goal);
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
    else if (hd_goal_is_about_desktop(goal))
        (void)g_strlcpy(subject.text, goal->name != NULL ? goal->name : "console",
                        sizeof subject.text);
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

static bool
changes_settings(const GPtrArray *settings)
{
    for (guint i = 0; i < settings->len; i++) {
        const HdSetting *setting = g_ptr_array_index(settings, i);
        if (setting->after != NULL)
            return true;
    }
    return false;
}

bool
hd_goal_is_change(const HdGoal *goal)
{
    switch (goal->kind) {
    case HD_GOAL_PCI:
        return !hd_binding_equal(&goal->before, &goal->after) ||
               !hd_bars_equal(&goal->bars_before, &goal->bars_after);
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
    case HD_GOAL_UNIT:
    case HD_GOAL_CONSOLE:
    case HD_GOAL_SCREEN:
        return true;
    case HD_GOAL_MODULE:
        return !goal->is_kept;
    case HD_GOAL_SETTINGS:
        return changes_settings(goal->settings);
    case HD_GOAL_MAC:
    case HD_GOAL_HOLD:
    case HD_GOAL_USB:
    case HD_GOAL_TTY:
        break;
    }
    return false;
}
