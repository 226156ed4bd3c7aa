/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Steps of a start or an end that fail, are late, or find that somebody else was there: what the
 * user is told, what is given back, and what the journal keeps for the next try.
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-desk.h"
#include "hd-fake-host.h"
#include "hd-journal.h"
#include "hd-state.h"
#include "hd-test.h"

#define NIC     "0000:01:00.0"
#define JOURNAL "run/hostdevctl/vm/" VM_A

static HdFake *fake;
static HdPort *port;
static HdState *state;
static const HdPortOps *plain_ops;
static HdPortOps ops;

/* What the port answers otherwise than the fake would; "" and 0: nothing. */
static const char *failing_path; /* calls on paths that begin so fail */
static int failing_error;
static bool is_late;              /* the next jobs are not done in time */
static bool (*late_when)(void);   /* all jobs that begin when it says so are not, either */
static void (*before_jobs)(void); /* what happens before the next jobs */

static void
open_state(HdFake *new_fake, const HdConfig *config)
{
    g_clear_pointer(&state, hd_state_free);
    g_clear_pointer(&fake, hd_fake_free);
    fake = new_fake;
    port = hd_fake_port(fake);
    plain_ops = port->ops;
    ops = *plain_ops;
    port->ops = &ops;
    state = hd_state_new(port, config);
}

static void
setup(void)
{
    HdConfig config = hd_config_default();
    config.allocates_pages = true;
    open_state(hd_fake_host_new(), &config);
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "dynamic_ownership = 0\n");
    failing_path = "";
}

static void
teardown(void)
{
    g_clear_pointer(&state, hd_state_free);
    g_clear_pointer(&fake, hd_fake_free);
}

static bool
fails(const char *path)
{
    return *failing_path != '\0' && g_str_has_prefix(path, failing_path);
}

static int
set_node_or_fail(HdPort *of, const char *path, const HdNodeState *node)
{
    return fails(path) ? failing_error : plain_ops->set_node(of, path, node);
}

static int
read_or_fail(HdPort *of, const char *path, char **ret_text)
{
    return fails(path) ? failing_error : plain_ops->read(of, path, ret_text);
}

static int
list_or_fail(HdPort *of, const char *path, GPtrArray **ret_names)
{
    return fails(path) ? failing_error : plain_ops->list(of, path, ret_names);
}

static int
append_or_fail(HdPort *of, const char *path, const char *text)
{
    return fails(path) && g_str_has_suffix(path, VM_A) ? failing_error
                                                       : plain_ops->append(of, path, text);
}

static int
append_or_fail_all(HdPort *of, const char *path, const char *text)
{
    return fails(path) ? failing_error : plain_ops->append(of, path, text);
}

static int
lock_or_fail(HdPort *of, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    return fails(path) ? failing_error : plain_ops->lock(of, path, create, wait_ms, ret_lock);
}

static void
run_late_jobs(HdPort *of, HdJob *jobs, gsize count, guint deadline_ms)
{
    if (before_jobs != NULL)
        before_jobs();
    before_jobs = NULL;
    is_late |= late_when != NULL && late_when();
    if (!is_late)
        plain_ops->run_jobs(of, jobs, count, deadline_ms);
    for (gsize i = 0; is_late && i < count; i++) {
        jobs[i].result = HD_JOB_LATE;
        jobs[i].worker = 4242;
    }
    is_late = false;
}

static void
fail_from_now(const char *path, int error)
{
    failing_path = path;
    failing_error = error;
}

static char *
try(const HdRequest *request)
{
    g_autoptr(GError) error = NULL;
    return hd_state_prepare(state, request, 0, &error) ? NULL : g_strdup(error->message);
}

static char *
prepare(const char *vm, const char *address)
{
    g_autoptr(HdRequest) request =
        hd_fake_request(g_str_equal(vm, VM_A) ? "one" : "two", vm, address, NULL);
    return try(request);
}

static void
assert_prepared(const char *vm, const char *address)
{
    g_autofree char *problem = prepare(vm, address);
    ck_assert_msg(problem == NULL, "%s", problem);
}

