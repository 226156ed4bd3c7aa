/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A goal is a whole target and the whole former state of one thing. Undoing by
 * goals, not by inverse writes, is what makes a half-done start repairable from
 * any point: converging to `before` is right wherever the kill came.
 */
#include "hd-goal.h"

#include <string.h>

#include "hd-text.h"

static const char *const node_names[] = {
    [HD_NODE_GROUP] = "group",
    [HD_NODE_CDEV] = "cdev",
    [HD_NODE_IOMMU] = "iommu",
};

HdGoal *
hd_goal_new(HdGoalKind kind, const HdPciAddress *address)
{
    HdGoal *goal = g_new0(HdGoal, 1);
    goal->kind = kind;
    goal->address = *address;
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
    return copy;
}

bool
hd_goal_claims(const HdGoal *goal, const HdPciAddress *address)
{
    return goal->kind != HD_GOAL_NODE && hd_pci_address_equal(&goal->address, address);
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
    case HD_GOAL_HOLD:
        break;
    }
    return false;
}

static void
append_pair(GString *line, const char *key, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *pair = hd_text_pair(key, value);
    g_string_append_printf(line, " %s", pair);
}

static void
append_binding(GString *line, const char *side, const HdBinding *binding)
{
    g_autofree char *driver = g_strconcat(side, ".driver", NULL);
    g_autofree char *override = g_strconcat(side, ".override", NULL);
    append_pair(line, driver, binding->driver);
    append_pair(line, override, binding->override);
}

static void
append_node(GString *line, const char *side, const HdNodeState *state)
{
    if (state->present)
        g_string_append_printf(line, " %s=%u:%u:%o", side, state->uid, state->gid, state->mode);
}

char *
hd_goal_format(const HdGoal *goal)
{
    static const char *const kinds[] = {"hold", "pci", "node"};
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s %s", kinds[goal->kind],
                           hd_pci_address_text(&goal->address).text);
    if (goal->companion)
        g_string_append(line, " companion=1");
    if (goal->kind == HD_GOAL_PCI) {
        const HdDeviceId *id = &goal->id;
        g_string_append_printf(line, " id=%04x:%04x:%04x:%04x:%06x", id->vendor, id->device,
                               id->subvendor, id->subdevice, id->class_code);
        append_binding(line, "from", &goal->before);
        append_pair(line, "from.module", goal->before_module);
        append_binding(line, "to", &goal->after);
    } else if (goal->kind == HD_GOAL_NODE) {
        append_pair(line, "node", node_names[goal->node]);
        append_node(line, "from", &goal->node_before);
        append_node(line, "to", &goal->node_after);
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

bool
hd_goal_parse(const char *line, HdGoal **ret_goal)
{
    g_auto(GStrv) tokens = g_strsplit(line, " ", -1);
    HdPciAddress address;
    if (g_strv_length(tokens) < 2 || !hd_pci_address_parse(tokens[1], &address))
        return false;
    g_autoptr(HdGoal) goal = hd_goal_new(HD_GOAL_HOLD, &address);
    g_autofree char *companion = hd_text_value(tokens, "companion");
    goal->companion = companion != NULL;
    if (g_str_equal(tokens[0], "pci"))
        goal->kind = HD_GOAL_PCI;
    else if (g_str_equal(tokens[0], "node"))
        goal->kind = HD_GOAL_NODE;
    else if (!g_str_equal(tokens[0], "hold"))
        return false;
    if ((goal->kind == HD_GOAL_PCI && !parse_pci(tokens, goal)) ||
        (goal->kind == HD_GOAL_NODE && !parse_node(tokens, goal)))
        return false;
    *ret_goal = g_steal_pointer(&goal);
    return true;
}

static char *
describe_binding(const HdBinding *binding)
{
    const char *driver = binding->driver != NULL ? binding->driver : "no driver";
    if (binding->override == NULL || g_strcmp0(binding->override, binding->driver) == 0)
        return g_strdup(driver);
    g_autofree char *override = hd_text_printable(binding->override, 64);
    return g_strdup_printf("%s (driver_override %s)", driver, override);
}

static char *
describe_node(const HdGoal *goal)
{
    const HdNodeState *after = &goal->node_after;
    g_autofree char *node =
        goal->node == HD_NODE_IOMMU
            ? g_strdup("/dev/iommu")
            : g_strdup_printf("%s: its %s", hd_pci_address_text(&goal->address).text,
                              goal->node == HD_NODE_GROUP ? "/dev/vfio group node"
                                                          : "/dev/vfio/devices node");
    return g_strdup_printf("%s gets owner %u:%u, mode %04o", node, after->uid, after->gid,
                           after->mode);
}

char *
hd_goal_describe(const HdGoal *goal)
{
    const HdPciAddressText address = hd_pci_address_text(&goal->address);
    const char *why = goal->companion ? " (same IOMMU group)" : "";
    if (goal->kind == HD_GOAL_NODE)
        return describe_node(goal);
    if (goal->kind == HD_GOAL_HOLD)
        return g_strdup_printf("%s: reserved, %s%s", address.text,
                               goal->companion ? "left as it is" : "bound by libvirt", why);
    g_autofree char *before = describe_binding(&goal->before);
    g_autofree char *after = describe_binding(&goal->after);
    if (!hd_goal_is_change(goal))
        return g_strdup_printf("%s: stays on %s%s", address.text, after, why);
    return g_strdup_printf("%s: %s -> %s%s", address.text, before, after, why);
}
