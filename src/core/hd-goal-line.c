/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A line of the journal as a goal again. The journal is read by a root process after a
 * crash, so every word is checked as if it came from outside.
 */
#include <string.h>

#include "hd-desktop.h"
#include "hd-goal.h"
#include "hd-gpu.h"
#include "hd-text.h"

/* Exactly @digits hexadecimal digits; sscanf() would take signs and blanks for part of a number. */
static bool
parse_hex(const char *text, gsize digits, guint *ret_value)
{
    if (strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)
        return false;
    *ret_value = (guint)g_ascii_strtoull(text, NULL, 16);
    return true;
}

static bool
parse_id(char *const *tokens, HdDeviceId *ret_id)
{
    g_autofree char *text = hd_text_value(tokens, "id");
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ":", -1);
    guint vendor, device, subvendor, subdevice, class_code;
    if (g_strv_length(parts) != 5 || !parse_hex(parts[0], 4, &vendor) ||
        !parse_hex(parts[1], 4, &device) || !parse_hex(parts[2], 4, &subvendor) ||
        !parse_hex(parts[3], 4, &subdevice) || !parse_hex(parts[4], 6, &class_code))
        return false;
    *ret_id = (HdDeviceId){(guint16)vendor, (guint16)device, (guint16)subvendor, (guint16)subdevice,
                           class_code};
    return true;
}

static bool
parse_node_state(char *const *tokens, const char *key, HdNodeState *ret_state)
{
    g_autofree char *text = hd_text_value(tokens, key);
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ":", -1);
    guint64 uid, gid, mode;
    if (text == NULL) {
        *ret_state = (HdNodeState){0};
        return true;
    }
    if (g_strv_length(parts) != 3 || !hd_text_unsigned(parts[0], 10, 0, G_MAXUINT, &uid) ||
        !hd_text_unsigned(parts[1], 10, 0, G_MAXUINT, &gid) ||
        !hd_text_unsigned(parts[2], 8, 0, 07777, &mode))
        return false;
    *ret_state = (HdNodeState){true, (guint)uid, (guint)gid, (guint)mode};
    return true;
}

/* The ids of what is plugged in at the place that the subject has named. */
static bool
parse_usb(char *const *tokens, HdGoal *goal)
{
    g_autofree char *text = hd_text_value(tokens, "usb");
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ":", -1);
    return goal->usb.bus != 0 && g_strv_length(parts) == 2 &&
           parse_hex(parts[0], 4, &goal->usb.vendor) && parse_hex(parts[1], 4, &goal->usb.product);
}

/* Whose node it is has to fit what kind of node it is. */
static bool
parse_node_subject(char *const *tokens, HdGoal *goal)
{
    if (goal->node == HD_NODE_USB)
        return parse_usb(tokens, goal);
    return goal->usb.bus == 0 && (goal->tty != NULL) == (goal->node == HD_NODE_TTY);
}

static bool
parse_node(char *const *tokens, HdGoal *goal)
{
    g_autofree char *name = hd_text_value(tokens, "node");
    for (guint i = HD_NODE_GROUP; i <= HD_NODE_TTY; i++) {
        if (g_strcmp0(name, hd_node_kind_name((HdNodeKind)i)) != 0)
            continue;
        goal->node = (HdNodeKind)i;
        return parse_node_subject(tokens, goal) &&
               parse_node_state(tokens, "from", &goal->node_before) &&
               parse_node_state(tokens, "to", &goal->node_after);
    }
    return false;
}

static bool
parse_bars(char *const *tokens, const char *key, HdBars *bars)
{
    g_autofree char *text = hd_text_value(tokens, key);
    return text == NULL || hd_bars_parse(text, bars);
}

static bool
parse_pci(char *const *tokens, HdGoal *goal)
{
    g_autofree char *awaits = hd_text_value(tokens, "awaits-close");
    goal->awaits_close = awaits != NULL;
    goal->before.driver = hd_text_value(tokens, "from.driver");
    goal->before.override = hd_text_value(tokens, "from.override");
    goal->before_module = hd_text_value(tokens, "from.module");
    goal->after.driver = hd_text_value(tokens, "to.driver");
    goal->after.override = hd_text_value(tokens, "to.override");
    return parse_id(tokens, &goal->id) && parse_bars(tokens, "from.bars", &goal->bars_before) &&
           parse_bars(tokens, "to.bars", &goal->bars_after);
}

static bool
parse_number(char *const *tokens, const char *key, guint *ret_number)
{
    guint64 number;
    if (!hd_text_number(tokens, key, &number) || number > G_MAXUINT)
        return false;
    *ret_number = (guint)number;
    return true;
}

