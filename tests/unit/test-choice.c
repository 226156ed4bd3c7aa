/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which functions are one card, and which of a mapping's devices comes first: facts in, addresses
 * out.
 */
#include <string.h>

#include "hd-facts.h"
#include "hd-mapping.h"
#include "hd-relocation.h"
#include "hd-test.h"

static void
setup_wish(void)
{
    setup();
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    wish->address = hd_fake_address("0000:01:00.0");
    wish->managed = true;
    hd_host_set_iommu(host, true);
}

static HdDevice *
add_to_group(const char *address, guint vendor, guint class_code, int group)
{
    const HdPciAddress parsed = hd_fake_address(address);
    HdDevice *device = hd_device_new(&parsed);
    device->id = (HdDeviceId){(guint16)vendor, 0x2237, 0, 0, class_code};
    device->iommu_group = group;
    device->binding.driver = g_strdup("vendors");
    device->vfio_driver = g_strdup("vfio-pci");
    hd_host_add(host, device);
    return device;
}

/* In a group of its own. */
static HdDevice *
add(const char *address, guint vendor, guint class_code)
{
    const HdPciAddress parsed = hd_fake_address(address);
    return add_to_group(address, vendor, class_code,
                        ((int)parsed.bus * 32 + parsed.slot) * 8 + parsed.function);
}

#define CARD 0x030000

/* What is at @address: its maker and class, and whether it goes along with the card at 01:00.0. */
static const struct {
    const char *address;
    guint card, vendor, class_code;
    bool is_vf, goes_along;
} parts[] = {
    {"0000:01:00.1", CARD, 0x10de, 0x040300, false, true}, /* sound */
    {"0000:01:00.1", CARD, 0x10de, 0x040100, false, true},
    {"0000:01:00.2", CARD, 0x10de, 0x0c0330, false, true}, /* USB */
    {"0000:01:00.3", CARD, 0x10de, 0x0c8000, false, true}, /* serial, for a monitor's cable */
    {"0000:01:00.1", CARD, 0x10de, 0x038000, false, true}, /* a second head */
    {"0000:01:00.1", 0x030200, 0x10de, 0x040300, false, true},
    {"0000:01:00.1", 0x020000, 0x10de, 0x040300, false, false},
    {"0000:01:00.1", CARD, 0x1022, 0x040300, false, false}, /* beside an APU's graphics */
    {"0000:01:00.1", CARD, 0x10de, 0x010802, false, false},
    {"0000:01:00.1", CARD, 0x10de, 0x040000, false, false},
    {"0000:01:00.1", CARD, 0x10de, 0x0c0500, false, false},
    {"0000:01:00.4", CARD, 0x10de, 0x030200, true, false},
    {"0000:01:01.0", CARD, 0x10de, 0x040300, false, false},
    {"0000:02:00.1", CARD, 0x10de, 0x040300, false, false},
};

START_TEST(one_card)
{
    add("0000:01:00.0", 0x10de, parts[_i].card);
    add(parts[_i].address, parts[_i].vendor, parts[_i].class_code)->is_vf = parts[_i].is_vf;
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    const HdPciAddress address = hd_fake_address(parts[_i].address);
    ck_assert(!hd_plan_is_refused(plan));
    ck_assert_int_eq(hd_plan_claims(plan, &address), parts[_i].goes_along);
    ck_assert_uint_eq(plan->goals->len, parts[_i].goes_along ? 2 : 1);
}
END_TEST

/* A VF of a card is no card, and one that stays on its driver has nothing bound beside it. */
START_TEST(no_card)
{
    add("0000:01:00.0", 0x10de, CARD)->is_vf = true;
    add("0000:01:00.1", 0x10de, 0x040300);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    ck_assert_uint_eq(plan->goals->len, 1);
}
END_TEST

/* NUMA nodes of 02:00.0 and 03:00.0, those of the VM's memory, and who is taken. */
static const struct {
    HdChoice choice;
    int first, second;
    guint64 nodes;
    const char *taken;
} rows[] = {
    {HD_CHOICE_NUMA, 0, 1, 1 << 1, "0000:03:00.0"},
    {HD_CHOICE_NUMA, 0, 1, 1 << 0, "0000:02:00.0"},
    {HD_CHOICE_NUMA, 0, 1, 1 << 2, "0000:02:00.0"},
    {HD_CHOICE_NUMA, 1, 0, 3 << 0, "0000:02:00.0"},
    {HD_CHOICE_NUMA, 0, 63, G_GUINT64_CONSTANT(1) << 63, "0000:03:00.0"},
    {HD_CHOICE_SPREAD, 0, 1, 1 << 1, "0000:02:00.0"},
    /* Nodes that no bit can stand for. */
    {HD_CHOICE_NUMA, 0, -1, G_GUINT64_CONSTANT(1) << 63, "0000:02:00.0"},
    {HD_CHOICE_NUMA, 1, 64, 1, "0000:02:00.0"},
};

START_TEST(near_memory_first)
{
    g_autoptr(GArray) moves = NULL;
    g_autofree char *reason = NULL;
    HdMapping *mapping = NULL;
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    wish->mapping = g_strdup("pool");
    request->numa_nodes = rows[_i].nodes;
    policy.choice = rows[_i].choice;
    add("0000:02:00.0", 0x8086, 0x020000)->numa_node = rows[_i].first;
    add("0000:03:00.0", 0x8086, 0x020000)->numa_node = rows[_i].second;
    ck_assert(hd_mapping_parse("pool", "[mapping]\nclass = 0200\n", "f", "here", &mapping, NULL));
    hd_host_add_mapping(host, mapping);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    ck_assert_msg(hd_relocation_choose(&input, &moves, &reason), "%s", reason);
    ck_assert_uint_eq(moves->len, 1);
    const HdMove *move = &g_array_index(moves, HdMove, 0);
    ck_assert_str_eq(hd_pci_address_text(&move->from).text, "0000:01:00.0");
    ck_assert_str_eq(hd_pci_address_text(&move->to).text, rows[_i].taken);
}
END_TEST

