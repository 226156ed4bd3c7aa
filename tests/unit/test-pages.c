/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Huge pages: what a VM's XML asks for, what is allocated, for whom it counts, and what is
 * given back. The fake host has 64 pages of 2 MiB on each of two nodes, and 32 more after
 * compaction.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-pages-ledger.h"
#include "hd-state.h"
#include "hd-test.h"
#include "hd-xml-domain.h"

#define VM_C       "cccccccc-3333-4333-8333-cccccccccccc"
#define QEMU(UUID) "qemu -uuid " UUID " -x "

static HdFake *fake;
static HdState *state;

static void
new_state(guint64 max_kb)
{
    HdConfig config = hd_config_default();
    config.allocates_pages = true;
    config.pages_max_kb = max_kb;
    g_clear_pointer(&state, hd_state_free);
    state = hd_state_new(hd_fake_port(fake), &config);
}

static void
setup(void)
{
    fake = hd_fake_host_new();
    new_state(0);
}

static void
teardown(void)
{
    g_clear_pointer(&state, hd_state_free);
    hd_fake_free(fake);
}

/* @count pages of 2 MiB; @node: -1: any */
static void
add_need(HdRequest *request, guint count, int node)
{
    HdPagesNeed need = {2048, node >= 0 ? G_GUINT64_CONSTANT(1) << node : 0, count * 2048};
    g_array_append_val(request->pages, need);
}

static char *
prepare_request(const HdRequest *request)
{
    g_autoptr(GError) error = NULL;
    if (hd_state_prepare(state, request, 0, &error))
        return NULL;
    ck_assert(hd_error_is(error, HD_ERROR_REFUSED));
    return g_strdup(error->message);
}

static char *
prepare(const char *uuid, guint count, int node)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", uuid, NULL);
    add_need(request, count, node);
    return prepare_request(request);
}

static void
assert_prepared(const char *uuid, guint count, int node)
{
    g_autofree char *problem = prepare(uuid, count, node);
    ck_assert_msg(problem == NULL, "%s", problem);
}

static void
assert_pages(guint nr, guint idle)
{
    ck_assert_uint_eq(hd_fake_pages_nr(fake, 2048, -1), nr);
    ck_assert_uint_eq(hd_fake_pages_idle(fake, 2048, -1), idle);
}

static void
set_nr(const char *text)
{
    ck_assert_int_eq(hd_port_write(hd_fake_port(fake), text,
                                   "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"),
                     0);
}

/* The VM's QEMU is there and has touched @count pages of node 0. */
static void
run_qemu(guint pid, const char *uuid, guint count)
{
    g_autofree char *command = g_strdup_printf("qemu -uuid %s -x ", uuid);
    g_autofree char *path = g_strdup_printf("proc/%u/numa_maps", pid);
    g_autofree char *maps = g_strdup_printf("55d0 default heap anon=3 N0=3 kernelpagesize_kB=4\n"
                                            "7f00 bind:0 file=/dev/hugepages/x huge dirty=%u N0=%u "
                                            "kernelpagesize_kB=2048\n",
                                            count, count);
    hd_fake_add_process(fake, pid, "qemu", command, NULL);
    hd_fake_set_file(fake, path, maps);
    hd_fake_use_pages(fake, 2048, 0, (int)count);
}

START_TEST(there_and_back)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    g_autoptr(HdPlan) plan = NULL;
    add_need(request, 40, -1);
    ck_assert(hd_state_plan(state, request, &plan, NULL));
    g_autofree char *text = hd_plan_describe(plan);
    ck_assert_str_eq(text, "40 huge pages of 2 MiB: those that lack are allocated, and given back "
                           "afterwards\n");
    assert_pages(0, 0);
    assert_prepared(VM_A, 40, -1);
    assert_pages(40, 40);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(0, 0);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(0, 0);
}
END_TEST

START_TEST(only_what_lacks)
{
    set_nr("30");
    assert_prepared(VM_A, 40, -1);
    assert_pages(40, 40);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(30, 30);
    assert_prepared(VM_A, 30, -1);
    assert_pages(30, 30);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(30, 30);
}
END_TEST

