/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The verbs on the fake kernel: who gets what, who is refused, what is left after
 * stuck devices, dead VMs, reboots and damaged journals.
 */
#include <errno.h>
#include <string.h>

#include "hd-error.h"
#include "hd-fake-host.h"
#include "hd-journal.h"
#include "hd-liveness.h"
#include "hd-probe.h"
#include "hd-state.h"
#include "hd-test.h"

#define DETACH_KEY "detach-0000:01:00.0"

static HdFake *fake;
static HdState *state;

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    state = hd_state_new(hd_fake_port(fake), &config);
}

static void
teardown(void)
{
    hd_state_free(state);
    hd_fake_free(fake);
}

static void
assert_binding(const char *address, const char *wanted)
{
    g_autofree char *binding = hd_fake_binding(fake, address);
    ck_assert_msg(g_str_equal(binding, wanted), "%s is '%s', not '%s'", address, binding, wanted);
}

/* Prepares @name with one device; returns the error's text, NULL on success. */
static char *
prepare(const char *name, const char *uuid, const char *address)
{
    g_autoptr(HdRequest) request = hd_fake_request(name, uuid, address, NULL);
    g_autoptr(GError) error = NULL;
    return hd_state_prepare(state, request, 0, &error) ? NULL : g_strdup(error->message);
}

static void
assert_prepared(const char *name, const char *uuid, const char *address)
{
    g_autofree char *problem = prepare(name, uuid, address);
    ck_assert_msg(problem == NULL, "%s", problem);
}

static void
assert_no_journals(void)
{
    g_autoptr(GPtrArray) records = NULL;
    g_autoptr(GPtrArray) names = NULL;
    ck_assert(hd_state_records(state, &records, NULL));
    ck_assert_uint_eq(records->len, 0);
    if (hd_port_list(hd_fake_port(fake), &names, "run/hostdevctl/vm") == 0)
        ck_assert_uint_eq(names->len, 0);
}

START_TEST(there_and_back)
{
    g_autofree char *problem = prepare("vm", VM_A, "0000:01:00.0");
    ck_assert_ptr_null(problem);
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
    /* libvirt calls release twice after a failed start, or without any prepare. */
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_state_release(state, VM_B, NULL));
}
END_TEST

/* Unplugged from its VM and plugged into another while both run: no hook is told of that. */
START_TEST(what_another_vm_has_got_stays_with_it)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    assert_prepared("vm", VM_A, "0000:01:00.0");
    hd_fake_add_process(fake, 100, "qemu", "qemu -name guest=other -uuid " VM_B " -x",
                        "/dev/vfio/1");
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert_str_eq(error->message,
                     "0000:01:00.0 is in use by VM 'other' (pid 100); shut that VM down, then run "
                     "'hostdevctl reconcile'");
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    hd_fake_kill_process(fake, 100);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
}
END_TEST

/* A VM that looks at a lent device meanwhile decides under the host's lock, and so does who takes
   it back. */
START_TEST(a_lent_device_is_taken_back_under_the_lock)
{
    const HdPciAddress address = hd_fake_address("0000:01:00.0");
    g_autoptr(GError) error = NULL;
    HdLock *lock = NULL;
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    ck_assert_int_eq(hd_port_lock(hd_fake_port(fake), "run/hostdevctl/lock", true, 0, &lock), 0);
    ck_assert(!hd_state_detach(state, &address, NULL, &error));
    ck_assert_contains(error->message, "another hostdevctl has been deciding for");
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    hd_port_unlock(hd_fake_port(fake), lock);
}
END_TEST

/* Of another version, or damaged: that is no other boot's. */
START_TEST(a_journal_that_is_not_understood)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    g_autofree char *text = NULL;
    HdPort *port = hd_fake_port(fake);
    assert_prepared("vm", VM_A, "0000:01:00.0");
    ck_assert_int_eq(hd_port_read(port, &text, "run/hostdevctl/vm/" VM_A), 0);
    char *end = strchr(text, '\n');
    g_autofree char *damaged = g_strconcat("00000000 begin version=2", end, "\n", NULL);
    hd_fake_set_file(fake, "run/hostdevctl/vm/" VM_A, damaged);
    ck_assert(!hd_state_reconcile(state, &reports, NULL));
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert_contains(error->message, "of an earlier start is damaged; look at it with cat");
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    g_autofree char *problem = prepare("other", VM_B, "0000:01:00.0");
    ck_assert_contains(problem, "0000:01:00.0 is held by");
}
END_TEST

