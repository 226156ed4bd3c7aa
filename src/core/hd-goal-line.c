/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A goal as one line of the journal, and back. The journal is read by a root process
 * after a crash, so every word is checked as if it came from outside.
 */
#include <string.h>

#include "hd-goal.h"
#include "hd-text.h"

static const char *const node_names[] = {
    [HD_NODE_GROUP] = "group",
    [HD_NODE_CDEV] = "cdev",
    [HD_NODE_IOMMU] = "iommu",
};

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

char *
hd_goal_format(const HdGoal *goal)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s %s", hd_goal_kind_name(goal->kind),
                           hd_goal_subject(goal).text);
    if (goal->companion)
        g_string_append(line, " companion=1");
    switch (goal->kind) {
    case HD_GOAL_PCI:
        append_id(line, &goal->id);
        append_binding(line, "from", &goal->before);
        hd_text_append_pair(line, "from.module", goal->before_module);
        append_binding(line, "to", &goal->after);
        break;
    case HD_GOAL_NODE:
        hd_text_append_pair(line, "node", node_names[goal->node]);
        append_node(line, "from", &goal->node_before);
        append_node(line, "to", &goal->node_after);
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
    case HD_GOAL_HOLD:
        break;
    }
    return g_string_free(line, FALSE);
}

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
    if (g_strv_length(parts) != 3 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXUINT, &uid, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT, &gid, NULL) ||
        !g_ascii_string_to_unsigned(parts[2], 8, 0, 07777, &mode, NULL))
        return false;
    *ret_state = (HdNodeState){true, (guint)uid, (guint)gid, (guint)mode};
    return true;
}

static bool
parse_node(char *const *tokens, HdGoal *goal)
{
    g_autofree char *name = hd_text_value(tokens, "node");
    for (guint i = 0; i < G_N_ELEMENTS(node_names); i++) {
        if (g_strcmp0(name, node_names[i]) != 0)
            continue;
        goal->node = (HdNodeKind)i;
        return parse_node_state(tokens, "from", &goal->node_before) &&
               parse_node_state(tokens, "to", &goal->node_after);
    }
    return false;
}

static bool
parse_pci(char *const *tokens, HdGoal *goal)
{
    goal->before.driver = hd_text_value(tokens, "from.driver");
    goal->before.override = hd_text_value(tokens, "from.override");
    goal->before_module = hd_text_value(tokens, "from.module");
    goal->after.driver = hd_text_value(tokens, "to.driver");
    goal->after.override = hd_text_value(tokens, "to.override");
    return parse_id(tokens, &goal->id);
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
parse_kind(const char *name, HdGoalKind *ret_kind)
{
    for (guint kind = HD_GOAL_HOLD; kind <= HD_GOAL_SRIOV; kind++) {
        if (!g_str_equal(name, hd_goal_kind_name((HdGoalKind)kind)))
            continue;
        *ret_kind = (HdGoalKind)kind;
        return true;
    }
    return false;
}

/* mdevs, and their nodes, are called by uuid; all else by address. */
static bool
parse_subject(const char *text, HdGoal *goal)
{
    bool may_be_mdev = goal->kind == HD_GOAL_MDEV || goal->kind == HD_GOAL_NODE;
    if (may_be_mdev && hd_uuid_parse(text, &goal->uuid))
        return true;
    return goal->kind != HD_GOAL_MDEV && hd_pci_address_parse(text, &goal->address);
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
    goal->companion = companion != NULL;
    *ret_goal = g_steal_pointer(&goal);
    return true;
}