/* Both are prepared before either QEMU is there: the second must not count on the first one's. */
START_TEST(two_at_once)
{
    set_nr("10");
    hd_fake_add_process(fake, 50, "libvirtd", "libvirtd", NULL);
    g_autoptr(HdRequest) first = hd_fake_request("a", VM_A, NULL);
    g_autoptr(HdRequest) second = hd_fake_request("b", VM_B, NULL);
    add_need(first, 20, -1);
    add_need(second, 20, -1);
    ck_assert(hd_state_prepare(state, first, 50, NULL));
    ck_assert(hd_state_prepare(state, second, 50, NULL));
    assert_pages(40, 40);
    run_qemu(77, VM_A, 20);
    run_qemu(78, VM_B, 15); /* the last five are only reserved */
    hd_fake_reserve_pages(fake, 2048, 5);
    assert_prepared(VM_C, 3, -1);
    assert_pages(43, 8);
    hd_fake_reserve_pages(fake, 2048, 0);
    hd_fake_kill_process(fake, 77);
    hd_fake_use_pages(fake, 2048, 0, -20);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(33, 18);
    hd_fake_kill_process(fake, 78);
    hd_fake_use_pages(fake, 2048, 0, -15);
    ck_assert(hd_state_release(state, VM_B, NULL));
    ck_assert(hd_state_release(state, VM_C, NULL));
    assert_pages(10, 10);
}
END_TEST

START_TEST(foreign_reservations)
{
    set_nr("30");
    hd_fake_reserve_pages(fake, 2048, 25);
    assert_prepared(VM_A, 10, -1);
    assert_pages(35, 35);
}
END_TEST

START_TEST(compaction_helps)
{
    assert_prepared(VM_A, 150, -1);
    assert_pages(150, 150);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(0, 0);
}
END_TEST

START_TEST(too_many)
{
    set_nr("7");
    g_autofree char *problem = prepare(VM_A, 500, -1);
    ck_assert_str_eq(
        problem, "hugepages: 308 of the 500 huge pages of 2 MiB that this VM needs are missing, "
                 "and memory has no free pieces of that size; free some, or allocate them at "
                 "boot ('hostdevctl setup --hugepages 2M=500') (rule: hugepages)");
    assert_pages(7, 7);
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}
END_TEST

/* The kernel would make them all the same, and kill for it whoever wants memory next. */
START_TEST(host_keeps_memory)
{
    hd_fake_set_file(fake, "proc/meminfo",
                     "MemTotal: 2000000 kB\nMemAvailable: 350000 kB\nHugepagesize: 2048 kB\n");
    g_autofree char *problem = prepare(VM_A, 50, -1);
    ck_assert_str_eq(problem,
                     "hugepages: 50 of the 50 huge pages of 2 MiB that this VM needs are missing, "
                     "and this host has only 85 MiB to spare for them; stop what uses its memory, "
                     "or give the VM less (rule: hugepages)");
    assert_pages(0, 0);
    assert_prepared(VM_A, 42, -1);
}
END_TEST

START_TEST(on_one_node)
{
    hd_fake_add_process(fake, 77, "qemu", QEMU(VM_A), NULL);
    assert_prepared(VM_A, 40, 1);
    ck_assert_uint_eq(hd_fake_pages_nr(fake, 2048, 1), 40);
    ck_assert_uint_eq(hd_fake_pages_nr(fake, 2048, 0), 0);
    g_autofree char *problem = prepare(VM_B, 80, 1);
    ck_assert_contains(problem,
                       "24 of the 80 huge pages of 2 MiB that this VM needs are missing on "
                       "NUMA node 1, and");
    ck_assert_uint_eq(hd_fake_pages_nr(fake, 2048, 1), 40);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(0, 0);
}
END_TEST

/* Pages of another node are of no use. */
START_TEST(two_nodes_of_one_vm)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    set_nr("20");
    add_need(request, 30, 0);
    add_need(request, 10, 1);
    g_autofree char *problem = prepare_request(request);
    ck_assert_ptr_null(problem);
    ck_assert_uint_ge(hd_fake_pages_nr(fake, 2048, 0), 30);
    ck_assert_uint_ge(hd_fake_pages_nr(fake, 2048, 1), 10);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(20, 20);
}
END_TEST

START_TEST(no_such_thing)
{
    g_autoptr(HdRequest) size = hd_fake_request("vm", VM_A, NULL);
    g_autoptr(HdRequest) node = hd_fake_request("vm", VM_A, NULL);
    HdPagesNeed need = {65536, 0, 65536};
    g_array_append_val(size->pages, need);
    add_need(node, 1, 5);
    g_autofree char *no_size = prepare_request(size);
    g_autofree char *no_node = prepare_request(node);
    ck_assert_contains(no_size, "hugepages of 64 MiB can't be had: this host has no such size");
    ck_assert_contains(no_node, "hugepages of 2 MiB can't be had on NUMA node 5");
    assert_pages(0, 0);
}
END_TEST