static char *
release(const char *vm)
{
    g_autoptr(GError) error = NULL;
    return hd_state_release(state, vm, &error) ? NULL : g_strdup(error->message);
}

static void
run_qemu(guint pid, const char *vm)
{
    g_autofree char *command = g_strdup_printf("qemu -uuid %s -x ", vm);
    hd_fake_add_process(fake, pid, "qemu", command, NULL);
}

static void
assert_dump(const char *wanted)
{
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert_str_eq(dump, wanted);
}

/* Returns: (transfer full): how far the journal of VM A says that it has come: "stuck: why". */
static char *
steps(void)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) records = NULL;
    ck_assert(hd_state_records(state, &records, NULL));
    const HdRecord *record = records->len > 0 ? g_ptr_array_index(records, 0) : NULL;
    for (guint i = 0; record != NULL && i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->step != HD_STEP_UNDONE)
            g_string_append_printf(text, "%s %s: %s\n", hd_goal_subject(entry->goal).text,
                                   hd_step_name(entry->step),
                                   entry->message != NULL ? entry->message : "-");
    }
    return g_string_free(text, FALSE);
}

static HdRequest *
request_for_usb(void)
{
    HdRequest *request = hd_fake_request("one", VM_A, NULL);
    HdWish *stick = hd_request_add(request, HD_WISH_USB);
    HdWish *serial = hd_request_add(request, HD_WISH_USB);
    stick->usb = (HdUsbWish){.bus = 1, .device = 3};
    serial->usb = (HdUsbWish){.bus = 1, .device = 4};
    return request;
}

START_TEST(node_that_can_t_be_owned_ends_the_start)
{
    g_autofree char *before = hd_fake_dump(fake);
    ops.set_node = set_node_or_fail;
    fail_from_now("dev/vfio/", EPERM);
    g_autofree char *problem = prepare(VM_A, NIC);
    ck_assert_str_eq(problem, "set the owner of /dev/vfio/1: Operation not permitted");
    assert_dump(before);
    ck_assert(!hd_port_exists(port, JOURNAL));
}
END_TEST

/* The first of several reasons is told; the journal has each, until it has been done after all. */
START_TEST(nodes_that_can_t_be_given_back)
{
    g_autoptr(HdRequest) request = request_for_usb();
    g_autofree char *before = hd_fake_dump(fake);
    ck_assert_ptr_null(try(request));
    ops.set_node = set_node_or_fail;
    fail_from_now("dev/bus/usb/", EPERM);
    g_autofree char *problem = release(VM_A);
    g_autofree char *left = steps();
    ck_assert_str_eq(problem, "set the owner of /dev/bus/usb/001/004: Operation not permitted");
    ck_assert_contains(
        left, "usb-001:003 failed: set the owner of /dev/bus/usb/001/003: Operation not permitted");
    ck_assert_contains(
        left, "usb-001:004 failed: set the owner of /dev/bus/usb/001/004: Operation not permitted");
    failing_path = "";
    ck_assert_ptr_null(release(VM_A));
    assert_dump(before);
    ck_assert(!hd_port_exists(port, JOURNAL));
}
END_TEST

static void
pull_card(void)
{
    hd_fake_remove_device(fake, NIC);
}

static void
change_card(void)
{
    const HdFakeDevice other = {.address = NIC,
                                .vendor = 0x10de,
                                .device = 0x2237,
                                .class_code = 0x030000,
                                .group = 1,
                                .driver = "igb",
                                .native = "igb"};
    hd_fake_remove_device(fake, NIC);
    hd_fake_add_device(fake, &other);
}

/* Between the look at it and the first write. */
START_TEST(card_changes_after_the_plan)
{
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ops.run_jobs = run_late_jobs;
    before_jobs = _i == 0 ? pull_card : change_card;
    g_autofree char *problem = prepare(VM_A, NIC);
    ck_assert_str_eq(problem, _i == 0 ? NIC ": the device has gone since the start began"
                                      : NIC
                                  ": another card has taken its place since the start began");
    ck_assert(!hd_port_exists(port, JOURNAL));
    if (_i == 1) {
        g_autofree char *binding = hd_fake_binding(fake, NIC);
        ck_assert_str_eq(binding, "igb -");
    }
}
END_TEST

