/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal's language, word by word. What root undoes after a crash is what these lines say, so
 * each word that is missing or damaged makes a line, or the whole journal, one that nothing is done
 * for.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-record.h"
#include "hd-test.h"
#include "hd-text.h"

#define CARD "id=8086:10d3:8086:0000:020000"

/* A goal: the words that it can't do without, and those that it may have. */
typedef struct {
    const char *needed, *more;
} Line;

static const Line lines[] = {
    {"hold 0000:01:00.0", "companion=1 card=1"},
    {"pci 0000:01:00.0", CARD " from.driver=e1000e from.override=x%20y from.module=e1000e "
                              "to.driver=vfio-pci to.override=vfio-pci from.bars=0:256M "
                              "to.bars=0:8192M awaits-close=1"},
    {"pci 0000:01:00.0 " CARD, ""},
    {"node 0000:01:00.0 node=group", "from=0:0:600 to=64055:104:660"},
    {"node 0000:01:00.0 node=cdev", "from=0:0:600 to=64055:104:660"},
    {"node 0000:00:00.0 node=iommu", "from=0:0:600 to=64055:104:660"},
    {"node " VM_A " node=group", "from=0:0:600 to=64055:104:660"},
    {"node usb-001:004 node=usb usb=0403:6001", ""},
    {"node ttyS0 node=tty", "from=0:20:660 to=64055:104:660"},
    {"mdev " VM_A " place=mtty/mtty-1", "place=0000:41:00.0/nvidia-36 attr=a%3Db%3Dc"},
    {"vgpu 0000:43:00.4 " CARD " from=0 to=558", ""},
    {"vf 0000:07:10.0 pf=0000:07:00.0 index=3 from=vlan%3D0", "to=vlan%3D7 after-libvirt=1"},
    {"mac 0000:07:10.0 pf=0000:07:00.0 index=3 from=trust%3Doff mac=52:54:00:00:00:01", ""},
    {"sriov 0000:07:00.0 " CARD " from=2 to=7 autoprobe=0", ""},
    {"usb usb-001:004 usb=0403:6001", ""},
    {"tty ttyS0", ""},
    {"hugepages hugepages-2048kB owner=" VM_A " size=2048 nodes=3 count=40 max=0", ""},
    {"unit lightdm.service", ""},
    {"console console", "kept=1"},
    {"screen efi-framebuffer.0 driver=efi-framebuffer of=0000:01:00.0", ""},
    {"module nvidia_drm", "kept=1"},
    {"settings 0000:01:00.0 " CARD " set=power/control%7Cauto", "set=reset_method%7C%7Cbus"},
};

static void
assert_refused(const char *line)
{
    HdGoal *goal = NULL;
    ck_assert_msg(!hd_goal_parse(line, &goal), "'%s' passes for a goal", line);
    ck_assert_ptr_null(goal);
}

static char *
without_word(const char *line, guint number)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    g_autoptr(GPtrArray) left = g_ptr_array_new();
    for (guint i = 0; words[i] != NULL; i++) {
        if (i != number)
            g_ptr_array_add(left, words[i]);
    }
    g_ptr_array_add(left, NULL);
    return g_strjoinv(" ", (char **)left->pdata);
}

/* Read, copied and written, it is the same line. */
START_TEST(goal_is_written_as_it_was_read)
{
    const Line *line = &lines[_i];
    g_autofree char *whole =
        *line->more != '\0' ? g_strjoin(" ", line->needed, line->more, NULL) : NULL;
    const char *wanted = whole != NULL ? whole : line->needed;
    g_autoptr(HdGoal) goal = NULL;
    ck_assert_msg(hd_goal_parse(wanted, &goal), "%s", wanted);
    g_autoptr(HdGoal) copy = hd_goal_copy(goal);
    g_autofree char *again = hd_goal_format(copy);
    g_auto(GStrv) words = g_strsplit(wanted, " ", -1);
    ck_assert_uint_eq(strlen(again), strlen(wanted));
    for (char **word = words; *word != NULL; word++)
        ck_assert_contains(again, *word);
}
END_TEST