/* The owner's numbers are the owner's, whenever they are set. */
START_TEST(owner_changes_the_number)
{
    assert_prepared(VM_A, 40, -1);
    set_nr("50");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(10, 10);
    assert_prepared(VM_A, 40, -1);
    set_nr("5");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(0, 0);
}
END_TEST

/* QEMU is killed and still lets its memory go when release comes. */
START_TEST(pages_still_in_use)
{
    assert_prepared(VM_A, 40, -1);
    hd_fake_use_pages(fake, 2048, 0, 20);
    hd_fake_use_pages(fake, 2048, 1, 20);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_pages(40, 0);
    /* The next start does not take them for its own. */
    assert_prepared(VM_B, 10, -1);
    ck_assert_uint_ge(hd_fake_pages_idle(fake, 2048, -1), 10);
    hd_fake_use_pages(fake, 2048, 0, -20);
    hd_fake_use_pages(fake, 2048, 1, -20);
    ck_assert_uint_ge(hd_fake_pages_idle(fake, 2048, -1), 10);
    ck_assert(hd_state_release(state, VM_B, NULL));
    assert_pages(0, 0);
}
END_TEST

START_TEST(dead_vm_gives_its_pages_up)
{
    assert_prepared(VM_A, 60, -1);
    assert_prepared(VM_B, 100, -1);
    assert_pages(100, 100);
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}
END_TEST

START_TEST(limit)
{
    new_state(G_GUINT64_CONSTANT(100) * 1024);
    hd_fake_add_process(fake, 77, "qemu", QEMU(VM_A), NULL);
    assert_prepared(VM_A, 30, -1);
    g_autofree char *problem = prepare(VM_B, 25, -1);
    ck_assert_contains(problem, "hugepages: 25 of 2 MiB lack for this VM, which is more than "
                                "[hugepages] max = 100 MiB leaves (60 MiB are allocated for VMs");
    assert_pages(30, 30);
    assert_prepared(VM_B, 20, -1);
    assert_pages(50, 50);
}
END_TEST

START_TEST(policy_says_no)
{
    HdConfig config = hd_config_default();
    g_autoptr(HdState) off = hd_state_new(hd_fake_port(fake), &config);
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    add_need(request, 40, -1);
    hd_fake_revive(fake);
    ck_assert(hd_state_prepare(off, request, 0, NULL));
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
    request->allocates = HD_ASK_YES;
    ck_assert(hd_state_prepare(off, request, 0, NULL));
    assert_pages(40, 40);
    ck_assert(hd_state_release(off, VM_A, NULL));
    request->allocates = HD_ASK_NO;
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    assert_pages(0, 0);
}
END_TEST

/* A worker that died between the write and the note of it, and what others did meanwhile. */
START_TEST(change_left_open)
{
    g_autoptr(GPtrArray) rows = NULL;
    g_autofree char *need = hd_pages_line_need(40);
    g_autofree char *change = hd_pages_line_change(HD_PAGES_ALL, 3, 43);
    g_autofree char *text = g_strconcat(need, change, "0badc0de torn", NULL);
    set_nr("33"); /* it came as far as 30 of 40 */
    hd_fake_set_file(fake, "run/hostdevctl/pages/2048/" VM_A "-0", text);
    ck_assert(hd_pages_ledger_load(hd_fake_port(fake), 2048, &rows, NULL));
    const HdPagesRow *row = g_ptr_array_index(rows, 0);
    ck_assert(!row->entry.is_open);
    ck_assert_uint_eq(row->entry.added[HD_PAGES_ALL], 30);
    set_nr("100");
    g_autoptr(GPtrArray) again = NULL;
    ck_assert(hd_pages_ledger_load(hd_fake_port(fake), 2048, &again, NULL));
    ck_assert_uint_eq(((HdPagesRow *)g_ptr_array_index(again, 0))->entry.added[HD_PAGES_ALL], 30);
}
END_TEST