static void
spend_time(void)
{
    hd_fake_set_file(fake, "proc/uptime", "9000.00 0.00\n");
}

/* The time that libvirt is given to start QEMU begins when prepare ends. */
START_TEST(prepare_that_takes_long)
{
    g_autoptr(HdRequest) request = hd_fake_request("one", VM_A, NIC, NULL);
    g_autoptr(GPtrArray) reports = NULL;
    hd_fake_add_process(fake, 50, "libvirtd", "libvirtd", NULL);
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ops.run_jobs = run_late_jobs;
    before_jobs = spend_time;
    ck_assert(hd_state_prepare(state, request, 50, NULL));
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    g_autofree char *binding = hd_fake_binding(fake, NIC);
    ck_assert_str_eq(binding, "vfio-pci vfio-pci");
}
END_TEST

/* Whether the VM still runs, and since when the host does. */
START_TEST(what_can_t_be_told_is_not_given_back)
{
    static const char *const places[] = {"proc", "proc/77/cmdline", "proc/sys/kernel/random/"};
    g_autoptr(GPtrArray) reports = NULL;
    hd_fake_add_process(fake, 77, "qemu", _i < 2 ? "other" : "qemu -uuid " VM_A " -x ", NULL);
    ck_assert_ptr_null(prepare(VM_A, NIC));
    ops.list = list_or_fail;
    ops.read = read_or_fail;
    fail_from_now(places[_i], ENFILE);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    g_autofree char *binding = hd_fake_binding(fake, NIC);
    ck_assert_str_eq(binding, "vfio-pci vfio-pci");
    ck_assert_ptr_null(release(VM_A));
    g_autofree char *back = hd_fake_binding(fake, NIC);
    ck_assert_str_eq(back, "e1000e -");
}
END_TEST

START_TEST(process_that_is_hidden_is_no_qemu)
{
    g_autoptr(GPtrArray) reports = NULL;
    ck_assert_ptr_null(prepare(VM_A, NIC));
    hd_fake_add_process(fake, 77, "other", "other", NULL);
    ops.read = read_or_fail;
    fail_from_now("proc/77/cmdline", _i == 0 ? EACCES : EFBIG);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    g_autofree char *back = hd_fake_binding(fake, NIC);
    ck_assert_str_eq(back, "e1000e -");
}
END_TEST

#define VM_LAST "ffffffff-0000-4000-8000-00000000000f"

/* Each of them could leave it to the other, but not take it from a third that has it. */
START_TEST(two_that_end_at_once)
{
    hd_fake_add_iommufd(fake);
    g_autofree char *before = hd_fake_dump(fake);
    g_autoptr(HdJournal) journal = NULL;
    ck_assert_ptr_null(prepare(VM_A, NIC));
    ck_assert_ptr_null(prepare(VM_B, "0000:03:00.0"));
    if (_i == 1)
        ck_assert_ptr_null(prepare(VM_LAST, "0000:04:00.0"));
    ck_assert(hd_journal_open(port, VM_B, false, 0, &journal, NULL));
    ck_assert(hd_journal_leave(journal, NULL));
    ck_assert_ptr_null(release(VM_A));
    HdNodeState iommu = {0};
    ck_assert_int_eq(hd_port_get_node(port, "dev/iommu", &iommu), 0);
    ck_assert_int_eq(iommu.uid == 0, _i == 0);
    hd_journal_close(g_steal_pointer(&journal));
    ck_assert_ptr_null(release(VM_B));
    if (_i == 1)
        ck_assert_ptr_null(release(VM_LAST));
    assert_dump(before);
}
END_TEST

static int
append_no_commit(HdPort *of, const char *path, const char *text)
{
    return strstr(text, "commit ") != NULL ? ENOSPC : plain_ops->append(of, path, text);
}