static bool
parse_vgpu(char *const *tokens, HdGoal *goal)
{
    return parse_id(tokens, &goal->id) && parse_number(tokens, "from", &goal->vgpu_before) &&
           parse_number(tokens, "to", &goal->vgpu_after);
}

static bool
parse_vf(char *const *tokens, HdGoal *goal)
{
    g_autofree char *pf = hd_text_value(tokens, "pf");
    g_autofree char *from = hd_text_value(tokens, "from");
    g_autofree char *to = hd_text_value(tokens, "to");
    g_autofree char *late = hd_text_value(tokens, "after-libvirt");
    goal->is_after_libvirt = late != NULL;
    return pf != NULL && hd_pci_address_parse(pf, &goal->pf) &&
           parse_number(tokens, "index", &goal->vf_index) && from != NULL &&
           hd_vf_settings_parse(from, &goal->vf_before) &&
           (to == NULL || hd_vf_settings_parse(to, &goal->vf_after));
}

static bool
parse_mac(char *const *tokens, HdGoal *goal)
{
    g_autofree char *mac = hd_text_value(tokens, "mac");
    return hd_mac_parse(mac, &goal->mac) && parse_vf(tokens, goal);
}

static bool
parse_sriov(char *const *tokens, HdGoal *goal)
{
    guint autoprobe;
    if (!parse_id(tokens, &goal->id) || !parse_number(tokens, "from", &goal->count_before) ||
        !parse_number(tokens, "to", &goal->count_after) ||
        !parse_number(tokens, "autoprobe", &autoprobe) || autoprobe > 1)
        return false;
    goal->autoprobe = autoprobe == 1;
    return true;
}

static bool
parse_place(const char *text, GPtrArray *places)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    if (g_strv_length(parts) != 2 || !hd_mdev_is_parent_name(parts[0]) ||
        !hd_text_is_name(parts[1]))
        return false;
    hd_mdev_places_add(places, parts[0], parts[1]);
    return true;
}

static bool
parse_attribute(const char *text, GPtrArray *attributes)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    return g_strv_length(parts) == 2 && hd_mdev_attributes_add(attributes, parts[0], parts[1]);
}

static bool
parse_mdev(char *const *tokens, HdGoal *goal)
{
    g_autofree char *made = hd_text_value(tokens, "made");
    goal->is_made = made != NULL;
    goal->places = hd_mdev_places_new();
    goal->attributes = hd_mdev_attributes_new();
    for (; *tokens != NULL; tokens++) {
        char *const token[] = {*tokens, NULL};
        g_autofree char *place = hd_text_value(token, "place");
        g_autofree char *attribute = hd_text_value(token, "attr");
        if ((place != NULL && !parse_place(place, goal->places)) ||
            (attribute != NULL && !parse_attribute(attribute, goal->attributes)))
            return false;
    }
    return goal->places->len > 0;
}

static bool
parse_pages(char *const *tokens, HdGoal *goal)
{
    g_autofree char *owner = hd_text_value(tokens, "owner");
    return hd_uuid_parse(owner, &goal->owner) && hd_text_number(tokens, "size", &goal->page_kb) &&
           hd_text_number(tokens, "nodes", &goal->page_nodes) &&
           hd_text_number(tokens, "count", &goal->page_count) &&
           hd_text_number(tokens, "max", &goal->page_max_kb) && goal->page_kb > 0;
}

static bool
parse_settings(char *const *tokens, HdGoal *goal)
{
    goal->settings = hd_settings_new();
    for (char *const *token = tokens; *token != NULL; token++) {
        char *const one[] = {*token, NULL};
        g_autofree char *text = hd_text_value(one, "set");
        if (text != NULL && !hd_setting_parse(text, goal->settings))
            return false;
    }
    return parse_id(tokens, &goal->id) && goal->settings->len > 0;
}

static bool
parse_screen(char *const *tokens, HdGoal *goal)
{
    g_autofree char *card = hd_text_value(tokens, "of");
    goal->screen_driver = hd_text_value(tokens, "driver");
    return card != NULL && hd_pci_address_parse(card, &goal->address) &&
           goal->screen_driver != NULL && hd_text_is_name(goal->screen_driver);
}

static bool
parse_kept(char *const *tokens, HdGoal *goal)
{
    g_autofree char *kept = hd_text_value(tokens, "kept");
    goal->is_kept = kept != NULL;
    return true;
}