START_TEST(ledger_arithmetic)
{
    static const struct {
        guint64 from, to, now, added;
    } cases[] = {
        {0, 10, 10, 10}, {5, 15, 12, 7}, {5, 15, 99, 10}, {5, 15, 0, 0}, {0, 0, 7, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        HdPagesEntry entry;
        g_autofree char *change = hd_pages_line_change(3, cases[i].from, cases[i].to);
        g_autofree char *end = hd_pages_line_end(cases[i].now);
        g_autofree char *back = hd_pages_line_change(3, 100, 0);
        g_autofree char *text = g_strconcat(change, end, end, NULL);
        g_autofree char *none = hd_pages_line_end(0);
        g_autofree char *all = g_strconcat(text, back, none, NULL);
        hd_pages_entry_parse(text, &entry);
        ck_assert_uint_eq(hd_pages_entry_added(&entry), cases[i].added);
        ck_assert_uint_eq(entry.added[3], cases[i].added);
        hd_pages_entry_parse(all, &entry);
        ck_assert_uint_eq(hd_pages_entry_added(&entry), 0);
    }
}
END_TEST

/* Pages of a VM that waits for its pages in numbers, not in what /proc says of others. */
START_TEST(ledger_ignores_nonsense)
{
    g_autoptr(GPtrArray) rows = NULL;
    hd_fake_set_file(fake, "run/hostdevctl/pages/2048/README", "x");
    hd_fake_set_file(fake, "run/hostdevctl/pages/2048/" VM_A "-zz", "x");
    hd_fake_set_file(fake, "run/hostdevctl/pages/2048/" VM_B "-3",
                     "garbage\n\n1234 need pages=7\n");
    ck_assert(hd_pages_ledger_load(hd_fake_port(fake), 2048, &rows, NULL));
    ck_assert_uint_eq(rows->len, 1);
    ck_assert_uint_eq(((HdPagesRow *)g_ptr_array_index(rows, 0))->entry.need, 0);
    ck_assert_uint_eq(((HdPagesRow *)g_ptr_array_index(rows, 0))->nodes, 3);
}
END_TEST

#define DOMAIN(INSIDE) "<domain><name>vm</name><uuid>" VM_A "</uuid>" INSIDE "</domain>"
#define BACKED(PAGES)  "<memoryBacking><hugepages>" PAGES "</hugepages></memoryBacking>"
#define MEMORY         "<memory unit='KiB'>1048576</memory>"

static char *
describe(const HdRequest *request)
{
    GString *text = g_string_new(request->pages_unread);
    for (guint i = 0; i < request->pages->len; i++) {
        const HdPagesNeed *need = &g_array_index(request->pages, HdPagesNeed, i);
        g_string_append_printf(text, "%s%u of %u on %x", i > 0 ? "; " : "", (guint)need->kb,
                               (guint)need->size_kb, (guint)need->nodes);
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *xml, *wanted;
} domains[] = {
    {DOMAIN(MEMORY), ""},
    {DOMAIN(MEMORY "<memoryBacking/>"), ""},
    {DOMAIN(MEMORY "<memoryBacking><hugepages/></memoryBacking>"), "1048576 of 0 on 0"},
    {DOMAIN("<memory>2097152</memory>" BACKED("<page size='2' unit='MiB'/>")),
     "2097152 of 2048 on 0"},
    {DOMAIN("<memory unit='GiB'>3</memory>" BACKED("<page size='1' unit='G'/>")),
     "3145728 of 1048576 on 0"},
    {DOMAIN("<memory unit='GB'>1</memory>" BACKED("<page size='2048'/>")), "976563 of 2048 on 0"},
    {DOMAIN("<memory unit='b'>1025</memory>" BACKED("<page size='2048'/>")), "2 of 2048 on 0"},
    {DOMAIN(MEMORY BACKED("<page size='2048' nodeset='0'/>")), "1048576 of 2048 on 0"},
    {DOMAIN(MEMORY BACKED("<page size='2048' nodeset='1'/>")), ""},
    {DOMAIN(MEMORY BACKED("<page size='4' unit='KiB'/>")), ""},
    {DOMAIN(MEMORY BACKED("") "<numatune><memory mode='strict' nodeset='1'/></numatune>"),
     "1048576 of 0 on 2"},
    {DOMAIN(MEMORY BACKED("") "<numatune><memory nodeset='0-3,^1'/></numatune>"),
     "1048576 of 0 on d"},
    {DOMAIN(MEMORY BACKED("") "<numatune><memory mode='preferred' nodeset='1'/></numatune>"),
     "1048576 of 0 on 0"},
    {DOMAIN(MEMORY BACKED("") "<numatune><memory mode='strict' placement='auto'/></numatune>"),
     "1048576 of 0 on 0"},
    {DOMAIN(MEMORY
            "<cpu><numa><cell id='0' memory='512' unit='MiB'/><cell id='1' memory='524288'/>"
            "</numa></cpu>" BACKED(
                "<page size='1' unit='GiB' nodeset='1'/><page "
                "size='2048'/>") "<numatune><memory mode='strict' nodeset='0'/><memnode cellid='1' "
                                 "mode='strict' nodeset='1'/></numatune>"),
     "524288 of 2048 on 1; 524288 of 1048576 on 2"},
    {DOMAIN(MEMORY "<cpu><numa><cell memory='1024'/><cell memory='2048'/></numa></cpu>" BACKED(
         "<page size='2048' nodeset='1'/>")),
     "2048 of 2048 on 0"},
    {DOMAIN(MEMORY BACKED("") "<devices><memory model='dimm'><target><size unit='MiB'>512</size>"
                              "<node>0</node></target></memory><memory model='dimm'><source>"
                              "<pagesize unit='KiB'>2048</pagesize><nodemask>1</nodemask></source>"
                              "<target><size>4096</size></target></memory><memory model='nvdimm'/>"
                              "</devices>"),
     "1048576 of 0 on 0; 524288 of 0 on 0; 4096 of 2048 on 2"},
    {DOMAIN(BACKED("")), "<domain> has no <memory>, or one that is not understood"},
    {DOMAIN("<memory unit='furlong'>1</memory>" BACKED("")),
     "<memory> has a size that is not understood"},
    {DOMAIN("<memory unit='E'>99999999999999</memory>" BACKED("")),
     "<memory> has a size that is not understood"},
    {DOMAIN("<memory>-5</memory>" BACKED("")), "<memory> has a size that is not understood"},
    {DOMAIN(MEMORY BACKED("<page size='x'/>")), "<page> has a size that is not understood"},
    {DOMAIN(MEMORY BACKED("<page size='2048' nodeset='0-99'/>")),
     "<page> has a set of nodes that is not understood"},
};

START_TEST(xml)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(hd_xml_domain_parse(domains[_i].xml, strlen(domains[_i].xml), &request, &error),
                  "%s", error != NULL ? error->message : "");
    g_autofree char *text = describe(request);
    ck_assert_str_eq(text, domains[_i].wanted);
}
END_TEST

START_TEST(unread_is_refused)
{
    g_autoptr(HdRequest) request = NULL;
    const char *text = DOMAIN("<memory unit='furlong'>1</memory>" BACKED(""));
    ck_assert(hd_xml_domain_parse(text, strlen(text), &request, NULL));
    g_autofree char *problem = prepare_request(request);
    ck_assert_contains(problem, "hugepages can't be counted: <memory> has a size that is not");
}
END_TEST

START_TEST(default_size)
{
    g_autoptr(HdRequest) request = NULL;
    const char *text = DOMAIN("<memory unit='MiB'>5</memory>" BACKED(""));
    ck_assert(hd_xml_domain_parse(text, strlen(text), &request, NULL));
    g_autofree char *problem = prepare_request(request);
    ck_assert_ptr_null(problem);
    assert_pages(3, 3);
}
END_TEST

START_TEST(config)
{
    HdConfig result = hd_config_default();
    static const char *const bad[] = {"allocate = maybe", "max = 16", "max = G",  "max = 0G",
                                      "max = -1G",        "max = 1P", "size = 2M"};
    ck_assert(hd_config_parse("[hugepages]\nallocate = yes\nmax = 16G\n", "f", &result, NULL));
    ck_assert(result.allocates_pages);
    ck_assert_uint_eq(result.pages_max_kb, 16 << 20);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf("[hugepages]\n%s\n", bad[i]);
        g_autoptr(GError) error = NULL;
        ck_assert_msg(!hd_config_parse(text, "f", &result, &error), "%s", bad[i]);
        ck_assert_contains(error->message, "f: [hugepages] ");
    }
}
END_TEST

HD_TEST_MAIN("pages", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, there_and_back);
    tcase_add_test(tcase, only_what_lacks);
    tcase_add_test(tcase, two_at_once);
    tcase_add_test(tcase, foreign_reservations);
    tcase_add_test(tcase, compaction_helps);
    tcase_add_test(tcase, too_many);
    tcase_add_test(tcase, host_keeps_memory);
    tcase_add_test(tcase, on_one_node);
    tcase_add_test(tcase, two_nodes_of_one_vm);
    tcase_add_test(tcase, no_such_thing);
    tcase_add_test(tcase, owner_changes_the_number);
    tcase_add_test(tcase, pages_still_in_use);
    tcase_add_test(tcase, dead_vm_gives_its_pages_up);
    tcase_add_test(tcase, limit);
    tcase_add_test(tcase, policy_says_no);
    tcase_add_test(tcase, change_left_open);
    tcase_add_test(tcase, ledger_arithmetic);
    tcase_add_test(tcase, ledger_ignores_nonsense);
    tcase_add_loop_test(tcase, xml, 0, G_N_ELEMENTS(domains));
    tcase_add_test(tcase, unread_is_refused);
    tcase_add_test(tcase, default_size);
    tcase_add_test(tcase, config);
})