START_TEST(nothing_wished_nothing_touched)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
}
END_TEST

START_TEST(nothing_wished_any_more)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    assert_prepared("vm", VM_A, "0000:01:00.0");
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
}
END_TEST

START_TEST(refusal_changes_nothing)
{
    g_autofree char *before = hd_fake_dump(fake);
    g_autofree char *problem = prepare("vm", VM_A, "0000:99:00.0");
    g_autofree char *after = hd_fake_dump(fake);
    ck_assert_contains(problem, "0000:99:00.0 is not on this host");
    ck_assert_str_eq(before, after);
    assert_no_journals();
}
END_TEST

START_TEST(second_vm_is_refused_and_first_undisturbed)
{
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    g_autofree char *first = prepare("one", VM_A, "0000:01:00.0");
    g_autofree char *second = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_ptr_null(first);
    ck_assert_contains(second, "0000:01:00.0 is held by VM 'one'");
    /* libvirt releases the VM that failed; the device is not its own. */
    ck_assert(hd_state_release(state, VM_B, NULL));
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
}
END_TEST

START_TEST(dead_vm_makes_room)
{
    g_autofree char *first = prepare("one", VM_A, "0000:01:00.0");
    g_autofree char *second = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_ptr_null(first);
    ck_assert_ptr_null(second);
    ck_assert(hd_state_release(state, VM_B, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
}
END_TEST

START_TEST(starting_vm_is_not_reconciled)
{
    g_autoptr(HdRequest) request = hd_fake_request("one", VM_A, "0000:01:00.0", NULL);
    g_autoptr(GPtrArray) reports = NULL;
    g_autoptr(GPtrArray) later = NULL;
    hd_fake_add_process(fake, 50, "libvirtd", "libvirtd", NULL);
    ck_assert(hd_state_prepare(state, request, 50, NULL));
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    /* The daemon has died before it could start QEMU: no release will ever come. */
    hd_fake_kill_process(fake, 50);
    ck_assert(hd_state_reconcile(state, &later, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
}
END_TEST

static void
set_uptime(guint seconds)
{
    g_autofree char *text = g_strdup_printf("%u.00 0.00\n", seconds);
    hd_fake_set_file(fake, "proc/uptime", text);
}

static void
assert_starting(bool is_starting)
{
    g_autoptr(GPtrArray) reports = NULL;
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_binding("0000:01:00.0", is_starting ? "vfio-pci vfio-pci" : "e1000e -");
}

/* libvirt has its time from the last hook on; a script of the owner's may take as long as it does.
 */
START_TEST(start_that_takes_long)
{
    g_autoptr(HdRequest) request = hd_fake_request("one", VM_A, "0000:01:00.0", NULL);
    hd_fake_add_process(fake, 50, "libvirtd", "libvirtd", NULL);
    hd_fake_add_process(fake, 60, "qemu", "hook", NULL);
    ck_assert(hd_state_prepare(state, request, 50, NULL));
    set_uptime(1100);
    ck_assert(hd_state_confirm(state, VM_A, NULL));
    set_uptime(1200);
    assert_starting(true);
    ck_assert(hd_state_keep(state, VM_A, 60, NULL));
    set_uptime(9000);
    assert_starting(true);
    ck_assert(hd_state_confirm(state, VM_A, NULL));
    set_uptime(9120);
    assert_starting(true);
    set_uptime(9121);
    assert_starting(false);
    /* Who has nothing is not kept. */
    ck_assert(hd_state_keep(state, VM_A, 60, NULL));
    assert_no_journals();
}
END_TEST

START_TEST(script_that_is_killed)
{
    g_autoptr(HdRequest) request = hd_fake_request("one", VM_A, "0000:01:00.0", NULL);
    hd_fake_add_process(fake, 50, "libvirtd", "libvirtd", NULL);
    hd_fake_add_process(fake, 60, "qemu", "hook", NULL);
    ck_assert(hd_state_prepare(state, request, 50, NULL));
    ck_assert(hd_state_keep(state, VM_A, 60, NULL));
    set_uptime(9000);
    assert_starting(true);
    hd_fake_kill_process(fake, 60);
    assert_starting(false);
}
END_TEST

START_TEST(running_vm_is_not_reconciled)
{
    g_autoptr(GPtrArray) reports = NULL;
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    assert_prepared("one", VM_A, "0000:01:00.0");
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    ck_assert_uint_eq(reports->len, 1);
    ck_assert_int_eq(((HdReconciled *)g_ptr_array_index(reports, 0))->liveness, HD_VM_RUNNING);
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
}
END_TEST

START_TEST(reboot_forgets)
{
    g_autoptr(GPtrArray) reports = NULL;
    assert_prepared("one", VM_A, "0000:01:00.0");
    hd_fake_set_file(fake, "proc/sys/kernel/random/boot_id", "boot-2");
    guint before = hd_fake_mutations(fake);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    /* A record of another boot is dropped; what it says of sysfs is history. */
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    ck_assert_uint_gt(hd_fake_mutations(fake), before);
    assert_no_journals();
}
END_TEST

START_TEST(probe_failure_is_rolled_back)
{
    hd_fake_fail_probe(fake, "0000:03:00.0", EINVAL);
    g_autofree char *problem = prepare("one", VM_A, "0000:03:00.0");
    ck_assert_str_eq(problem, "0000:03:00.0: bind it to driver vfio-pci: Invalid argument");
    assert_binding("0000:03:00.0", "nvme -");
    assert_no_journals();
}
END_TEST

START_TEST(vfio_missing)
{
    hd_fake_free(fake);
    fake = hd_fake_new();
    hd_fake_add_driver(fake, "e1000e", true);
    const HdFakeDevice nic = {.address = "0000:01:00.0",
                              .vendor = 0x8086,
                              .device = 0x10d3,
                              .class_code = 0x020000,
                              .group = 1,
                              .native = "e1000e",
                              .driver = "e1000e"};
    hd_fake_add_device(fake, &nic);
    HdConfig config = hd_config_default();
    hd_state_free(state);
    state = hd_state_new(hd_fake_port(fake), &config);
    hd_fake_fail_at(fake, 4, ENOENT); /* the load of the module */
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_contains(problem, "vfio-pci");
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
}
END_TEST

START_TEST(stuck_device)
{
    hd_fake_block(fake, "0000:01:00.0");
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_contains(problem, "0000:01:00.0: the kernel has not let go of it within 30 s");
    ck_assert_contains(problem, "pid 4242");
    /* libvirt releases; the device stays ours, and no other VM may have it. */
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert(hd_error_is(error, HD_ERROR_STUCK));
    /* What is known to be stuck is not waited for again. */
    ck_assert_uint_le(hd_fake_waited_ms(fake), 100);
    g_autofree char *other = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_contains(other, "still on its way back from 'one'");
    g_autofree char *again = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_contains(again, "an earlier start has left something behind");
    /* The user lets go; even if the worker has been killed meanwhile, nothing is lost. */
    hd_fake_let_go(fake, "0000:01:00.0");
    g_autoptr(GPtrArray) reports = NULL;
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
}
END_TEST

/* The kernel holds back what is asked of a stuck device, and the fake ends who asks: not the hook
   of another VM that wants the same, not that of one that wants another of its group, nor a person.
 */
START_TEST(nobody_waits_for_a_stuck_device)
{
    g_autoptr(HdHost) all = NULL;
    hd_fake_block(fake, "0000:01:00.0");
    g_autofree char *stuck = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_ptr_nonnull(stuck);
    /* Even if no journal tells any more. */
    ck_assert_int_eq(hd_port_remove(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A), 0);
    g_autofree char *other = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_str_eq(other, "0000:01:00.0 is just being moved by hostdevctl; see 'hostdevctl "
                            "status' (rule: held)");
    ck_assert(hd_probe_all(hd_fake_port(fake), &all, NULL));
    hd_fake_let_go(fake, "0000:01:00.0");
}
END_TEST

START_TEST(stuck_module)
{
    hd_fake_block_module(fake, "vfio-pci");
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_contains(problem, "its module has not come within 30 s");
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
    hd_fake_block_module(fake, NULL);
    assert_prepared("one", VM_A, "0000:01:00.0");
}
END_TEST

START_TEST(stuck_device_does_not_keep_others)
{
    g_autoptr(HdRequest) request =
        hd_fake_request("one", VM_A, "0000:01:00.0", "0000:03:00.0", NULL);
    hd_fake_block(fake, "0000:03:00.0");
    ck_assert(!hd_state_prepare(state, request, 0, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    g_autofree char *other = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_ptr_null(other);
}
END_TEST

START_TEST(gone_device_is_let_go)
{
    assert_prepared("one", VM_A, "0000:01:00.0");
    hd_fake_remove_device(fake, "0000:01:00.0");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_no_journals();
}
END_TEST

START_TEST(replaced_device_is_not_touched)
{
    assert_prepared("one", VM_A, "0000:01:00.0");
    hd_fake_remove_device(fake, "0000:01:00.0");
    const HdFakeDevice other = {.address = "0000:01:00.0",
                                .vendor = 0x10de,
                                .device = 0x2237,
                                .class_code = 0x030000,
                                .group = 1,
                                .driver = "igb",
                                .native = "igb"};
    hd_fake_add_device(fake, &other);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding("0000:01:00.0", "igb -");
    assert_no_journals();
}
END_TEST

START_TEST(libvirt_was_faster)
{
    /* libvirt rebound the device itself at stop: only what differs is restored. */
    assert_prepared("one", VM_A, "0000:20:00.0");
    HdPort *port = hd_fake_port(fake);
    ck_assert_int_eq(hd_port_write(port, "\n", "sys/bus/pci/devices/0000:20:00.0/driver_override"),
                     0);
    ck_assert_int_eq(hd_port_write(port, "0000:20:00.0", "sys/bus/pci/drivers/vfio-pci/unbind"), 0);
    ck_assert_int_eq(hd_port_write(port, "0000:20:00.0", "sys/bus/pci/drivers_probe"), 0);
    assert_binding("0000:20:00.0", "e1000e -");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding("0000:20:00.0", "e1000e e1000e");
}
END_TEST

START_TEST(driver_unloaded_meanwhile)
{
    assert_prepared("one", VM_A, "0000:03:00.0");
    hd_fake_unload_driver(fake, "nvme");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding("0000:03:00.0", "nvme -");
}
END_TEST

START_TEST(nodes_follow_qemu_conf)
{
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf",
                     "user = \"libvirt-qemu\"\n"
                     "group = \"libvirt-qemu\"\n"
                     "dynamic_ownership = 0\n");
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert_ptr_null(problem);
    ck_assert_contains(dump, "/dev/vfio/1 64055:64055 0660");
    ck_assert(hd_state_release(state, VM_A, NULL));
    g_autofree char *after = hd_fake_dump(fake);
    ck_assert_ptr_null(strstr(after, "/dev/vfio"));
}
END_TEST

/* A reattach that was killed: a VM that starts then finishes it first, and gets the device. */
START_TEST(killed_reattach)
{
    const HdPciAddress address = hd_fake_address("0000:01:00.0");
    for (guint step = 1; step <= 4; step++) {
        ck_assert(hd_state_detach(state, &address, NULL, NULL));
        hd_fake_revive(fake);
        hd_fake_die_at(fake, step, true);
        (void)hd_state_reattach(state, &address, NULL);
        hd_fake_revive(fake);
        g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
        ck_assert_ptr_null(problem);
        assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
        ck_assert(hd_state_release(state, VM_A, NULL));
        /* Killed before it said what it was about, it has not begun: the detach still holds. */
        (void)hd_state_reattach(state, &address, NULL);
        assert_binding("0000:01:00.0", "e1000e -");
    }
}
END_TEST

static HdRecord *
new_detach_record(const HdPciAddress *address)
{
    g_autoptr(HdPlan) plan = hd_plan_new();
    HdGoal *goal = hd_goal_new(HD_GOAL_PCI, address);
    HdRecord *record = hd_record_new(DETACH_KEY, DETACH_KEY, false);
    ck_assert_int_eq(hd_probe_id(hd_fake_port(fake), address, &goal->id), 0);
    goal->before.driver = g_strdup("e1000e");
    goal->after.driver = g_strdup("vfio-pci");
    goal->after.override = g_strdup("vfio-pci");
    hd_plan_add_goal(plan, goal);
    record->boot_id = hd_boot_id(hd_fake_port(fake));
    hd_record_take_plan(record, plan);
    return record;
}

/* What a VM found in between would be taken for how the device was. */
START_TEST(detach_under_way_is_not_lent)
{
    const HdPciAddress address = {.bus = 1};
    HdJournal *journal = NULL;
    ck_assert(hd_journal_open(hd_fake_port(fake), DETACH_KEY, true, 0, &journal, NULL));
    ck_assert(hd_journal_begin(journal, new_detach_record(&address), NULL));
    ck_assert_int_eq(
        hd_port_write(hd_fake_port(fake), "0000:01:00.0", "sys/bus/pci/drivers/e1000e/unbind"), 0);
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_str_eq(problem, "0000:01:00.0 is just being changed by hostdevctl ('" DETACH_KEY
                              "'); try again when that has ended (rule: held)");
    /* It is killed: nothing of it is left when the VM starts. */
    hd_journal_close(journal);
    assert_prepared("one", VM_A, "0000:01:00.0");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    assert_no_journals();
}
END_TEST

START_TEST(detach_lends_to_a_vm)
{
    HdPciAddress address;
    g_autoptr(GError) held = NULL;
    g_autoptr(GError) again = NULL;
    g_autoptr(GError) twice = NULL;
    ck_assert(hd_pci_address_parse("0000:01:00.0", &address));
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_ptr_null(problem);
    ck_assert(!hd_state_reattach(state, &address, &held));
    ck_assert_contains(held->message, "0000:01:00.0 is held by VM 'one'");
    /* A second detach begins with giving back: not from under the VM either. */
    ck_assert(!hd_state_detach(state, &address, NULL, &twice));
    ck_assert_contains(twice->message, "0000:01:00.0 is held by VM 'one'");
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    assert_binding("0000:01:00.0", "vfio-pci vfio-pci");
    ck_assert(hd_state_reattach(state, &address, NULL));
    assert_binding("0000:01:00.0", "e1000e -");
    ck_assert(!hd_state_reattach(state, &address, &again));
    ck_assert_contains(again->message, "was not detached by hostdevctl");
}
END_TEST

static GString *logged;

static void
keep_log(const HdEvent *event, gpointer data)
{
    (void)data;
    g_string_append_printf(logged, "%s %s %s", hd_event_kind_name(event->kind),
                           event->owner != NULL ? event->owner : "-",
                           event->key != NULL ? event->key : "-");
    for (guint i = 0; event->devices != NULL && i < event->devices->len; i++)
        g_string_append_printf(logged, " %s", (char *)g_ptr_array_index(event->devices, i));
    g_string_append_printf(logged, ": %s\n", event->message);
}

static char *
read_acl(void)
{
    char *text = NULL;
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &text, "etc/libvirt/qemu.conf"), 0);
    return text;
}

/* Prepares a VM on a host with a list, as @mode says; returns the file afterwards. */
static char *
prepare_with_acl(HdAclMode mode, const char *conf)
{
    HdConfig config = hd_config_default();
    config.acl = mode;
    hd_state_free(state);
    state = hd_state_new(hd_fake_port(fake), &config);
    g_string_truncate(logged, 0);
    hd_state_set_log(state, keep_log, NULL);
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", conf);
    assert_prepared("one", VM_A, "0000:01:00.0");
    ck_assert(hd_state_release(state, VM_A, NULL));
    return read_acl();
}

static const HdPortOps *true_ops;
static const char *unlisted; /* folders that begin so can't be listed */

static int
list_or_fail(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return g_str_has_prefix(path, unlisted) ? EIO : true_ops->list(port, path, ret_names);
}

static void
fail_to_list(const char *folder)
{
    static HdPortOps ops;
    HdPort *port = hd_fake_port(fake);
    true_ops = port->ops;
    unlisted = folder;
    ops = *true_ops;
    ops.list = list_or_fail;
    port->ops = &ops;
}

/* That nobody can be asked does not mean that nobody has it. */
START_TEST(unreadable_claims_are_no_absence)
{
    assert_prepared("one", VM_A, "0000:01:00.0");
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    fail_to_list("run/hostdevctl/claim/");
    g_autofree char *hints = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_contains(hints, "0000:01:00.0 is held by VM 'one'");
    unlisted = "run/hostdevctl/";
    g_autofree char *journals = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_contains(journals, "list the journals in /run/hostdevctl/vm");
    hd_fake_port(fake)->ops = true_ops;
}
END_TEST

/* The log can be asked for a device: its events have it in a field, a refusal those it wanted. */
START_TEST(events_of_a_device)
{
    logged = g_string_new(NULL);
    hd_state_set_log(state, keep_log, NULL);
    assert_prepared("one", VM_A, "0000:01:00.0");
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    g_autofree char *second = prepare("two", VM_B, "0000:01:00.0");
    ck_assert_ptr_nonnull(second);
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert_str_eq(logged->str,
                     "taken one " VM_A " 0000:01:00.0: prepared 1 device goals for 'one'\n"
                     "refused two " VM_B " 0000:01:00.0: refused 'two': 0000:01:00.0 is held by VM "
                     "'one'; shut that VM down first (rule: held)\n"
                     "returned one " VM_A " 0000:01:00.0: gave back what 'one' held\n");
    g_string_free(logged, TRUE);
}
END_TEST

START_TEST(acl_of_the_host)
{
    static const char listed[] = "cgroup_device_acl = [ \"/dev/null\" ]";
    logged = g_string_new(NULL);
    g_autofree char *fixed = prepare_with_acl(HD_ACL_MODE_FIX, listed);
    ck_assert_str_eq(fixed,
                     "cgroup_device_acl = [ \"/dev/null\", \"/dev/vfio/vfio\", \"/dev/vfio/1\" ]");
    ck_assert_contains(logged->str,
                       "cgroup_device_acl of /etc/libvirt/qemu.conf has been extended");
    g_autofree char *checked = prepare_with_acl(HD_ACL_MODE_CHECK, listed);
    ck_assert_str_eq(checked, listed);
    ck_assert_contains(logged->str, "lacks /dev/vfio/1; see 'hostdevctl acl fix'");
    g_autofree char *off = prepare_with_acl(HD_ACL_MODE_OFF, listed);
    ck_assert_str_eq(off, listed);
    ck_assert_ptr_null(strstr(logged->str, "cgroup_device_acl"));
    g_autofree char *none = prepare_with_acl(HD_ACL_MODE_FIX, "user = \"libvirt-qemu\"");
    ck_assert_str_eq(none, "user = \"libvirt-qemu\"");
    ck_assert_ptr_null(strstr(logged->str, "cgroup_device_acl"));
    (void)g_string_free(logged, TRUE);
}
END_TEST

START_TEST(damaged_journal_is_not_guessed_at)
{
    g_autofree char *text = NULL;
    g_autoptr(HdRequest) request =
        hd_fake_request("one", VM_A, "0000:01:00.0", "0000:03:00.0", NULL);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &text, "run/hostdevctl/vm/" VM_A), 0);
    char *goal = strstr(text, "goal 0");
    ck_assert_ptr_nonnull(goal);
    goal[0] = 'G';
    hd_fake_set_file(fake, "run/hostdevctl/vm/" VM_A, text);
    g_autofree char *problem = prepare("one", VM_A, "0000:01:00.0");
    ck_assert_contains(problem, "is damaged");
    g_autoptr(GPtrArray) records = NULL;
    ck_assert(hd_state_records(state, &records, NULL));
    ck_assert(((HdRecord *)g_ptr_array_index(records, 0))->is_damaged);
}
END_TEST

START_TEST(torn_journal_lines_are_harmless)
{
    g_autofree char *text = NULL;
    assert_prepared("one", VM_A, "0000:01:00.0");
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &text, "run/hostdevctl/vm/" VM_A), 0);
    for (gsize cut = strlen(text) - 1; strstr(text, "planned 1\n") != NULL; cut--) {
        text[cut] = '\0';
        g_autoptr(HdRecord) record = hd_record_parse(VM_A, text);
        ck_assert(!record->is_damaged);
        ck_assert_uint_eq(record->goals->len, 1);
        ck_assert_str_eq(record->name, "one");
    }
    /* An opening that isn't complete has changed nothing yet. */
    for (gsize cut = strlen(text) - 2; cut > 0; cut--) {
        text[cut] = '\0';
        g_autoptr(HdRecord) record = hd_record_parse(VM_A, text);
        ck_assert(!record->is_planned);
    }
}
END_TEST