START_TEST(goal_needs_each_of_its_words)
{
    const Line *line = &lines[_i];
    g_auto(GStrv) words = g_strsplit(line->needed, " ", -1);
    HdGoal *goal = NULL;
    if (!g_str_has_prefix(line->more, "id=")) {
        ck_assert_msg(hd_goal_parse(line->needed, &goal), "%s", line->needed);
        hd_goal_free(goal);
    }
    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *less = without_word(line->needed, i);
        if (g_str_equal(words[0], "hugepages") && i == 1)
            continue; /* whose they are and how large is in the other words */
        assert_refused(less);
    }
}
END_TEST

/* What would be written to the kernel, or taken for a path, is looked at word by word. */
START_TEST(goal_s_words_are_looked_at)
{
    static const char *const bad[] = {
        "",
        "pci",
        "rm -rf /",
        "hold 0000:01:00",
        "pci 0000:01:00.0 id=8086:10d3:8086:0000",
        "pci 0000:01:00.0 id=808:10d3:8086:0000:020000",
        "pci 0000:01:00.0 id=8086:10dG:8086:0000:020000",
        "pci 0000:01:00.0 id=8086:10d3:-086:0000:020000",
        "pci 0000:01:00.0 id=8086:10d3:8086: 000:020000",
        "pci 0000:01:00.0 id=8086:10d3:8086:0000:2000",
        "pci 0000:01:00.0 " CARD " from.bars=9:1M",
        "pci 0000:01:00.0 " CARD " to.bars=0:3M",
        "node 0000:01:00.0 node=group from=0:0",
        "node 0000:01:00.0 node=group from=x:0:600",
        "node 0000:01:00.0 node=group from=0:-1:600",
        "node 0000:01:00.0 node=group to=0:0:888",
        "node 0000:01:00.0 node=disk",
        "node ttyS0 node=group",
        "node usb-001:004 node=cdev",
        "node 0000:01:00.0 node=tty",
        "node 0000:01:00.0 node=usb usb=0403:6001",
        "node /etc/shadow node=tty",
        "usb usb-001:004 usb=0403",
        "usb usb-001:004 usb=0403:600x",
        "usb usb-001:004 usb=403:6001",
        "usb usb-001 usb=0403:6001",
        "usb usb-000:004 usb=0403:6001",
        "usb usb-001:1000 usb=0403:6001",
        "mdev " VM_A " place=mtty",
        "mdev " VM_A " place=../mtty-1",
        "mdev " VM_A " place=mtty/..",
        "mdev " VM_A " place=mtty/mtty-1 attr=a",
        "mdev " VM_A " place=mtty/mtty-1 attr=../a%3Db",
        "mdev 1 place=mtty/mtty-1",
        "vgpu 0000:43:00.4 " CARD " from=x to=558",
        "vgpu 0000:43:00.4 " CARD " from=0 to=4294967296",
        "vf 0000:07:10.0 pf=7 index=3 from=vlan%3D0",
        "vf 0000:07:10.0 pf=0000:07:00.0 index=-1 from=vlan%3D0",
        "vf 0000:07:10.0 pf=0000:07:00.0 index=3 from=vlan%3Dx",
        "vf 0000:07:10.0 pf=0000:07:00.0 index=3 from=vlan%3D0 to=vlan%3Dx",
        "mac 0000:07:10.0 pf=0000:07:00.0 index=3 from=trust%3Doff mac=52:54",
        "sriov 0000:07:00.0 " CARD " from=2 to=x autoprobe=0",
        "sriov 0000:07:00.0 " CARD " from=2 to=7 autoprobe=2",
        "hugepages hugepages-2048kB owner=x size=2048 nodes=3 count=40 max=0",
        "hugepages hugepages-0kB owner=" VM_A " size=0 nodes=3 count=40 max=0",
        "unit ../x.service",
        "screen ../x driver=y of=0000:01:00.0",
        "screen efi-framebuffer.0 driver=a/b of=0000:01:00.0",
        "screen efi-framebuffer.0 driver=y of=x",
        "module ext4",
        "settings 0000:01:00.0 " CARD " set=remove%7C0%7C1",
    };
    assert_refused(bad[_i]);
    ck_assert_int_eq(G_N_ELEMENTS(bad), 51);
}
END_TEST