/* The group of each, and whether the second goes along; nothing is known of a group below 0. */
static const struct {
    int first, second;
    bool goes_along;
} groups[] = {{0, 0, true}, {0, 1, false}, {7, 7, true}, {7, 0, false}, {7, -1, false}};

START_TEST(one_group)
{
    const HdPciAddress address = hd_fake_address("0000:05:00.0");
    (void)add_to_group("0000:01:00.0", 0x8086, 0x020000, groups[_i].first);
    (void)add_to_group("0000:05:00.0", 0x8086, 0x020000, groups[_i].second);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    ck_assert(!hd_plan_is_refused(plan));
    ck_assert_int_eq(hd_plan_claims(plan, &address), groups[_i].goes_along);
}
END_TEST

/* Memory of one size on the same nodes is one wish; half a page is a page. */
START_TEST(huge_pages)
{
    const HdPagesNeed needs[] = {{2048, 1, 4096}, {2048, 2, 2048}, {2048, 1, 2049},
                                 {0, 1, 2048},    {4096, 1, 8192}, {2048, 0, 1}};
    const guint64 sizes[] = {2048, 4096};
    HdPagesFacts *facts = hd_host_pages(host);
    facts->is_asked = true;
    facts->default_kb = 2048;
    facts->present_nodes = 3;
    facts->sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_array_append_vals(facts->sizes, sizes, G_N_ELEMENTS(sizes));
    g_array_append_vals(request->pages, needs, G_N_ELEMENTS(needs));
    add("0000:01:00.0", 0x8086, 0x020000);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    g_autoptr(GString) counts = g_string_new(NULL);
    for (guint i = 0; i < plan->goals->len; i++) {
        const HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind == HD_GOAL_PAGES)
            g_string_append_printf(counts, "%u*%u@%u ", (guint)goal->page_count,
                                   (guint)goal->page_kb, (guint)goal->page_nodes);
    }
    ck_assert(!hd_plan_is_refused(plan));
    ck_assert_str_eq(counts->str, "5*2048@1 1*2048@2 2*4096@1 1*2048@0 ");
}
END_TEST

/* What a VM wants in huge pages that this host hasn't, and what it is told. */
static const struct {
    HdPagesNeed need;
    guint64 default_kb;
    const char *unread, *words;
} refusals[] = {
    {{1024, 0, 1024}, 2048, NULL, "of 1 MiB can't be had: this host has no such size"},
    {{0, 0, 1024}, 0, NULL, "can't be had: this host has none"},
    {{2048, 4, 1024},
     2048,
     NULL,
     "of 2 MiB can't be had on NUMA node 2: this host has no such node"},
    {{2048, 13, 1024},
     2048,
     NULL,
     "of 2 MiB can't be had on NUMA nodes 2,3: this host has no such node"},
    {{2048, 0, 1024}, 2048, "it is odd", "can't be counted: it is odd"},
};

START_TEST(no_huge_pages)
{
    const guint64 size = 2048;
    HdPagesFacts *facts = hd_host_pages(host);
    facts->is_asked = true;
    facts->default_kb = refusals[_i].default_kb;
    facts->present_nodes = 3;
    facts->sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_array_append_val(facts->sizes, size);
    g_array_append_val(request->pages, refusals[_i].need);
    request->pages_unread = g_strdup(refusals[_i].unread);
    add("0000:01:00.0", 0x8086, 0x020000);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    ck_assert_uint_eq(plan->refusals->len, 1);
    const HdRefusal *refusal = g_ptr_array_index(plan->refusals, 0);
    ck_assert_str_eq(refusal->reason, refusals[_i].words);
    /* Who doesn't ask for their allocation is not our business. */
    facts->is_asked = false;
    g_autoptr(HdPlan) without = hd_planner_prepare(&input);
    ck_assert(!hd_plan_is_refused(without));
}
END_TEST

/* What goes along must be free, too. */
START_TEST(group_in_use)
{
    (void)add_to_group("0000:01:00.0", 0x8086, 0x020000, 7);
    HdDevice *other = add_to_group("0000:05:00.0", 0x8086, 0x010802, 7);
    g_ptr_array_add(other->holders, hd_holder_new(HD_RULE_STORAGE, g_strdup("/ is mounted from it"),
                                                  g_strdup("unmount it")));
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    ck_assert_uint_eq(plan->refusals->len, 1);
    const HdRefusal *refusal = g_ptr_array_index(plan->refusals, 0);
    ck_assert_contains(refusal->reason, "/ is mounted from it");
}
END_TEST

HD_TEST_MAIN("choice", tcase_add_checked_fixture(tcase, setup_wish, teardown);
             tcase_add_loop_test(tcase, one_card, 0, G_N_ELEMENTS(parts));
             tcase_add_test(tcase, no_card); tcase_add_test(tcase, huge_pages);
             tcase_add_test(tcase, group_in_use);
             tcase_add_loop_test(tcase, no_huge_pages, 0, G_N_ELEMENTS(refusals));
             tcase_add_loop_test(tcase, one_group, 0, G_N_ELEMENTS(groups));
             tcase_add_loop_test(tcase, near_memory_first, 0, G_N_ELEMENTS(rows)))