START_TEST(config_relaxes)
{
    HdConfig config;
    g_autoptr(GError) error = NULL;
    hd_fake_set_file(fake, "etc/hostdevctl/hostdevctl.conf", "[timeouts]\ndevice = 3\n");
    hd_fake_set_file(fake, "etc/hostdevctl/conf.d/10-a.conf", "[policy]\nnetwork = allow\n");
    hd_fake_set_file(fake, "etc/hostdevctl/conf.d/20-b.conf", "[timeouts]\ndevice = 4\n");
    hd_fake_set_file(fake, "etc/hostdevctl/conf.d/README", "not ours\n");
    ck_assert(hd_state_load_config(hd_fake_port(fake), &config, NULL));
    ck_assert_uint_eq(config.device_deadline, 4);
    ck_assert(hd_policy_allows(&config.policy, HD_RULE_NETWORK));
    hd_fake_set_file(fake, "etc/hostdevctl/conf.d/30-c.conf", "[policy]\nnetwrk = allow\n");
    ck_assert(!hd_state_load_config(hd_fake_port(fake), &config, &error));
    ck_assert_contains(error->message, "/etc/hostdevctl/conf.d/30-c.conf: [policy] netwrk");
}
END_TEST

HD_TEST_MAIN(
    "state", tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, there_and_back);
    tcase_add_test(tcase, what_another_vm_has_got_stays_with_it);
    tcase_add_test(tcase, a_lent_device_is_taken_back_under_the_lock);
    tcase_add_test(tcase, a_journal_that_is_not_understood);
    tcase_add_test(tcase, nothing_wished_any_more);
    tcase_add_test(tcase, nothing_wished_nothing_touched);
    tcase_add_test(tcase, refusal_changes_nothing);
    tcase_add_test(tcase, second_vm_is_refused_and_first_undisturbed);
    tcase_add_test(tcase, dead_vm_makes_room); tcase_add_test(tcase, starting_vm_is_not_reconciled);
    tcase_add_test(tcase, start_that_takes_long); tcase_add_test(tcase, script_that_is_killed);
    tcase_add_test(tcase, running_vm_is_not_reconciled); tcase_add_test(tcase, reboot_forgets);
    tcase_add_test(tcase, probe_failure_is_rolled_back); tcase_add_test(tcase, vfio_missing);
    tcase_add_test(tcase, stuck_device); tcase_add_test(tcase, stuck_module);
    tcase_add_test(tcase, nobody_waits_for_a_stuck_device);
    tcase_add_test(tcase, stuck_device_does_not_keep_others);
    tcase_add_test(tcase, gone_device_is_let_go);
    tcase_add_test(tcase, replaced_device_is_not_touched);
    tcase_add_test(tcase, libvirt_was_faster); tcase_add_test(tcase, driver_unloaded_meanwhile);
    tcase_add_test(tcase, nodes_follow_qemu_conf); tcase_add_test(tcase, detach_lends_to_a_vm);
    tcase_add_test(tcase, detach_under_way_is_not_lent); tcase_add_test(tcase, killed_reattach);
    tcase_add_test(tcase, damaged_journal_is_not_guessed_at);
    tcase_add_test(tcase, unreadable_claims_are_no_absence);
    tcase_add_test(tcase, events_of_a_device); tcase_add_test(tcase, acl_of_the_host);
    tcase_add_test(tcase, torn_journal_lines_are_harmless); tcase_add_test(tcase, config_relaxes))