/* Others would take it for one that has died on its way. */
START_TEST(start_that_can_t_be_committed)
{
    ops.append = append_no_commit;
    g_autofree char *problem = prepare(VM_A, NIC);
    ck_assert_contains(problem, "No space left on device");
    g_autofree char *binding = hd_fake_binding(fake, NIC);
    ck_assert_str_eq(binding, "e1000e -");
    ck_assert(!hd_port_exists(port, JOURNAL));
}
END_TEST

static guint longest_ms;

static void
note_deadline(HdPort *of, HdJob *jobs, gsize count, guint deadline_ms)
{
    longest_ms = MAX(longest_ms, deadline_ms);
    plain_ops->run_jobs(of, jobs, count, deadline_ms);
}

/* Some cards take half a second for each. */
START_TEST(many_vfs_take_their_time)
{
    const HdPciAddress pf = hd_fake_address("0000:07:00.0");
    ops.run_jobs = note_deadline;
    ck_assert(hd_state_vf_set(state, &pf, 7, NULL));
    ck_assert_uint_eq(longest_ms, 30000 + (2 + 7) * 1000);
    longest_ms = 0;
    ck_assert(hd_state_vf_drivers(state, &pf, NULL));
    ck_assert_uint_eq(longest_ms, 30000 + 7 * 1000);
}
END_TEST

/* On disk it would still be lent to any VM. */
START_TEST(reattach_that_can_t_be_written_down)
{
    const HdPciAddress address = hd_fake_address(NIC);
    g_autoptr(GError) error = NULL;
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    ops.append = append_or_fail_all;
    fail_from_now("run/hostdevctl/vm/detach-", ENOSPC);
    ck_assert(!hd_state_reattach(state, &address, &error));
    ck_assert_contains(error->message, "No space left on device");
    g_autofree char *binding = hd_fake_binding(fake, NIC);
    ck_assert_str_eq(binding, "vfio-pci vfio-pci");
    failing_path = "";
    ck_assert(hd_state_reattach(state, &address, NULL));
}
END_TEST

static HdRequest *
request_for_pages(const char *vm)
{
    HdRequest *request = hd_fake_request("one", vm, NULL);
    HdPagesNeed need = {2048, 0, 2048};
    g_array_append_val(request->pages, need);
    return request;
}

START_TEST(pages_that_are_not_found_in_time)
{
    g_autoptr(HdRequest) request = request_for_pages(VM_A);
    ops.run_jobs = run_late_jobs;
    is_late = true;
    g_autofree char *problem = try(request);
    ck_assert_str_eq(problem, "hugepages-2048kB: the kernel has not found the memory within 30 s "
                              "(worker pid 4242 gives back what it has when it can); allocate them "
                              "at boot");
}
END_TEST

START_TEST(pages_that_are_being_made_for_another)
{
    g_autoptr(HdRequest) request = request_for_pages(VM_A);
    ops.lock = lock_or_fail;
    fail_from_now("run/hostdevctl/device/hugepages-2048kB", EWOULDBLOCK);
    g_autofree char *problem = try(request);
    ck_assert_str_eq(problem, "hugepages-2048kB: pages of that size are still being made for "
                              "another VM");
}
END_TEST

/* A workstation whose display manager has the card open. */
static void
use_desk(void)
{
    HdConfig config = hd_config_default();
    const HdFakeUnit unit = {
        .name = "lightdm.service", .pid = 812, .comm = "Xorg", .open = "/dev/dri/card0"};
    g_strlcpy(config.stop_units, "lightdm.service", sizeof config.stop_units);
    open_state(hd_fake_desk_new(), &config);
    hd_fake_add_unit(fake, &unit);
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ops.run_jobs = run_late_jobs;
}

START_TEST(unit_that_is_not_stopped_in_time)
{
    use_desk();
    g_autofree char *before = hd_fake_dump(fake);
    is_late = true;
    g_autofree char *problem = prepare(VM_A, NIC);
    ck_assert_str_eq(problem, "lightdm.service: systemd has not stopped it within 120 s (timeouts: "
                              "unit)");
    assert_dump(before);
}
END_TEST

