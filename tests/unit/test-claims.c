/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who has what: which owners are in the way of a decision, and which goals are changes at all.
 */
#include "hd-claim.h"
#include "hd-fake-host.h"
#include "hd-journal.h"
#include "hd-plan.h"
#include "hd-test.h"

#define NIC "0000:01:00.0"

static GPtrArray *claims;

static void
setup(void)
{
    claims = hd_claims_new();
}

static void
teardown(void)
{
    g_ptr_array_unref(claims);
}

static HdGoal *
new_mdev(const HdUuid *uuid)
{
    HdGoal *goal = hd_goal_new_mdev(HD_GOAL_MDEV, uuid);
    goal->places = hd_mdev_places_new();
    goal->attributes = hd_mdev_attributes_new();
    return goal;
}

/* Another VM's claim, of @goal at first. */
static HdClaim *
add_claim(HdGoal *goal)
{
    HdClaim *claim = hd_claim_new(VM_B, "web", true);
    g_ptr_array_add(claim->goals, goal);
    g_ptr_array_add(claims, claim);
    return claim;
}

/* Of an owner that is being asked, and of a person's who only detached it, nothing is in the way.
 */
START_TEST(owners_that_count)
{
    const HdUsbPlace place = {1, 2, 0x0627, 1};
    const HdPciAddress pf = hd_fake_address("0000:07:00.0"), vf = hd_fake_address("0000:07:10.0");
    const HdUuid uuid = hd_fake_uuid(VM_B);
    HdClaim *claim = add_claim(hd_goal_new(HD_GOAL_HOLD, &vf));
    HdGoal *node = hd_goal_new_usb(HD_GOAL_NODE, &place);
    HdGoal *iommu = hd_goal_new(HD_GOAL_NODE, &(HdPciAddress){0});
    iommu->node = HD_NODE_IOMMU;
    g_ptr_array_add(claim->goals, new_mdev(&uuid));
    g_ptr_array_add(claim->goals, hd_goal_new_usb(HD_GOAL_USB, &place));
    g_ptr_array_add(claim->goals, hd_goal_new(HD_GOAL_SRIOV, &pf));
    g_ptr_array_add(claim->goals, node);
    g_ptr_array_add(claim->goals, iommu);
    g_autoptr(HdGoal) wanted = hd_goal_new_usb(HD_GOAL_USB, &place);
    const char *own = _i == 1 ? VM_B : VM_A;
    claim->is_vm = _i < 2;
    claim->is_settled = _i == 2;
    claim->is_leaving = _i == 3; /* what a person takes or gives back is nobody's meanwhile */
    const HdClaim *found = _i == 1 || _i == 2 ? NULL : claim;
    ck_assert_ptr_eq(hd_claims_find_vm(claims, &vf, own), found);
    ck_assert_ptr_eq(hd_claims_find_mdev(claims, &uuid, own), found);
    ck_assert_ptr_eq(hd_claims_find_local(claims, wanted, own), found);
    ck_assert_ptr_eq(hd_claims_find_usb_node(claims, wanted, own), found != NULL ? node : NULL);
    /* How a node was before is known to whoever has changed it, be it a person. */
    ck_assert_ptr_eq(hd_claims_find_node(claims, HD_NODE_IOMMU, own), _i != 1 ? iommu : NULL);
    ck_assert_ptr_null(hd_claims_find_node(claims, HD_NODE_TTY, own));
    ck_assert(hd_claims_has_vf_set(claims, &pf));
    ck_assert(!hd_claims_has_vf_set(claims, &vf));
}
END_TEST

START_TEST(owners_of_something_else)
{
    const HdUsbPlace place = {1, 2, 0x0627, 1}, other = {1, 3, 0x0627, 1};
    const HdPciAddress address = hd_fake_address(NIC), next = hd_fake_address("0000:01:00.1");
    HdUuid uuid, else_s;
    ck_assert(hd_uuid_parse(VM_A, &uuid) && hd_uuid_parse(VM_B, &else_s));
    HdClaim *claim = add_claim(hd_goal_new(HD_GOAL_HOLD, &address));
    g_ptr_array_add(claim->goals, new_mdev(&else_s));
    g_ptr_array_add(claim->goals, hd_goal_new_usb(HD_GOAL_USB, &other));
    g_ptr_array_add(claim->goals, hd_goal_new_usb(HD_GOAL_NODE, &other));
    g_ptr_array_add(claim->goals, hd_goal_new_tty(HD_GOAL_TTY, "ttyS1"));
    g_autoptr(HdGoal) usb = hd_goal_new_usb(HD_GOAL_USB, &place);
    g_autoptr(HdGoal) tty = hd_goal_new_tty(HD_GOAL_TTY, "ttyS0");
    g_autoptr(HdGoal) same_tty = hd_goal_new_tty(HD_GOAL_TTY, "ttyS1");
    ck_assert_ptr_null(hd_claims_find_vm(claims, &next, VM_A));
    ck_assert_ptr_null(hd_claims_find_mdev(claims, &uuid, VM_A));
    ck_assert_ptr_null(hd_claims_find_local(claims, usb, VM_A));
    ck_assert_ptr_null(hd_claims_find_local(claims, tty, VM_A));
    ck_assert_ptr_eq(hd_claims_find_local(claims, same_tty, VM_A), claim);
    ck_assert_ptr_null(hd_claims_find_usb_node(claims, usb, VM_A));
    ck_assert(!hd_claims_has_vf_set(claims, &address));
}
END_TEST

/* A node that has its owner already is none that anything is written to. */
START_TEST(goals_that_change_something)
{
    const HdPciAddress address = hd_fake_address(NIC);
    const HdNodeState states[] = {{true, 0, 0, 0600}, {true, 0, 0, 0600}, {false, 0, 0, 0600},
                                  {true, 1, 0, 0600}, {true, 0, 1, 0600}, {true, 0, 0, 0660}};
    g_autoptr(HdGoal) node = hd_goal_new(HD_GOAL_NODE, &address);
    g_autoptr(HdGoal) mac = hd_goal_new(HD_GOAL_MAC, &address);
    g_autoptr(HdGoal) pci = hd_goal_new(HD_GOAL_PCI, &address);
    node->node_before = states[0];
    for (guint i = 1; i < G_N_ELEMENTS(states); i++) {
        node->node_after = states[i];
        ck_assert(hd_goal_is_change(node) == (i > 1));
    }
    ck_assert(!hd_goal_is_change(mac));
    ck_assert(!hd_goal_is_change(pci));
    pci->bars_after.mb[0] = 256;
    ck_assert(hd_goal_is_change(pci));
}
END_TEST

/* As free() takes it. */
START_TEST(nothing_can_be_freed)
{
    hd_goal_free(NULL);
    hd_plan_free(NULL);
    hd_claim_free(NULL);
    hd_journal_close(NULL);
}
END_TEST

HD_TEST_MAIN("claims", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, owners_that_count, 0, 5);
    tcase_add_test(tcase, owners_of_something_else);
    tcase_add_test(tcase, goals_that_change_something);
    tcase_add_test(tcase, nothing_can_be_freed);
})