/* Returns: (transfer full): a journal of these lines, each sealed; NULL ends them. */
static HdRecord *
record_of(const char *first, ...)
{
    GString *text = g_string_new(NULL);
    va_list more;
    va_start(more, first);
    for (const char *line = first; line != NULL; line = va_arg(more, const char *)) {
        g_autofree char *sealed = hd_text_seal(line);
        g_string_append(text, sealed);
    }
    va_end(more);
    g_autofree char *whole = g_string_free(text, FALSE);
    return hd_record_parse(VM_A, whole);
}

#define BEGIN "begin version=1 kind=vm name=one boot=b caller=7 caller.start=8 uptime=9 since=10"

START_TEST(whole_record)
{
    g_autoptr(HdRecord) record =
        record_of(BEGIN, "goal 0 hold 0000:01:00.0", "goal 1 hold 0000:03:00.0", "planned 2",
                  "stuck 0 message=not%20yet", "undone 1", "commit", NULL);
    g_autoptr(HdClaim) claim = hd_record_claim(record);
    ck_assert_str_eq(record->name, "one");
    ck_assert_str_eq(record->boot_id, "b");
    ck_assert(record->is_vm && record->is_planned && record->is_committed && !record->is_damaged);
    ck_assert_uint_eq(record->caller.pid, 7);
    ck_assert_uint_eq(record->caller.start, 8);
    ck_assert_uint_eq(record->uptime, 9);
    ck_assert_int_eq(record->since, 10);
    ck_assert_str_eq(hd_step_name(hd_record_goal(record, 0)->step), "stuck");
    ck_assert_str_eq(hd_record_goal(record, 0)->message, "not yet");
    /* What has been given back is nobody's. */
    ck_assert_uint_eq(claim->goals->len, 1);
    ck_assert(claim->is_settled);
    ck_assert(!hd_record_is_clear(record));
}
END_TEST

/* Of an opening that is not understood nothing may be undone by guess. */
START_TEST(opening_needs_each_of_its_words)
{
    g_autofree char *less = without_word(BEGIN, (guint)_i);
    g_autoptr(HdRecord) record = record_of(less, "planned 0", NULL);
    ck_assert_msg(record->is_damaged, "%s", less);
    ck_assert(!hd_record_is_clear(record));
}
END_TEST

/* A second start in the same file is no more to be trusted than the first. */
START_TEST(later_opening_of_another_version)
{
    g_autoptr(HdRecord) record =
        record_of(BEGIN, "planned 0",
                  "begin version=2 kind=vm name=two boot=b caller=7 caller.start=8 uptime=9 "
                  "since=10",
                  "planned 0", NULL);
    ck_assert(record->is_damaged);
}
END_TEST

START_TEST(later_opening_starts_anew)
{
    g_autoptr(HdRecord) record =
        record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1", "commit", "leave", "undone 0",
                  BEGIN, "goal 0 hold 0000:03:00.0", "planned 1", NULL);
    ck_assert_uint_eq(record->goals->len, 1);
    ck_assert_str_eq(hd_goal_subject(hd_record_goal(record, 0)->goal).text, "0000:03:00.0");
    ck_assert(!record->is_committed && !record->is_leaving && !record->is_damaged);
}
END_TEST

