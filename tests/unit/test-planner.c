/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decisions, without a kernel: facts in, plan or sentence out.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-planner.h"
#include "hd-test.h"

typedef struct {
    HdHost *host;
    HdRequest *request;
    GPtrArray *claims;
    HdPolicy policy;
} Case;

static HdDevice *
add(Case *c, const char *address, int group, const char *driver)
{
    const HdPciAddress parsed = hd_fake_address(address);
    HdDevice *device = hd_device_new(&parsed);
    device->id = (HdDeviceId){0x8086, 0x10d3, 0x8086, 0, 0x020000};
    device->iommu_group = group;
    device->binding.driver = g_strdup(driver);
    device->vfio_driver = g_strdup("vfio-pci");
    hd_host_add(c->host, device);
    hd_host_set_iommu(c->host, group >= 0);
    return device;
}

static Case
new_case(const char *address)
{
    Case c = {hd_host_new(), hd_fake_request("vm", VM_A, address, NULL), hd_claims_new(),
              hd_policy_default()};
    return c;
}

static HdPlan *
plan_and_free(Case *c)
{
    const HdPlannerInput input = {c->request, VM_A, c->host, c->claims, &c->policy};
    HdPlan *plan = hd_planner_prepare(&input);
    hd_host_free(c->host);
    hd_request_free(c->request);
    g_ptr_array_unref(c->claims);
    return plan;
}

static void
assert_plan(Case *c, const char *wanted)
{
    g_autoptr(HdPlan) plan = plan_and_free(c);
    g_autofree char *text = hd_plan_describe(plan);
    ck_assert_str_eq(text, wanted);
}

static void
hold(HdDevice *device, HdRule rule, const char *text, const char *remedy)
{
    g_ptr_array_add(device->holders, hd_holder_new(rule, g_strdup(text), g_strdup(remedy)));
}

START_TEST(one_device)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "e1000e");
    assert_plan(&c, "0000:01:00.0: e1000e -> vfio-pci\n");
}
END_TEST

START_TEST(already_there)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "vfio-pci");
    assert_plan(&c, "0000:01:00.0: stays on vfio-pci\n");
}
END_TEST

START_TEST(wanted_driver)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "mlx5_core");
    ((HdWish *)g_ptr_array_index(c.request->wishes, 0))->driver = g_strdup("mlx5_vfio_pci");
    assert_plan(&c, "0000:01:00.0: mlx5_core -> mlx5_vfio_pci\n");
}
END_TEST

START_TEST(missing)
{
    Case c = new_case("0000:99:00.0");
    assert_plan(&c, "refused: 0000:99:00.0 is not on this host; see 'hostdevctl list' for the "
                    "devices there are (rule: missing)\n");
}
END_TEST

START_TEST(no_iommu)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", -1, "e1000e");
    assert_plan(&c, "refused: 0000:01:00.0 can't be given to a VM: this host has no active IOMMU; "
                    "switch VT-d or AMD-Vi on in the firmware and, on Intel, boot with "
                    "intel_iommu=on (rule: iommu)\n");
}
END_TEST

START_TEST(no_group)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", -1, "e1000e");
    hd_host_set_iommu(c.host, true);
    assert_plan(&c, "refused: 0000:01:00.0 is in no IOMMU group, so it can't be isolated; use a "
                    "device behind the IOMMU (rule: iommu)\n");
}
END_TEST

START_TEST(bridge)
{
    Case c = new_case("0000:00:1c.0");
    add(&c, "0000:00:1c.0", 1, "pcieport")->is_bridge = true;
    assert_plan(&c, "refused: 0000:00:1c.0 is a bridge, which stays with the host; give the "
                    "devices behind it instead (rule: bridge)\n");
}
END_TEST

START_TEST(companion_goes_along)
{
    Case c = new_case("0000:02:00.1");
    add(&c, "0000:02:00.0", 2, "e1000e");
    add(&c, "0000:02:00.1", 2, "e1000e");
    add(&c, "0000:00:1c.0", 2, "pcieport")->is_bridge = true;
    add(&c, "0000:02:00.2", 2, NULL);
    add(&c, "0000:03:00.0", 3, "nvme");
    assert_plan(&c, "0000:02:00.1: e1000e -> vfio-pci\n"
                    "0000:02:00.0: e1000e -> vfio-pci (same IOMMU group)\n"
                    "0000:02:00.2: reserved, left as it is (same IOMMU group)\n");
}
END_TEST

START_TEST(companion_of_two_goes_once)
{
    Case c = new_case("0000:02:00.0");
    add(&c, "0000:02:00.0", 2, "e1000e");
    add(&c, "0000:02:00.1", 2, "e1000e");
    add(&c, "0000:02:00.2", 2, "e1000e");
    HdWish *second = hd_request_add(c.request, HD_WISH_PCI);
    ck_assert(hd_pci_address_parse("0000:02:00.1", &second->address));
    assert_plan(&c, "0000:02:00.0: e1000e -> vfio-pci\n"
                    "0000:02:00.2: e1000e -> vfio-pci (same IOMMU group)\n"
                    "0000:02:00.1: e1000e -> vfio-pci\n");
}
END_TEST

