/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who holds what, whichever claim and whichever of its goals says so; and who doesn't count.
 */
#include <string.h>

#include "hd-claim.h"
#include "hd-test.h"

#define UUID "11111111-aaaa-4aaa-8aaa-111111111111"
#define ID   " id=10de:2237:1043:0001:030000"

static GPtrArray *claims;

static HdGoal *
goal_of(const char *line)
{
    HdGoal *goal = NULL;
    ck_assert_msg(hd_goal_parse(line, &goal), "%s", line);
    return goal;
}

static HdClaim *
add(const char *key, bool is_vm, const char *first, const char *second)
{
    HdClaim *claim = hd_claim_new(key, "web", is_vm);
    g_ptr_array_add(claim->goals, goal_of(first));
    g_ptr_array_add(claim->goals, goal_of(second));
    g_ptr_array_add(claims, claim);
    return claim;
}

static void
setup(void)
{
    claims = hd_claims_new();
    add("vm-1", true, "hold 0000:01:00.0", "mdev " UUID " place=mtty/mtty-1");
    add("vm-2", true, "usb usb-001:002 usb=046d:c31c",
        "node usb-001:002 node=usb from=1:1:600 to=0:0:660 usb=046d:c31c");
    add("vm-3", true, "node 0000:00:00.0 node=iommu from=0:0:600 to=1:1:660", "tty ttyS0");
    add("detach-x", false, "hold 0000:02:00.0", "sriov 0000:03:00.0" ID " from=0 to=4 autoprobe=1");
}

static void
teardown(void)
{
    g_ptr_array_unref(claims);
}

static const char *
key_of(const HdClaim *claim)
{
    return claim != NULL ? claim->key : "nobody";
}

static const char *
holder_of(const char *address, const char *except_key)
{
    HdPciAddress parsed;
    ck_assert(hd_pci_address_parse(address, &parsed));
    return key_of(hd_claims_find_vm(claims, &parsed, except_key));
}

START_TEST(functions)
{
    ck_assert_str_eq(holder_of("0000:01:00.0", NULL), "vm-1");
    ck_assert_str_eq(holder_of("0000:01:00.0", "vm-2"), "vm-1");
    ck_assert_str_eq(holder_of("0000:01:00.0", "vm-1"), "nobody");
    ck_assert_str_eq(holder_of("0000:01:00.1", NULL), "nobody");
    /* What a person has detached is for VMs to use, but not on its way there or back. */
    HdClaim *detached = g_ptr_array_index(claims, 3);
    ck_assert_str_eq(holder_of("0000:02:00.0", NULL), "detach-x");
    detached->is_settled = true;
    ck_assert_str_eq(holder_of("0000:02:00.0", NULL), "nobody");
    detached->is_settled = false;
    detached->is_leaving = true;
    ck_assert_str_eq(holder_of("0000:02:00.0", NULL), "detach-x");
    ck_assert_str_eq(holder_of("0000:02:00.0", "detach-x"), "nobody");
}
END_TEST

START_TEST(mdevs)
{
    HdUuid uuid, other;
    ck_assert(hd_uuid_parse(UUID, &uuid));
    ck_assert(hd_uuid_parse("22222222-aaaa-4aaa-8aaa-111111111111", &other));
    ck_assert_str_eq(key_of(hd_claims_find_mdev(claims, &uuid, NULL)), "vm-1");
    ck_assert_str_eq(key_of(hd_claims_find_mdev(claims, &uuid, "vm-1")), "nobody");
    ck_assert_str_eq(key_of(hd_claims_find_mdev(claims, &other, NULL)), "nobody");
}
END_TEST

static const char *
local_holder_of(const char *line, const char *except_key)
{
    g_autoptr(HdGoal) goal = goal_of(line);
    return key_of(hd_claims_find_local(claims, goal, except_key));
}

START_TEST(what_is_plugged_in)
{
    ck_assert_str_eq(local_holder_of("usb usb-001:002 usb=046d:c31c", NULL), "vm-2");
    ck_assert_str_eq(local_holder_of("usb usb-001:002 usb=046d:c31c", "vm-2"), "nobody");
    ck_assert_str_eq(local_holder_of("usb usb-001:003 usb=046d:c31c", NULL), "nobody");
    ck_assert_str_eq(local_holder_of("tty ttyS0", NULL), "vm-3");
    ck_assert_str_eq(local_holder_of("tty ttyS1", NULL), "nobody");
}
END_TEST

START_TEST(nodes)
{
    g_autoptr(HdGoal) usb = goal_of("usb usb-001:002 usb=046d:c31c");
    g_autoptr(HdGoal) other = goal_of("usb usb-001:003 usb=046d:c31c");
    const HdGoal *found = hd_claims_find_usb_node(claims, usb, NULL);
    ck_assert_ptr_nonnull(found);
    ck_assert(found->kind == HD_GOAL_NODE && found->node_before.uid == 1);
    ck_assert_ptr_null(hd_claims_find_usb_node(claims, usb, "vm-2"));
    ck_assert_ptr_null(hd_claims_find_usb_node(claims, other, NULL));
    found = hd_claims_find_node(claims, HD_NODE_IOMMU, NULL);
    ck_assert_ptr_nonnull(found);
    ck_assert(found->kind == HD_GOAL_NODE && found->node == HD_NODE_IOMMU);
    ck_assert_ptr_null(hd_claims_find_node(claims, HD_NODE_IOMMU, "vm-3"));
    ck_assert_ptr_null(hd_claims_find_node(claims, HD_NODE_CDEV, NULL));
    ck_assert_ptr_null(hd_claims_find_node(claims, HD_NODE_GROUP, NULL));
}
END_TEST

START_TEST(number_of_vfs)
{
    HdPciAddress pf, other;
    ck_assert(hd_pci_address_parse("0000:03:00.0", &pf));
    ck_assert(hd_pci_address_parse("0000:02:00.0", &other));
    ck_assert(hd_claims_has_vf_set(claims, &pf));
    ck_assert(!hd_claims_has_vf_set(claims, &other));
    g_ptr_array_set_size(claims, 3);
    ck_assert(!hd_claims_has_vf_set(claims, &pf));
    /* The first goal of the first claim counts, too. */
    g_ptr_array_set_size(claims, 0);
    add("vf-set", false, "sriov 0000:03:00.0" ID " from=0 to=4 autoprobe=1", "hold 0000:09:00.0");
    ck_assert(hd_claims_has_vf_set(claims, &pf));
}
END_TEST

START_TEST(nobody_at_all)
{
    HdPciAddress pf;
    ck_assert(hd_pci_address_parse("0000:03:00.0", &pf));
    g_ptr_array_set_size(claims, 0);
    ck_assert(!hd_claims_has_vf_set(claims, &pf));
    ck_assert_str_eq(holder_of("0000:01:00.0", NULL), "nobody");
    ck_assert_str_eq(local_holder_of("tty ttyS0", NULL), "nobody");
    ck_assert_ptr_null(hd_claims_find_node(claims, HD_NODE_IOMMU, NULL));
}
END_TEST

HD_TEST_MAIN("claim", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, functions); tcase_add_test(tcase, mdevs);
             tcase_add_test(tcase, what_is_plugged_in); tcase_add_test(tcase, nodes);
             tcase_add_test(tcase, number_of_vfs); tcase_add_test(tcase, nobody_at_all))