START_TEST(lost_or_foreign_lines_are_damage)
{
    static const char *const bad[][3] = {
        {"goal 0 hold 0000:01:00.0", "planned 2"},
        {"goal 1 hold 0000:01:00.0", "planned 1"},
        {"goal x hold 0000:01:00.0", "planned 1"},
        {"goal 0", "planned 1"},
        {"goal 0 hold 0000:01:00", "planned 1"},
        {"goal", "planned 1"},
        {"goal 0 hold 0000:01:00.0", "planned x"},
        {"goal 0 hold 0000:01:00.0", "planned"},
        {"goal 0 hold 0000:01:00.0", "goal 0 hold 0000:03:00.0", "planned 2"},
        {"goal 1 hold 0000:01:00.0", "goal 0 hold 0000:03:00.0", "planned 2"},
    };
    g_autoptr(HdRecord) record = record_of(BEGIN, bad[_i][0], bad[_i][1], bad[_i][2], NULL);
    ck_assert_msg(record->is_planned && record->is_damaged, "%s, %s", bad[_i][0], bad[_i][1]);
    ck_assert(!hd_record_is_clear(record));
}
END_TEST

/* A step that can't be understood has not been made, so that the goal is undone once more. */
START_TEST(steps_that_say_nothing)
{
    static const char *const bad[] = {"undone",   "undone 1",  "undone x", "undone -1",
                                      "forgot 0", "planned 1", "goal"};
    g_autoptr(HdRecord) record =
        record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1", bad[_i], NULL);
    ck_assert_str_eq(hd_step_name(hd_record_goal(record, 0)->step), "planned");
    ck_assert(!hd_record_is_clear(record) && !record->is_damaged);
    /* Before there are any goals, none is meant. */
    g_autoptr(HdRecord) early = record_of(BEGIN, "undone 0", "planned 0", NULL);
    ck_assert(!early->is_damaged && hd_record_is_clear(early));
}
END_TEST

/* The last one counts. */
START_TEST(commits)
{
    g_autoptr(HdRecord) record = record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1",
                                           "commit uptime=77 helper=50 helper.start=51", NULL);
    g_autofree char *line = hd_record_format_commit(record);
    g_autoptr(HdRecord) later =
        record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1",
                  "commit uptime=77 helper=50 helper.start=51", "commit uptime=78 helper=0", NULL);
    ck_assert(record->is_committed);
    ck_assert_uint_eq(record->uptime, 77);
    ck_assert_uint_eq(record->helper.pid, 50);
    ck_assert_uint_eq(record->helper.start, 51);
    ck_assert_str_eq(hd_text_unseal(g_strchomp(line)),
                     "commit uptime=77 helper=50 helper.start=51");
    ck_assert_uint_eq(later->uptime, 78);
    ck_assert_uint_eq(later->helper.pid, 0);
}
END_TEST

/* A claim of the boot's owner, who made no device his own yet. */
START_TEST(reservations)
{
    g_autoptr(HdRecord) held =
        record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1", "commit", NULL);
    g_autoptr(HdRecord) begun = record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1", NULL);
    g_autoptr(HdRecord) leaving =
        record_of(BEGIN, "goal 0 hold 0000:01:00.0", "planned 1", "commit", "leave", NULL);
    g_autoptr(HdRecord) bound =
        record_of(BEGIN, "goal 0 pci 0000:01:00.0 " CARD, "planned 1", "commit", NULL);
    ck_assert(hd_record_is_reservation(held));
    ck_assert(!hd_record_is_reservation(begun));
    ck_assert(!hd_record_is_reservation(leaving));
    ck_assert(!hd_record_is_reservation(bound));
}
END_TEST

HD_TEST_MAIN("record",
             tcase_add_loop_test(tcase, goal_is_written_as_it_was_read, 0, G_N_ELEMENTS(lines));
             tcase_add_loop_test(tcase, goal_needs_each_of_its_words, 0, G_N_ELEMENTS(lines));
             tcase_add_loop_test(tcase, goal_s_words_are_looked_at, 0, 51);
             tcase_add_test(tcase, whole_record); tcase_add_test(tcase, commits);
             tcase_add_loop_test(tcase, opening_needs_each_of_its_words, 0, 9);
             tcase_add_test(tcase, later_opening_of_another_version);
             tcase_add_test(tcase, later_opening_starts_anew);
             tcase_add_loop_test(tcase, lost_or_foreign_lines_are_damage, 0, 10);
             tcase_add_loop_test(tcase, steps_that_say_nothing, 0, 7);
             tcase_add_test(tcase, reservations))