START_TEST(companion_refused_by_policy)
{
    Case c = new_case("0000:02:00.1");
    add(&c, "0000:02:00.0", 2, "e1000e");
    add(&c, "0000:02:00.1", 2, "e1000e");
    ck_assert(hd_policy_set(&c.request->policy, "companions", "refuse"));
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_str_eq(line, "0000:02:00.1 shares IOMMU group 2 with 0000:02:00.0 (driver e1000e), "
                           "which the VM does not list; add it to the VM, or set companions=bind "
                           "(rule: companions)");
}
END_TEST

START_TEST(companion_in_use)
{
    Case c = new_case("0000:02:00.1");
    hold(add(&c, "0000:02:00.0", 2, "nvme"), HD_RULE_STORAGE, "/dev/nvme0n1 is mounted on /srv",
         "unmount /srv");
    add(&c, "0000:02:00.1", 2, "e1000e");
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_str_eq(line,
                     "0000:02:00.1 shares IOMMU group 2 with 0000:02:00.0, which is in use by "
                     "this host: /dev/nvme0n1 is mounted on /srv; unmount /srv (rule: "
                     "group)");
}
END_TEST

START_TEST(companion_isa_bridge)
{
    Case c = new_case("0000:00:1f.3");
    add(&c, "0000:00:1f.0", 2, "lpc_ich")->is_bridge = true;
    add(&c, "0000:00:1f.3", 2, "snd_hda_intel");
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_contains(line, "it is a bridge with a driver of its own");
}
END_TEST

START_TEST(in_use)
{
    Case c = new_case("0000:03:00.0");
    HdDevice *device = add(&c, "0000:03:00.0", 3, "nvme");
    hold(device, HD_RULE_STORAGE, "/dev/nvme0n1 is mounted on /srv", "unmount /srv");
    hold(device, HD_RULE_PROCESS, "/dev/nvme0 is open in nvme (pid 7)", "stop it");
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_str_eq(line,
                     "0000:03:00.0 is in use by this host: /dev/nvme0n1 is mounted on /srv; "
                     "unmount /srv (rule: storage); and 1 more reason: see 'hostdevctl plan'");
}
END_TEST

START_TEST(in_use_but_allowed)
{
    Case c = new_case("0000:03:00.0");
    hold(add(&c, "0000:03:00.0", 3, "e1000e"), HD_RULE_NETWORK, "eth0 has an address", "x");
    ck_assert(hd_policy_set(&c.policy, "network", "allow"));
    assert_plan(&c, "0000:03:00.0: e1000e -> vfio-pci\n"
                    "note: 0000:03:00.0 is in use by this host: eth0 has an address (allowed by "
                    "policy: network)\n");
}
END_TEST

START_TEST(pf_with_vfs)
{
    Case c = new_case("0000:07:00.0");
    HdDevice *device = add(&c, "0000:07:00.0", 7, "igb");
    device->vf_count = 2;
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_contains(line, "has 2 virtual functions, which would lose their PF");
}
END_TEST

START_TEST(wrong_card)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "e1000e");
    ((HdWish *)g_ptr_array_index(c.request->wishes, 0))->expected_id = g_strdup("10de:2237");
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_contains(line, "is 8086:10d3, but the VM's metadata expects 10de:2237");
}
END_TEST

START_TEST(dead_card)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "e1000e")->id.vendor = 0xffff;
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_contains(line, "does not answer");
}
END_TEST

static HdClaim *
claim_of(const char *key, const char *name, bool is_vm, const char *address)
{
    const HdPciAddress parsed = hd_fake_address(address);
    HdClaim *claim = hd_claim_new(key, name, is_vm);
    g_ptr_array_add(claim->goals, hd_goal_new(HD_GOAL_HOLD, &parsed));
    return claim;
}

START_TEST(held_by_other_vm)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "vfio-pci");
    g_ptr_array_add(c.claims, claim_of(VM_B, "win\n11", true, "0000:01:00.0"));
    /* Nothing relaxes this one. */
    for (guint rule = 0; rule < HD_RULE_COUNT; rule++)
        c.policy.stance[rule] = HD_STANCE_ALLOW;
    assert_plan(&c, "refused: 0000:01:00.0 is held by VM 'win\\x0a11'; shut that VM down first "
                    "(rule: held)\n");
}
END_TEST

