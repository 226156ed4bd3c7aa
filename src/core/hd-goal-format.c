/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A goal as one line of the journal: all that is needed to give it back after a crash.
 */
#include "hd-goal.h"
#include "hd-text.h"

static const char *const node_names[] = {
    [HD_NODE_GROUP] = "group", [HD_NODE_CDEV] = "cdev", [HD_NODE_IOMMU] = "iommu",
    [HD_NODE_USB] = "usb",     [HD_NODE_TTY] = "tty",
};

const char *
hd_node_kind_name(HdNodeKind kind)
{
    return node_names[kind];
}

static void
append_binding(GString *line, const char *side, const HdBinding *binding)
{
    g_autofree char *driver = g_strconcat(side, ".driver", NULL);
    g_autofree char *override = g_strconcat(side, ".override", NULL);
    hd_text_append_pair(line, driver, binding->driver);
    hd_text_append_pair(line, override, binding->override);
}

static void
append_node(GString *line, const char *side, const HdNodeState *state)
{
    if (state->present)
        g_string_append_printf(line, " %s=%u:%u:%o", side, state->uid, state->gid, state->mode);
}

static void
append_id(GString *line, const HdDeviceId *id)
{
    g_string_append_printf(line, " id=%04x:%04x:%04x:%04x:%06x", id->vendor, id->device,
                           id->subvendor, id->subdevice, id->class_code);
}

/* place=<parent>/<type>, attr=<name>=<value>; neither parents nor types hold a "/", and names of
   attributes no "=". */
static void
append_mdev(GString *line, const HdGoal *goal)
{
    if (goal->is_made)
        g_string_append(line, " made=1");
    for (guint i = 0; i < goal->places->len; i++) {
        const HdMdevPlace *place = g_ptr_array_index(goal->places, i);
        g_autofree char *text = g_strconcat(place->parent, "/", place->type, NULL);
        hd_text_append_pair(line, "place", text);
    }
    for (guint i = 0; i < goal->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(goal->attributes, i);
        g_autofree char *text = g_strconcat(attribute->name, "=", attribute->value, NULL);
        hd_text_append_pair(line, "attr", text);
    }
}

static void
append_vf(GString *line, const HdGoal *goal)
{
    g_autofree char *before = hd_vf_settings_format(&goal->vf_before);
    g_autofree char *after = hd_vf_settings_format(&goal->vf_after);
    g_string_append_printf(line, " pf=%s index=%u", hd_pci_address_text(&goal->pf).text,
                           goal->vf_index);
    hd_text_append_pair(line, "from", before);
    if (*after != '\0')
        hd_text_append_pair(line, "to", after);
    if (goal->is_after_libvirt)
        g_string_append(line, " after-libvirt=1");
}

static void
append_usb(GString *line, const HdGoal *goal)
{
    if (goal->usb.bus != 0)
        g_string_append_printf(line, " usb=%04x:%04x", goal->usb.vendor, goal->usb.product);
}

static void
append_pages(GString *line, const HdGoal *goal)
{
    g_string_append_printf(line,
                           " owner=%s size=%" G_GUINT64_FORMAT " nodes=%" G_GUINT64_FORMAT
                           " count=%" G_GUINT64_FORMAT " max=%" G_GUINT64_FORMAT,
                           goal->owner.text, goal->page_kb, goal->page_nodes, goal->page_count,
                           goal->page_max_kb);
}

static void
append_bars(GString *line, const char *key, const HdBars *bars)
{
    g_autofree char *text = hd_bars_format(bars);
    if (*text != '\0')
        hd_text_append_pair(line, key, text);
}

static void
append_pci(GString *line, const HdGoal *goal)
{
    append_id(line, &goal->id);
    append_binding(line, "from", &goal->before);
    hd_text_append_pair(line, "from.module", goal->before_module);
    append_binding(line, "to", &goal->after);
    append_bars(line, "from.bars", &goal->bars_before);
    append_bars(line, "to.bars", &goal->bars_after);
    if (goal->awaits_close)
        g_string_append(line, " awaits-close=1");
}

static void
append_screen(GString *line, const HdGoal *goal)
{
    hd_text_append_pair(line, "driver", goal->screen_driver);
    hd_text_append_pair(line, "of", hd_pci_address_text(&goal->address).text);
}

static void
append_settings(GString *line, const HdGoal *goal)
{
    append_id(line, &goal->id);
    for (guint i = 0; i < goal->settings->len; i++) {
        g_autofree char *text = hd_setting_format(g_ptr_array_index(goal->settings, i));
        hd_text_append_pair(line, "set", text);
    }
}

char *
hd_goal_format(const HdGoal *goal)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s %s", hd_goal_kind_name(goal->kind),
                           hd_goal_subject(goal).text);
    if (goal->companion)
        g_string_append(line, " companion=1");
    if (goal->is_card_s)
        g_string_append(line, " card=1");
    switch (goal->kind) {
    case HD_GOAL_PCI:
        append_pci(line, goal);
        break;
    case HD_GOAL_NODE:
        hd_text_append_pair(line, "node", hd_node_kind_name(goal->node));
        append_node(line, "from", &goal->node_before);
        append_node(line, "to", &goal->node_after);
        append_usb(line, goal);
        break;
    case HD_GOAL_MDEV:
        append_mdev(line, goal);
        break;
    case HD_GOAL_VGPU:
        append_id(line, &goal->id);
        g_string_append_printf(line, " from=%u to=%u", goal->vgpu_before, goal->vgpu_after);
        break;
    case HD_GOAL_VF:
        append_vf(line, goal);
        break;
    case HD_GOAL_MAC:
        append_vf(line, goal);
        hd_text_append_pair(line, "mac", hd_mac_text(&goal->mac).text);
        break;
    case HD_GOAL_SRIOV:
        append_id(line, &goal->id);
        g_string_append_printf(line, " from=%u to=%u autoprobe=%d", goal->count_before,
                               goal->count_after, goal->autoprobe);
        break;
    case HD_GOAL_USB:
        append_usb(line, goal);
        break;
    case HD_GOAL_PAGES:
        append_pages(line, goal);
        break;
    case HD_GOAL_SCREEN:
        append_screen(line, goal);
        break;
    case HD_GOAL_CONSOLE:
    case HD_GOAL_MODULE:
        if (goal->is_kept)
            g_string_append(line, " kept=1");
        break;
    case HD_GOAL_SETTINGS:
        append_settings(line, goal);
        break;
    case HD_GOAL_UNIT:
    case HD_GOAL_TTY:
    case HD_GOAL_HOLD:
        break;
    }
    return g_string_free(line, FALSE);
}
