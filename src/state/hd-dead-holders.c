/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who may have left something in the way of a start, and what is given back first when they are
 * no more: a VM that died without a release must not keep others from starting.
 */
#include "hd-index.h"
#include "hd-state-private.h"

static const HdClaim *
find_holder(const HdWish *wish, const GPtrArray *claims)
{
    if (wish->kind == HD_WISH_MDEV)
        return hd_claims_find_mdev(claims, &wish->uuid, NULL);
    return hd_wish_is_pci(wish) ? hd_claims_find_vm(claims, &wish->address, NULL) : NULL;
}

static void
add_key(GPtrArray *keys, const char *key)
{
    if (!g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
        g_ptr_array_add(keys, g_strdup(key));
}

/* Adds the keys of other VMs that have a goal of one of these @kinds, a bit each. */
static void
add_keys_of(GPtrArray *keys, const GPtrArray *claims, guint kinds)
{
    for (guint i = 0; kinds != 0 && i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; claim->is_vm && j < claim->goals->len; j++) {
            if ((kinds >> ((const HdGoal *)g_ptr_array_index(claim->goals, j))->kind & 1) != 0)
                add_key(keys, claim->key);
        }
    }
}

/* A device goes with its group, so one that is left of that is in its way, too; and a change of the
   number of VFs that has not come to its end is in the way of each of them. */
static bool
is_in_the_way(const HdClaim *claim, const HdGoal *goal, const GPtrArray *subjects)
{
    bool counts = goal->kind == HD_GOAL_SRIOV ||
                  (hd_claim_is_exclusive(claim) && hd_goal_claims(goal, &goal->address));
    return counts && hd_index_has(subjects, &goal->address);
}

static void
add_keys_in_the_way(GPtrArray *keys, const GPtrArray *claims, const GPtrArray *subjects)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; j < claim->goals->len; j++) {
            if (is_in_the_way(claim, g_ptr_array_index(claim->goals, j), subjects))
                add_key(keys, claim->key);
        }
    }
}

/* Keys of other VMs that hold, or may hold, a wanted device or some of its group, or huge pages. */
static GPtrArray *
find_holders(const HdState *state, const HdRequest *request, const GPtrArray *subjects,
             const GPtrArray *claims)
{
    const guint desktop =
        1u << HD_GOAL_UNIT | 1u << HD_GOAL_CONSOLE | 1u << HD_GOAL_SCREEN | 1u << HD_GOAL_MODULE;
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    guint kinds =
        hd_request_asks_pages(request, state->config.allocates_pages) ? 1u << HD_GOAL_PAGES : 0;
    /* What is in the way of a graphics card is judged as it is without the VMs that have died. */
    if (hd_index_has_desktop(subjects))
        kinds |= desktop;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        const HdClaim *claim = find_holder(wish, claims);
        if (claim != NULL)
            add_key(keys, claim->key);
        /* Which device such a wish means is not known yet. */
        kinds |= wish->kind == HD_WISH_USB   ? 1u << HD_GOAL_USB
                 : wish->kind == HD_WISH_TTY ? 1u << HD_GOAL_TTY
                                             : 0;
    }
    add_keys_of(keys, claims, kinds);
    add_keys_in_the_way(keys, claims, subjects);
    return keys;
}

/* A function that is not there may be a VF of a set that is not there for such a change. */
static void
add_keys_for_missing(HdState *state, const HdRequest *request, GPtrArray *keys)
{
    g_autoptr(GPtrArray) all = NULL;
    bool is_missing = false;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        is_missing |=
            hd_wish_is_pci(wish) && !hd_port_exists(state->port, "sys/bus/pci/devices/%s",
                                                    hd_pci_address_text(&wish->address).text);
    }
    if (!is_missing || !hd_journal_keys(state->port, &all, NULL))
        return;
    for (guint i = 0; i < all->len; i++) {
        const char *key = g_ptr_array_index(all, i);
        if (g_str_has_prefix(key, HD_STATE_VF_SET))
            add_key(keys, key);
    }
}

/* Keys of other VMs that have instances of some mdev's or vGPU's type. */
static GPtrArray *
find_instance_holders(const GPtrArray *claims)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    add_keys_of(keys, claims, 1u << HD_GOAL_MDEV | 1u << HD_GOAL_VGPU);
    return keys;
}

/* What is half written is not to be taken for how the VF was. */
static void
finish_settings(HdState *state, const HdRequest *request)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_wish_is_pci(wish))
            hd_state_finish_settings(state, &wish->address);
    }
}

/* A VM that died without a release must not keep others from starting: neither by a wanted device
   nor, when all instances are taken (@is_full), by one of those. Holds no lock meanwhile. */
bool
hd_state_free_dead_holders(HdState *state, const HdRequest *request, bool is_full,
                           GError **ret_error)
{
    g_autoptr(GPtrArray) subjects = hd_state_wanted(state, request);
    g_autoptr(GPtrArray) claims = NULL;
    if (!hd_state_claims_about(state, subjects, hd_state_key(request), &claims, ret_error))
        return false;
    g_autoptr(GPtrArray) keys =
        is_full ? find_instance_holders(claims) : find_holders(state, request, subjects, claims);
    add_keys_for_missing(state, request, keys);
    for (guint i = 0; i < keys->len; i++)
        (void)hd_state_reconcile_key(state, g_ptr_array_index(keys, i), NULL);
    finish_settings(state, request);
    return true;
}