START_TEST(group_held_by_other_vm)
{
    Case c = new_case("0000:02:00.1");
    add(&c, "0000:02:00.0", 2, "vfio-pci");
    add(&c, "0000:02:00.1", 2, "vfio-pci");
    g_ptr_array_add(c.claims, claim_of(VM_B, "win11", true, "0000:02:00.0"));
    g_autoptr(HdPlan) plan = plan_and_free(&c);
    g_autofree char *line = hd_plan_refusal_line(plan);
    ck_assert_contains(line, "held by VM 'win11'");
}
END_TEST

START_TEST(own_and_detached_claims_do_not_count)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "vfio-pci");
    g_ptr_array_add(c.claims, claim_of(VM_A, "vm", true, "0000:01:00.0"));
    HdClaim *detached = claim_of("detach-0000:01:00.0", "x", false, "0000:01:00.0");
    detached->is_settled = true;
    g_ptr_array_add(c.claims, detached);
    assert_plan(&c, "0000:01:00.0: stays on vfio-pci\n");
}
END_TEST

START_TEST(interface_is_left_to_libvirt)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "iavf");
    HdWish *wish = g_ptr_array_index(c.request->wishes, 0);
    wish->kind = HD_WISH_INTERFACE;
    assert_plan(&c, "0000:01:00.0: reserved, its driver left to libvirt\n");
}
END_TEST

START_TEST(nodes)
{
    Case c = new_case("0000:01:00.0");
    add(&c, "0000:01:00.0", 1, "e1000e");
    const HdNodeOwner owner = {true, 64055, 104};
    const HdNodeState iommu = {true, 0, 0, 0600};
    hd_host_set_node_owner(c.host, &owner);
    hd_host_set_iommu_node(c.host, &iommu);
    assert_plan(&c, "0000:01:00.0: e1000e -> vfio-pci\n"
                    "0000:01:00.0: its /dev/vfio group node gets owner 64055:104, mode 0660\n"
                    "0000:01:00.0: its /dev/vfio/devices node gets owner 64055:104, mode 0660\n"
                    "/dev/iommu gets owner 64055:104, mode 0660\n");
}
END_TEST

START_TEST(goal_lines_round_trip)
{
    HdPciAddress address = {0, 1, 0, 0};
    g_autoptr(HdGoal) goal = hd_goal_new(HD_GOAL_PCI, &address);
    goal->id = (HdDeviceId){0x10de, 0x2237, 0x10de, 0x152d, 0x030200};
    goal->before.override = g_strdup("odd name=%\n");
    goal->after.driver = g_strdup("vfio-pci");
    goal->companion = true;
    g_autofree char *line = hd_goal_format(goal);
    g_autoptr(HdGoal) back = NULL;
    ck_assert_ptr_null(strchr(line, '\n'));
    ck_assert(hd_goal_parse(line, &back));
    ck_assert_ptr_null(back->before.driver);
    ck_assert_str_eq(back->before.override, "odd name=%\n");
    ck_assert_str_eq(back->after.driver, "vfio-pci");
    ck_assert(back->companion);
    ck_assert(hd_device_id_equal(&back->id, &goal->id));
    HdGoal *none = NULL;
    ck_assert(!hd_goal_parse("pci 0000:01:00.0", &none));
    ck_assert(!hd_goal_parse("node 0000:01:00.0 node=x", &none));
    ck_assert(!hd_goal_parse("rm -rf /", &none));
    ck_assert(!hd_goal_parse("pci 0000:01:00.0 id=0000:0000:0000:0000:-9f", &none));
    ck_assert(!hd_goal_parse("pci 0000:01:00.0 id=+000:0000:0000:0000:000000", &none));
    ck_assert(!hd_goal_parse("node 0000:01:00.0 node=group to=-1:0:660", &none));
    ck_assert(!hd_goal_parse("node 0000:01:00.0 node=group to=1:0:77777", &none));
}
END_TEST

HD_TEST_MAIN("planner", tcase_add_test(tcase, one_device); tcase_add_test(tcase, already_there);
             tcase_add_test(tcase, wanted_driver); tcase_add_test(tcase, missing);
             tcase_add_test(tcase, no_iommu); tcase_add_test(tcase, no_group);
             tcase_add_test(tcase, bridge); tcase_add_test(tcase, companion_goes_along);
             tcase_add_test(tcase, companion_of_two_goes_once);
             tcase_add_test(tcase, companion_refused_by_policy);
             tcase_add_test(tcase, companion_in_use); tcase_add_test(tcase, companion_isa_bridge);
             tcase_add_test(tcase, in_use); tcase_add_test(tcase, in_use_but_allowed);
             tcase_add_test(tcase, pf_with_vfs); tcase_add_test(tcase, wrong_card);
             tcase_add_test(tcase, dead_card); tcase_add_test(tcase, held_by_other_vm);
             tcase_add_test(tcase, group_held_by_other_vm);
             tcase_add_test(tcase, own_and_detached_claims_do_not_count);
             tcase_add_test(tcase, interface_is_left_to_libvirt); tcase_add_test(tcase, nodes);
             tcase_add_test(tcase, goal_lines_round_trip))
