/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * May this USB device, this serial port leave the host? libvirt would let two VMs fight
 * over a port, and take a mounted stick without a question.
 */
#include "hd-local-planner.h"

#include <string.h>

#include "hd-rules.h"
#include "hd-text.h"

/* A running VM whose QEMU does not have it open has been made to let go of it (virsh detach-device
   --live). Should QEMU be about to open it, libvirt keeps the two apart. */
static bool
is_let_go(const HdClaim *claim, const GPtrArray *holders)
{
    for (guint i = 0; i < holders->len; i++) {
        if (((const HdHolder *)g_ptr_array_index(holders, i))->rule == HD_RULE_PROCESS)
            return false;
    }
    return claim->is_settled;
}

/* Not a rule anyone can relax: two VMs on one device is never right. */
static bool
check_claims(const HdPlannerInput *input, const HdGoal *goal, const GPtrArray *holders,
             const char *subject, HdPlan *plan)
{
    const HdClaim *claim = hd_claims_find_local(input->claims, goal, input->key);
    if (claim == NULL || (goal->kind == HD_GOAL_USB && is_let_go(claim, holders)))
        return true;
    hd_plan_refuse_subject(plan, subject, "held", hd_claim_describe(claim),
                           g_strdup(hd_claim_remedy(claim)));
    return false;
}

static bool
is_planned(const HdPlan *plan, const HdGoal *goal)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        if (hd_goal_claims_same(g_ptr_array_index(plan->goals, i), goal))
            return true;
    }
    return false;
}

/* @claim, (transfer full), and the node that goes with it. */
static void
take(const HdPlannerInput *input, HdGoal *claim, const HdNodeState *state, HdPlan *plan)
{
    const HdNodeOwner *owner = hd_host_node_owner(input->host);
    hd_plan_add_goal(plan, claim);
    if (!owner->applies || !state->present)
        return;
    HdGoal *node = claim->kind == HD_GOAL_USB ? hd_goal_new_usb(HD_GOAL_NODE, &claim->usb)
                                              : hd_goal_new_tty(HD_GOAL_NODE, claim->tty);
    const HdGoal *other = claim->kind == HD_GOAL_USB
                              ? hd_claims_find_usb_node(input->claims, claim, input->key)
                              : NULL;
    node->node_before = other != NULL ? other->node_before : *state;
    node->node_after = (HdNodeState){true, owner->uid, owner->gid, 0660};
    hd_plan_add_goal(plan, node);
}

static bool
is_meant(const HdUsbWish *wish, const HdUsbDevice *device)
{
    const HdUsbPlace *place = &device->place;
    return (wish->vendor == 0 ||
            (wish->vendor == place->vendor && wish->product == place->product)) &&
           (wish->bus == 0 || (wish->bus == place->bus && wish->device == place->device));
}

/* "0627:0001", "001:004", or both. */
static char *
wish_text(const HdUsbWish *wish)
{
    GString *text = g_string_new("USB ");
    if (wish->bus != 0)
        g_string_append_printf(text, "%03u:%03u", wish->bus, wish->device);
    if (wish->vendor != 0)
        g_string_append_printf(text, wish->bus != 0 ? " (%04x:%04x)" : "%04x:%04x", wish->vendor,
                               wish->product);
    return g_string_free(text, FALSE);
}

static void
miss_usb(const HdUsbWish *wish, HdPlan *plan)
{
    g_autofree char *subject = wish_text(wish);
    if (wish->startup == HD_USB_OPTIONAL)
        hd_plan_note(plan, "%s is not plugged in: the VM starts without it", subject);
    else if (wish->startup == HD_USB_REQUISITE)
        hd_plan_note(plan, "%s is not plugged in: libvirt refuses a boot, and lets a VM arrive",
                     subject);
    else
        hd_plan_refuse_subject(plan, subject, "missing", g_strdup("is not plugged in"),
                               g_strdup("plug it in, see 'lsusb', or set startupPolicy='optional' "
                                        "in its <source>"));
}

static void
refuse_ambiguous(const HdUsbWish *wish, const GPtrArray *meant, HdPlan *plan)
{
    g_autofree char *subject = wish_text(wish);
    GString *places = g_string_new(NULL);
    for (guint i = 0; i < meant->len; i++) {
        const HdUsbDevice *device = g_ptr_array_index(meant, i);
        g_string_append_printf(places, "%s%03u:%03u (port %s)", i == 0 ? "" : ", ",
                               device->place.bus, device->place.device, device->port);
    }
    g_autofree char *list = g_string_free(places, FALSE);
    const HdUsbDevice *first = g_ptr_array_index(meant, 0);
    hd_plan_refuse_subject(
        plan, subject, "ambiguous", g_strdup_printf("is there %u times: %s", meant->len, list),
        g_strdup_printf("say which one with <address bus='%u' device='%u'/> in its <source>",
                        first->place.bus, first->place.device));
}