/* After the card come its settings, the console, and then the unit. */
static bool
card_and_console_are_back(void)
{
    static guint calls;
    g_autofree char *binding = hd_fake_binding(fake, NIC);
    g_autofree char *sound = hd_fake_binding(fake, "0000:01:00.1");
    return g_str_equal(binding, "amdgpu -") && g_str_equal(sound, "snd_hda_intel -") &&
           calls++ == 2;
}

START_TEST(unit_that_is_not_started_in_time)
{
    use_desk();
    g_autofree char *before = hd_fake_dump(fake);
    assert_prepared(VM_A, NIC);
    ck_assert(!hd_fake_unit_is_active(fake, "lightdm.service"));
    late_when = card_and_console_are_back;
    g_autofree char *problem = release(VM_A);
    g_autofree char *left = steps();
    ck_assert_str_eq(problem, "lightdm.service: systemd has not started it within 120 s "
                              "(timeouts: unit)");
    ck_assert_contains(left, "lightdm.service stuck: lightdm.service: systemd has not started it");
    late_when = NULL;
    ck_assert_ptr_null(release(VM_A));
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
    assert_dump(before);
}
END_TEST

/* One call for a VM at a time; the second learns who is in its way. */
START_TEST(vm_whose_journal_is_in_use)
{
    HdLock *lock = NULL;
    ck_assert_int_eq(hd_port_lock(port, JOURNAL, true, 0, &lock), 0);
    g_autofree char *end = release(VM_A);
    g_autofree char *start = prepare(VM_A, NIC);
    ck_assert_str_eq(end, "another hostdevctl is working for this VM (journal /" JOURNAL "); try "
                          "again when it has ended");
    ck_assert_str_eq(start, end);
    hd_port_unlock(port, lock);
    assert_prepared(VM_A, NIC);
}
END_TEST

/* What another VM has can't be told then, with the index and without. */
START_TEST(journal_that_can_t_be_read)
{
    assert_prepared(VM_A, NIC);
    run_qemu(77, VM_A);
    if (_i == 1)
        hd_fake_unset(fake, "run/hostdevctl/claim");
    ops.read = read_or_fail;
    fail_from_now(JOURNAL, EIO);
    g_autofree char *problem = prepare(VM_B, NIC);
    ck_assert_str_eq(problem, "read the journal /" JOURNAL ": Input/output error");
    ck_assert(!hd_port_exists(port, "run/hostdevctl/vm/" VM_B));
}
END_TEST

/* A start that has not got as far as a plan, and one that has just ended, hold nothing. */
START_TEST(journals_that_say_nothing)
{
    g_autoptr(GPtrArray) records = NULL;
    hd_fake_set_file(fake, JOURNAL, "");
    if (_i == 1) {
        ops.read = read_or_fail;
        fail_from_now(JOURNAL, ENOENT);
    }
    ck_assert(hd_state_records(state, &records, NULL));
    ck_assert_uint_eq(records->len, 0);
    assert_prepared(VM_B, NIC);
}
END_TEST

/* An index that lacks a claim must not pass for whole: all journals are read, as without one. */
START_TEST(index_that_can_t_be_completed)
{
    assert_prepared(VM_A, NIC);
    run_qemu(77, VM_A);
    hd_fake_unset(fake, "run/hostdevctl/claim");
    ops.append = append_or_fail;
    fail_from_now("run/hostdevctl/claim/", ENOSPC);
    g_autofree char *problem = prepare(VM_B, NIC);
    ck_assert_contains(problem, NIC " is held by VM 'one'");
    ck_assert(!hd_port_exists(port, "run/hostdevctl/claim/whole"));
    failing_path = "";
    g_autofree char *again = prepare(VM_B, NIC);
    ck_assert_str_eq(again, problem);
    ck_assert(hd_port_exists(port, "run/hostdevctl/claim/whole"));
}
END_TEST

START_TEST(hints_that_can_t_be_listed_keep_no_others)
{
    g_autoptr(GPtrArray) reports = NULL;
    hd_fake_set_file(fake, "run/hostdevctl/claim/0000:01:00.0/" VM_A, "");
    hd_fake_set_file(fake, "run/hostdevctl/claim/0000:03:00.0/" VM_A, "");
    ops.list = list_or_fail;
    fail_from_now("run/hostdevctl/claim/0000:01:00.0", EIO);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    ck_assert(hd_port_exists(port, "run/hostdevctl/claim/0000:01:00.0/" VM_A));
    ck_assert(!hd_port_exists(port, "run/hostdevctl/claim/0000:03:00.0"));
}
END_TEST

