/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fake's self-test: what the conformance table can't ask of a real kernel (faults,
 * deaths, blocking) and the rules that need special hardware.
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-host.h"
#include "hd-test.h"

#define OVERRIDE(ADDRESS) "sys/bus/pci/devices/" ADDRESS "/driver_override"

static HdFake *fake;
static HdPort *port;

static void
setup(void)
{
    fake = hd_fake_host_new();
    port = hd_fake_port(fake);
}

static void
teardown(void)
{
    hd_fake_free(fake);
}

static void
assert_binding(const char *address, const char *wanted)
{
    g_autofree char *binding = hd_fake_binding(fake, address);
    ck_assert_str_eq(binding, wanted);
}

/* Brings a function to vfio-pci; returns the errno of the bind. */
static int
bind_vfio(const char *address, const char *driver)
{
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ck_assert_int_eq(
        hd_port_write(port, "vfio-pci", "sys/bus/pci/devices/%s/driver_override", address), 0);
    ck_assert_int_eq(hd_port_write(port, address, "sys/bus/pci/drivers/%s/unbind", driver), 0);
    return hd_port_write(port, address, "sys/bus/pci/drivers/vfio-pci/bind");
}

START_TEST(nodes_come_and_go)
{
    HdNodeState node = {0};
    ck_assert_int_eq(bind_vfio("0000:02:00.0", "e1000e"), 0);
    ck_assert_int_eq(bind_vfio("0000:02:00.1", "e1000e"), 0);
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/2", &node), 0);
    ck_assert(node.present && node.mode == 0600);
    ck_assert_int_eq(hd_port_write(port, "0000:02:00.0", "sys/bus/pci/drivers/vfio-pci/unbind"), 0);
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/2", &node), 0);
    ck_assert(node.present);
    ck_assert_int_eq(hd_port_write(port, "0000:02:00.1", "sys/bus/pci/drivers/vfio-pci/unbind"), 0);
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/2", &node), 0);
    ck_assert(!node.present);
}
END_TEST

START_TEST(vfio_refuses)
{
    ck_assert_int_eq(bind_vfio("0000:00:1c.0", "pcieport"), EINVAL);
    ck_assert_int_eq(hd_port_write(port, "1", "sys/bus/pci/devices/0000:17:00.0/sriov_numvfs"), 0);
    ck_assert_int_eq(bind_vfio("0000:17:00.0", "nvme"), EBUSY);
    ck_assert_int_eq(bind_vfio("0000:08:00.0", "e1000e"), EINVAL);
    hd_fake_fail_probe(fake, "0000:01:00.0", EIO);
    ck_assert_int_eq(bind_vfio("0000:01:00.0", "e1000e"), EIO);
    assert_binding("0000:01:00.0", "- vfio-pci");
}
END_TEST

START_TEST(new_driver_takes_unbound_devices)
{
    hd_fake_add_driver(fake, "e1000e", true);
    hd_fake_unload_driver(fake, "e1000e");
    ck_assert_int_eq(hd_port_load_module(port, "e1000e"), 0);
    assert_binding("0000:05:00.0", "e1000e -");
    /* An override keeps it off. */
    assert_binding("0000:04:00.0", "- foreign");
    ck_assert_int_eq(hd_port_load_module(port, "nosuch"), ENOENT);
}
END_TEST

START_TEST(fails_where_told)
{
    hd_fake_fail_at(fake, 2, EIO);
    ck_assert_int_eq(hd_port_write(port, "a", OVERRIDE("0000:01:00.0")), 0);
    ck_assert_int_eq(hd_port_write(port, "b", OVERRIDE("0000:01:00.0")), EIO);
    assert_binding("0000:01:00.0", "e1000e a");
    ck_assert_int_eq(hd_port_write(port, "c", OVERRIDE("0000:01:00.0")), 0);
    ck_assert_uint_eq(hd_fake_mutations(fake), 3);
}
END_TEST

START_TEST(dies_where_told)
{
    bool after = _i == 1;
    g_autofree char *text = NULL;
    hd_fake_die_at(fake, 1, after);
    (void)hd_port_write(port, "a", OVERRIDE("0000:01:00.0"));
    ck_assert(hd_fake_is_dead(fake));
    /* A dead process neither changes nor learns anything. */
    ck_assert_int_eq(hd_port_write(port, "b", OVERRIDE("0000:01:00.0")), EIO);
    ck_assert_int_eq(hd_port_read(port, &text, OVERRIDE("0000:01:00.0")), EIO);
    hd_fake_revive(fake);
    assert_binding("0000:01:00.0", after ? "e1000e a" : "e1000e -");
}
END_TEST

START_TEST(death_tears_an_append)
{
    g_autofree char *text = NULL;
    ck_assert_int_eq(hd_port_append(port, "run/hostdevctl/vm/a", "whole\n"), 0);
    hd_fake_die_at(fake, 2, false);
    ck_assert_int_eq(hd_port_append(port, "run/hostdevctl/vm/a", "12345678"), EIO);
    hd_fake_revive(fake);
    ck_assert_int_eq(hd_port_read(port, &text, "run/hostdevctl/vm/a"), 0);
    ck_assert_str_eq(text, "whole\n1234");
}
END_TEST

START_TEST(death_frees_locks)
{
    HdLock *lock = NULL, *other = NULL;
    ck_assert_int_eq(hd_port_lock(port, "run/hostdevctl/lock", true, 0, &lock), 0);
    ck_assert_int_eq(hd_port_lock(port, "run/hostdevctl/lock", true, 9, &other), EWOULDBLOCK);
    hd_fake_revive(fake);
    ck_assert_int_eq(hd_port_lock(port, "run/hostdevctl/lock", false, 0, &other), 0);
    hd_port_unlock(port, other);
}
END_TEST

static bool
unbind_work(HdPort *p, gpointer data, GError **ret_error)
{
    (void)data;
    (void)ret_error;
    (void)hd_port_write(p, "0000:01:00.0", "sys/bus/pci/drivers/e1000e/unbind");
    return !hd_port_is_abandoned(p);
}

START_TEST(blocked_unbind_is_late_and_in_between)
{
    HdJob job = {.work = unbind_work};
    hd_fake_block(fake, "0000:01:00.0");
    hd_port_run_jobs(port, &job, 1, 1);
    ck_assert_int_eq(job.result, HD_JOB_LATE);
    /* As the kernel shows it: no driver any more, and not free for another either. */
    assert_binding("0000:01:00.0", "- -");
    ck_assert_int_eq(hd_port_write(port, "0000:01:00.0", "sys/bus/pci/drivers/e1000e/bind"),
                     ENODEV);
    hd_fake_let_go(fake, "0000:01:00.0");
    ck_assert_int_eq(hd_port_write(port, "0000:01:00.0", "sys/bus/pci/drivers/e1000e/bind"), 0);
}
END_TEST

HD_TEST_MAIN("fake", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, nodes_come_and_go); tcase_add_test(tcase, vfio_refuses);
             tcase_add_test(tcase, new_driver_takes_unbound_devices);
             tcase_add_test(tcase, fails_where_told);
             tcase_add_loop_test(tcase, dies_where_told, 0, 2);
             tcase_add_test(tcase, death_tears_an_append); tcase_add_test(tcase, death_frees_locks);
             tcase_add_test(tcase, blocked_unbind_is_late_and_in_between))
