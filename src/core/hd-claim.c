/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who holds what. Claims are read from the journals and never kept anywhere
 * else, so there is no second list that could disagree with them.
 */
#include "hd-claim.h"

#include "hd-text.h"

static void
free_goal(gpointer data)
{
    hd_goal_free(data);
}

static void
free_claim(gpointer data)
{
    hd_claim_free(data);
}

HdClaim *
hd_claim_new(const char *key, const char *name, bool is_vm)
{
    HdClaim *claim = g_new0(HdClaim, 1);
    claim->key = g_strdup(key);
    claim->name = g_strdup(name);
    claim->is_vm = is_vm;
    claim->goals = g_ptr_array_new_with_free_func(free_goal);
    return claim;
}

void
hd_claim_free(HdClaim *claim)
{
    if (claim == NULL)
        return;
    g_free(claim->key);
    g_free(claim->name);
    g_ptr_array_unref(claim->goals);
    g_free(claim);
}

GPtrArray *
hd_claims_new(void)
{
    return g_ptr_array_new_with_free_func(free_claim);
}

bool
hd_claim_is_exclusive(const HdClaim *claim)
{
    return claim->is_vm || !claim->is_settled;
}

char *
hd_claim_describe(const HdClaim *claim)
{
    g_autofree char *name = hd_text_printable(claim->name, 64);
    if (claim->is_leaving)
        return g_strdup_printf("is still on its way back from '%s'", name);
    if (!claim->is_vm)
        return g_strdup_printf("is just being changed by hostdevctl ('%s')", name);
    return g_strdup_printf("is held by VM '%s'", name);
}

const char *
hd_claim_remedy(const HdClaim *claim)
{
    return claim->is_leaving ? "see 'hostdevctl status'"
           : claim->is_vm    ? "shut that VM down first"
                             : "try again when that has ended";
}

static bool
counts(const HdClaim *claim, const char *except_key)
{
    return hd_claim_is_exclusive(claim) && g_strcmp0(claim->key, except_key) != 0;
}

const HdClaim *
hd_claims_find_vm(const GPtrArray *claims, const HdPciAddress *address, const char *except_key)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; counts(claim, except_key) && j < claim->goals->len; j++) {
            const HdGoal *goal = g_ptr_array_index(claim->goals, j);
            if (hd_goal_claims(goal, address))
                return claim;
        }
    }
    return NULL;
}

const HdClaim *
hd_claims_find_maker(const GPtrArray *claims, const HdPciAddress *address, const char *except_key)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; !claim->is_settled && counts(claim, except_key) && j < claim->goals->len;
             j++) {
            const HdGoal *goal = g_ptr_array_index(claim->goals, j);
            if (goal->kind == HD_GOAL_MDEV && hd_mdev_places_have_parent(goal->places, name.text))
                return claim;
        }
    }
    return NULL;
}

const HdClaim *
hd_claims_find_mdev(const GPtrArray *claims, const HdUuid *uuid, const char *except_key)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; counts(claim, except_key) && j < claim->goals->len; j++) {
            const HdGoal *goal = g_ptr_array_index(claim->goals, j);
            if (hd_goal_claims_mdev(goal, uuid))
                return claim;
        }
    }
    return NULL;
}

const HdClaim *
hd_claims_find_local(const GPtrArray *claims, const HdGoal *goal, const char *except_key)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; counts(claim, except_key) && j < claim->goals->len; j++) {
            if (hd_goal_claims_same(g_ptr_array_index(claim->goals, j), goal))
                return claim;
        }
    }
    return NULL;
}

const HdGoal *
hd_claims_find_usb_node(const GPtrArray *claims, const HdGoal *goal, const char *except_key)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; counts(claim, except_key) && j < claim->goals->len; j++) {
            const HdGoal *other = g_ptr_array_index(claim->goals, j);
            if (other->kind == HD_GOAL_NODE && hd_usb_place_equal(&other->usb, &goal->usb))
                return other;
        }
    }
    return NULL;
}

bool
hd_claims_has_vf_set(const GPtrArray *claims, const HdPciAddress *pf)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; j < claim->goals->len; j++) {
            const HdGoal *goal = g_ptr_array_index(claim->goals, j);
            if (goal->kind == HD_GOAL_SRIOV && hd_pci_address_equal(&goal->address, pf))
                return true;
        }
    }
    return false;
}

static const HdGoal *
find_node(const HdClaim *claim, HdNodeKind node)
{
    for (guint i = 0; i < claim->goals->len; i++) {
        const HdGoal *goal = g_ptr_array_index(claim->goals, i);
        if (goal->kind == HD_GOAL_NODE && goal->node == node)
            return goal;
    }
    return NULL;
}

const HdGoal *
hd_claims_find_node(const GPtrArray *claims, HdNodeKind node, const char *except_key)
{
    const HdGoal *goal = NULL;
    for (guint i = 0; goal == NULL && i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        if (g_strcmp0(claim->key, except_key) != 0)
            goal = find_node(claim, node);
    }
    return goal;
}

bool
hd_claims_needs_node(const GPtrArray *claims, HdNodeKind node)
{
    bool is_needed = false;
    for (guint i = 0; !is_needed && i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        is_needed = !claim->is_leaving && find_node(claim, node) != NULL;
    }
    return is_needed;
}