/* Where there is none to be seen, nothing is taken for left over; a folder that is empty is. */
START_TEST(index_that_can_t_be_listed)
{
    g_autoptr(GPtrArray) reports = NULL;
    hd_fake_set_file(fake, "run/hostdevctl/claim/0000:03:00.0/" VM_A, "");
    hd_fake_set_file(fake, "run/hostdevctl/claim/0000:05:00.0/" VM_A, "");
    hd_fake_unset(fake, "run/hostdevctl/claim/0000:05:00.0/" VM_A);
    ops.list = list_or_fail;
    fail_from_now(_i == 0 ? "run/hostdevctl/claim" : "", EIO);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    ck_assert(hd_port_exists(port, "run/hostdevctl/claim/0000:05:00.0") == (_i == 0));
    ck_assert(hd_port_exists(port, "run/hostdevctl/claim/0000:03:00.0/" VM_A) == (_i == 0));
}
END_TEST

static char *
iommu_node(void)
{
    g_autofree char *dump = hd_fake_dump(fake);
    const char *line = strstr(dump, "/dev/iommu ");
    ck_assert_ptr_nonnull(line);
    return g_strndup(line, strcspn(line, "\n"));
}

static void
assert_iommu(const char *wanted)
{
    g_autofree char *now = iommu_node();
    ck_assert_str_eq(now, wanted);
}

/* The node that all VMs share goes back with the last of them, to what it was before the first. */
START_TEST(node_of_all_vms)
{
    hd_fake_add_iommufd(fake);
    assert_prepared(VM_A, NIC);
    run_qemu(77, VM_A);
    assert_iommu("/dev/iommu 64055:64055 0660");
    if (_i == 1)
        hd_fake_unset(fake, "run/hostdevctl/claim/whole");
    assert_prepared(VM_B, "0000:03:00.0");
    run_qemu(78, VM_B);
    ck_assert_ptr_null(release(VM_A));
    assert_iommu("/dev/iommu 64055:64055 0660");
    ck_assert_ptr_null(release(VM_B));
    assert_iommu("/dev/iommu 0:0 0600");
}
END_TEST

HD_TEST_MAIN("apply", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, node_that_can_t_be_owned_ends_the_start);
    tcase_add_test(tcase, nodes_that_can_t_be_given_back);
    tcase_add_loop_test(tcase, card_changes_after_the_plan, 0, 2);
    tcase_add_test(tcase, prepare_that_takes_long);
    tcase_add_test(tcase, start_that_can_t_be_committed);
    tcase_add_loop_test(tcase, two_that_end_at_once, 0, 2);
    tcase_add_test(tcase, many_vfs_take_their_time);
    tcase_add_loop_test(tcase, what_can_t_be_told_is_not_given_back, 0, 3);
    tcase_add_loop_test(tcase, process_that_is_hidden_is_no_qemu, 0, 2);
    tcase_add_test(tcase, reattach_that_can_t_be_written_down);
    tcase_add_test(tcase, pages_that_are_not_found_in_time);
    tcase_add_test(tcase, pages_that_are_being_made_for_another);
    tcase_add_test(tcase, unit_that_is_not_stopped_in_time);
    tcase_add_test(tcase, unit_that_is_not_started_in_time);
    tcase_add_test(tcase, vm_whose_journal_is_in_use);
    tcase_add_loop_test(tcase, journal_that_can_t_be_read, 0, 2);
    tcase_add_loop_test(tcase, journals_that_say_nothing, 0, 2);
    tcase_add_test(tcase, index_that_can_t_be_completed);
    tcase_add_test(tcase, hints_that_can_t_be_listed_keep_no_others);
    tcase_add_loop_test(tcase, index_that_can_t_be_listed, 0, 2);
    tcase_add_loop_test(tcase, node_of_all_vms, 0, 2);
})