static bool
parse_kind(const char *name, HdGoalKind *ret_kind)
{
    for (guint kind = HD_GOAL_HOLD; kind <= HD_GOAL_SETTINGS; kind++) {
        if (!g_str_equal(name, hd_goal_kind_name((HdGoalKind)kind)))
            continue;
        *ret_kind = (HdGoalKind)kind;
        return true;
    }
    return false;
}

/* "usb-001:004" */
static bool
parse_usb_place(const char *text, HdGoal *goal)
{
    guint64 bus, device;
    if (!g_str_has_prefix(text, "usb-"))
        return false;
    g_auto(GStrv) parts = g_strsplit(text + strlen("usb-"), ":", -1);
    if (g_strv_length(parts) != 2 || !hd_text_unsigned(parts[0], 10, 1, 999, &bus) ||
        !hd_text_unsigned(parts[1], 10, 1, 999, &device))
        return false;
    goal->usb.bus = (guint)bus;
    goal->usb.device = (guint)device;
    return true;
}

static bool
parse_tty(const char *text, HdGoal *goal)
{
    if (!hd_tty_is_name(text))
        return false;
    goal->tty = g_strdup(text);
    return true;
}

/* Only modules that a plan may name are ever unloaded. */
static bool
parse_name(const char *text, HdGoal *goal)
{
    bool is_good = goal->kind == HD_GOAL_UNIT     ? hd_unit_is_name(text)
                   : goal->kind == HD_GOAL_MODULE ? hd_gpu_is_dependant(text)
                                                  : hd_text_is_name(text);
    if (is_good)
        goal->name = g_strdup(text);
    return is_good;
}

/* mdevs, and their nodes, are called by uuid; USB devices and ports by what they are; all else by
   address. The subject of pages is told by their size. */
static bool
parse_subject(const char *text, HdGoal *goal)
{
    switch (goal->kind) {
    case HD_GOAL_PAGES:
    case HD_GOAL_CONSOLE:
        return true;
    case HD_GOAL_UNIT:
    case HD_GOAL_SCREEN:
    case HD_GOAL_MODULE:
        return parse_name(text, goal);
    case HD_GOAL_MDEV:
        return hd_uuid_parse(text, &goal->uuid);
    case HD_GOAL_USB:
        return parse_usb_place(text, goal);
    case HD_GOAL_TTY:
        return parse_tty(text, goal);
    case HD_GOAL_NODE:
        return hd_uuid_parse(text, &goal->uuid) || hd_pci_address_parse(text, &goal->address) ||
               parse_usb_place(text, goal) || parse_tty(text, goal);
    default:
        return hd_pci_address_parse(text, &goal->address);
    }
}

static bool
parse_details(char *const *tokens, HdGoal *goal)
{
    switch (goal->kind) {
    case HD_GOAL_PCI:
        return parse_pci(tokens, goal);
    case HD_GOAL_NODE:
        return parse_node(tokens, goal);
    case HD_GOAL_MDEV:
        return parse_mdev(tokens, goal);
    case HD_GOAL_VGPU:
        return parse_vgpu(tokens, goal);
    case HD_GOAL_VF:
        return parse_vf(tokens, goal);
    case HD_GOAL_MAC:
        return parse_mac(tokens, goal);
    case HD_GOAL_SRIOV:
        return parse_sriov(tokens, goal);
    case HD_GOAL_USB:
        return parse_usb(tokens, goal);
    case HD_GOAL_PAGES:
        return parse_pages(tokens, goal);
    case HD_GOAL_SCREEN:
        return parse_screen(tokens, goal);
    case HD_GOAL_CONSOLE:
    case HD_GOAL_MODULE:
        return parse_kept(tokens, goal);
    case HD_GOAL_SETTINGS:
        return parse_settings(tokens, goal);
    case HD_GOAL_UNIT:
    case HD_GOAL_TTY:
    case HD_GOAL_HOLD:
        break;
    }
    return true;
}

bool
hd_goal_parse(const char *line, HdGoal **ret_goal)
{
    g_auto(GStrv) tokens = g_strsplit(line, " ", -1);
    const HdPciAddress none = {0};
    g_autoptr(HdGoal) goal = hd_goal_new(HD_GOAL_HOLD, &none);
    if (g_strv_length(tokens) < 2 || !parse_kind(tokens[0], &goal->kind) ||
        !parse_subject(tokens[1], goal) || !parse_details(tokens, goal))
        return false;
    g_autofree char *companion = hd_text_value(tokens, "companion");
    g_autofree char *card = hd_text_value(tokens, "card");
    goal->companion = companion != NULL;
    goal->is_card_s = card != NULL;
    *ret_goal = g_steal_pointer(&goal);
    return true;
}