static void
plan_usb_device(const HdPlannerInput *input, const HdUsbDevice *device, const HdPolicy *policy,
                HdPlan *plan)
{
    g_autofree char *subject = hd_usb_device_text(device);
    g_autoptr(HdGoal) claim = hd_goal_new_usb(HD_GOAL_USB, &device->place);
    if (is_planned(plan, claim)) {
        hd_plan_refuse_subject(plan, subject, "type", g_strdup("is listed twice"),
                               g_strdup("remove one of the two <hostdev>"));
        return;
    }
    if (device->is_hub) {
        hd_plan_refuse_subject(plan, subject, "type",
                               g_strdup("is a hub, which stays with the host"),
                               g_strdup("give the devices behind it instead"));
        return;
    }
    if (check_claims(input, claim, device->holders, subject, plan) &&
        hd_rules_check_holders(device->holders, subject, policy, plan))
        take(input, g_steal_pointer(&claim), &device->node, plan);
}

static void
plan_usb(const HdPlannerInput *input, const HdUsbWish *wish, const HdPolicy *policy, HdPlan *plan)
{
    const GPtrArray *all = hd_host_usbs(input->host);
    g_autoptr(GPtrArray) meant = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        HdUsbDevice *device = g_ptr_array_index(all, i);
        if (is_meant(wish, device))
            g_ptr_array_add(meant, device);
    }
    if (meant->len == 0)
        miss_usb(wish, plan);
    else if (meant->len > 1)
        refuse_ambiguous(wish, meant, plan);
    else
        plan_usb_device(input, g_ptr_array_index(meant, 0), policy, plan);
}

static void
plan_tty(const HdPlannerInput *input, const HdTty *tty, const HdPolicy *policy, HdPlan *plan)
{
    g_autofree char *subject = hd_text_printable(tty->path, 80);
    if (tty->kind == HD_TTY_ABSENT) {
        hd_plan_refuse_subject(plan, subject, "missing", g_strdup("is not on this host"),
                               g_strdup("plug the adapter in, or name another port (ls /dev/tty* "
                                        "/dev/serial/by-id)"));
        return;
    }
    if (tty->kind == HD_TTY_FOREIGN) {
        hd_plan_note(plan, "%s is no serial or parallel port that we know: it is left to libvirt",
                     subject);
        return;
    }
    g_autoptr(HdGoal) claim = hd_goal_new_tty(HD_GOAL_TTY, tty->node);
    /* Two names of one port are one port. */
    if (is_planned(plan, claim))
        return;
    if (check_claims(input, claim, tty->holders, subject, plan) &&
        hd_rules_check_holders(tty->holders, subject, policy, plan))
        take(input, g_steal_pointer(&claim), &tty->state, plan);
}

void
hd_local_planner_add(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy,
                     HdPlan *plan)
{
    const GPtrArray *ttys = hd_host_ttys(input->host);
    if (wish->kind == HD_WISH_USB)
        plan_usb(input, &wish->usb, policy, plan);
    for (guint i = 0; wish->kind == HD_WISH_TTY && i < ttys->len; i++) {
        const HdTty *tty = g_ptr_array_index(ttys, i);
        if (g_str_equal(tty->path, wish->path))
            plan_tty(input, tty, policy, plan);
    }
}

void
hd_local_planner_finish(const HdPlannerInput *input, HdPlan *plan)
{
    const GPtrArray *all = hd_host_usbs(input->host);
    if (hd_host_keyboards_left(input->host) > 0)
        return;
    for (guint i = 0; i < all->len; i++) {
        const HdUsbDevice *device = g_ptr_array_index(all, i);
        g_autoptr(HdGoal) claim = hd_goal_new_usb(HD_GOAL_USB, &device->place);
        g_autofree char *subject = hd_usb_device_text(device);
        if (!device->is_keyboard || !is_planned(plan, claim))
            continue;
        hd_plan_note(plan,
                     "%s is the only keyboard of this host, which has none until the VM stops",
                     subject);
        return;
    }
}
