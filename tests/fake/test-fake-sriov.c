/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-test of the fake's PFs and VFs: what the conformance table can't ask of a real kernel
 * (VFs in use, drivers that make too few, hot-unplug).
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-host.h"
#include "hd-test.h"

#define DEVICES "sys/bus/pci/devices/"
#define PF      DEVICES "0000:07:00.0/"
#define VF0     "0000:07:10.0"
#define VF1     "0000:07:10.2"
#define NVME    DEVICES "0000:17:00.0/"
#define NUMVFS  "sriov_numvfs"
#define PROBE   "sriov_drivers_autoprobe"
#define LOCK    "run/hostdevctl/device/0000:07:00.0"

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
assert_text(const char *path, const char *wanted)
{
    g_autofree char *text = NULL;
    ck_assert_msg(hd_port_read(port, &text, "%s", path) == 0, "%s can't be read", path);
    ck_assert_str_eq(text, wanted);
}

static void
assert_link(const char *path, const char *wanted)
{
    g_autofree char *target = NULL;
    ck_assert_msg(hd_port_link(port, &target, "%s", path) == 0, "%s is no link", path);
    ck_assert_str_eq(target, wanted);
}

static void
assert_binding(const char *address, const char *wanted)
{
    g_autofree char *binding = hd_fake_binding(fake, address);
    ck_assert_str_eq(binding, wanted);
}

static int
put(const char *path, const char *text)
{
    return hd_port_write(port, text, "%s", path);
}

static void
to_vfio(const char *vf)
{
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ck_assert_int_eq(hd_port_write(port, "vfio-pci", DEVICES "%s/driver_override", vf), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/igbvf/unbind", vf), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/vfio-pci/bind", vf), 0);
}

START_TEST(standard_host_has_two_vfs)
{
    assert_text(PF NUMVFS, "2");
    assert_text(PF "sriov_totalvfs", "7");
    assert_text(PF "sriov_offset", "128");
    assert_text(PF "sriov_stride", "2");
    assert_text(PF "sriov_vf_device", "10ca");
    assert_link(PF "virtfn1", "../" VF1);
    assert_link(DEVICES VF1 "/physfn", "../0000:07:00.0");
    assert_text(DEVICES VF1 "/device", "0x10ca");
    assert_text(DEVICES VF1 "/class", "0x020000");
    assert_link(DEVICES VF1 "/iommu_group", "../../../kernel/iommu_groups/71");
    ck_assert(!hd_port_exists(port, DEVICES VF1 "/" NUMVFS));
    assert_binding(VF1, "igbvf -");
    assert_text("sys/class/net/eth7/address", "02:00:00:00:07:00");
    assert_link("sys/class/net/eth7v1", "../../devices/pci0000:00/" VF1 "/net/eth7v1");
    assert_text(NVME NUMVFS, "0");
}
END_TEST

START_TEST(numvfs_refuses)
{
    const char *const bad[] = {"abc", "-1", "70000", "\n", "1 "};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_int_eq(put(PF NUMVFS, bad[i]), EINVAL);
    ck_assert_int_eq(put(PF NUMVFS, "8"), ERANGE);
    ck_assert_int_eq(put(PF NUMVFS, "3"), EBUSY);
    ck_assert_int_eq(put(PF NUMVFS, "2\n"), 0);
    ck_assert_int_eq(put(PF "sriov_totalvfs", "1"), EACCES);
    ck_assert_int_eq(put(DEVICES VF0 "/" NUMVFS, "0"), ENOENT);
    assert_text(PF NUMVFS, "2");
}
END_TEST

START_TEST(vfs_go_and_come)
{
    to_vfio(VF1);
    ck_assert(hd_port_exists(port, "dev/vfio/71"));
    ck_assert_int_eq(put(PF NUMVFS, "0"), 0);
    const char *const gone[] = {PF "virtfn0",
                                PF "virtfn1",
                                DEVICES VF0,
                                "sys/class/net/eth7v0",
                                "dev/vfio/71",
                                "sys/kernel/iommu_groups/71",
                                ("sys/bus/pci/drivers/vfio-pci/" VF1)};
    for (gsize i = 0; i < G_N_ELEMENTS(gone); i++)
        ck_assert_msg(!hd_port_exists(port, "%s", gone[i]), "%s is there", gone[i]);
    ck_assert_int_eq(put(PF NUMVFS, "7"), 0);
    assert_binding(VF1, "igbvf -");
    assert_binding("0000:07:11.4", "igbvf -");
}
END_TEST

START_TEST(autoprobe_off_keeps_drivers_away)
{
    ck_assert_int_eq(put(PF PROBE, "rubbish"), EINVAL);
    ck_assert_int_eq(put(PF NUMVFS, "0"), 0);
    ck_assert_int_eq(put(PF PROBE, "off"), 0);
    assert_text(PF PROBE, "0");
    ck_assert_int_eq(put(PF NUMVFS, "2"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers_probe", VF0), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/igbvf/bind", VF0), ENODEV);
    assert_binding(VF0, "- -");
    ck_assert_int_eq(put(DEVICES VF0 "/driver_override", "igbvf"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers_probe", VF0), 0);
    assert_binding(VF0, "igbvf igbvf");
    ck_assert_int_eq(put(PF PROBE, "1\n"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers_probe", VF1), 0);
    assert_binding(VF1, "igbvf -");
}
END_TEST

START_TEST(native_driver_may_come_later)
{
    hd_fake_add_driver(fake, "latevf", false);
    hd_fake_remove_device(fake, "0000:07:00.0");
    const HdFakeDevice device = {"0000:27:00.0", 1, 2, 0x020000, 27, "igb", "igb", NULL};
    const HdFakePf pf = {.address = "0000:27:00.0",
                         .interface = "late",
                         .total = 1,
                         .count = 1,
                         .vf_native = "latevf",
                         .first_group = 270};
    hd_fake_add_device(fake, &device);
    hd_fake_make_pf(fake, &pf);
    assert_binding("0000:27:10.0", "- -");
    ck_assert(!hd_port_exists(port, "sys/class/net/latev0"));
    ck_assert_int_eq(hd_port_load_module(port, "latevf"), 0);
    assert_binding("0000:27:10.0", "latevf -");
    ck_assert(hd_port_exists(port, "sys/class/net/latev0"));
}
END_TEST

START_TEST(unbound_igb_takes_its_vfs_along)
{
    ck_assert_int_eq(put(PF "driver/unbind", "0000:07:00.0"), 0);
    assert_text(PF NUMVFS, "0");
    assert_binding(VF0, "gone");
    ck_assert(!hd_port_exists(port, "sys/class/net/eth7"));
    ck_assert_int_eq(put(PF NUMVFS, "2"), ENOENT);
    ck_assert_int_eq(put(PF NUMVFS, "0"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers_probe", "0000:07:00.0"), 0);
    assert_text("sys/class/net/eth7/address", "02:00:00:00:07:00");
}
END_TEST

START_TEST(unbound_nvme_leaves_its_vfs)
{
    ck_assert_int_eq(put(NVME NUMVFS, "4"), 0);
    assert_binding("0000:17:10.6", "- -");
    ck_assert(hd_port_exists(port, "sys/kernel/iommu_groups/173/devices/0000:17:10.6"));
    ck_assert_int_eq(put(NVME "driver/unbind", "0000:17:00.0"), 0);
    ck_assert_int_eq(put(NVME NUMVFS, "0"), ENOENT);
    ck_assert_int_eq(put(NVME NUMVFS, "4"), 0);
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ck_assert_int_eq(put(NVME "driver_override", "vfio-pci"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/vfio-pci/bind", "0000:17:00.0"), EBUSY);
    ck_assert_int_eq(put(NVME "driver_override", "nvme"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/nvme/bind", "0000:17:00.0"), 0);
    ck_assert_int_eq(put(NVME NUMVFS, "0"), 0);
}
END_TEST

START_TEST(pf_on_vfio_makes_no_vfs)
{
    ck_assert_int_eq(hd_port_load_module(port, "vfio-pci"), 0);
    ck_assert_int_eq(put(NVME "driver_override", "vfio-pci"), 0);
    ck_assert_int_eq(put(NVME "driver/unbind", "0000:17:00.0"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/vfio-pci/bind", "0000:17:00.0"), 0);
    ck_assert_int_eq(put(NVME NUMVFS, "1"), ENOENT);
    ck_assert_int_eq(put(NVME NUMVFS, "0"), 0);
}
END_TEST

START_TEST(driver_may_make_too_few)
{
    hd_fake_limit_vfs(fake, "0000:17:00.0", 3);
    ck_assert_int_eq(put(NVME NUMVFS, "4"), 0);
    assert_text(NVME NUMVFS, "3");
    ck_assert(hd_port_exists(port, NVME "virtfn2"));
    ck_assert(!hd_port_exists(port, NVME "virtfn3"));
}
END_TEST

/* Takes the VFs away by the file @data, under the PF's lock. */
static bool
disable_work(HdPort *p, gpointer data, GError **ret_error)
{
    HdLock *lock = NULL;
    const char *path = data;
    (void)ret_error;
    ck_assert_int_eq(hd_port_lock(p, LOCK, true, 0, &lock), 0);
    (void)hd_port_write(p, g_str_has_suffix(path, NUMVFS) ? "0" : "0000:07:00.0", "%s", path);
    bool is_abandoned = hd_port_is_abandoned(p);
    if (!is_abandoned)
        hd_port_unlock(p, lock);
    return !is_abandoned;
}

/* By numvfs, and by an unbind of the PF's driver. */
START_TEST(vf_in_use_blocks)
{
    HdLock *lock = NULL;
    const char *const path[] = {PF NUMVFS, PF "driver/unbind"};
    HdJob job = {.work = disable_work, .data = (gpointer)path[_i]};
    to_vfio(VF1);
    hd_fake_block(fake, VF1);
    hd_port_run_jobs(port, &job, 1, 1);
    ck_assert_int_eq(job.result, HD_JOB_LATE);
    assert_binding(VF0, "gone");
    assert_binding(VF1, "- vfio-pci");
    assert_binding("0000:07:00.0", _i == 0 ? "igb -" : "- -");
    ck_assert(!hd_port_exists(port, PF "virtfn1"));
    ck_assert(hd_port_exists(port, DEVICES VF1 "/physfn"));
    ck_assert_int_eq(hd_port_lock(port, LOCK, false, 0, &lock), EWOULDBLOCK);
    hd_fake_let_go(fake, VF1);
    assert_binding(VF1, "gone");
    assert_text(PF NUMVFS, "0");
    ck_assert_int_eq(hd_port_lock(port, LOCK, false, 0, &lock), 0);
    hd_port_unlock(port, lock);
    ck_assert_int_eq(put("sys/bus/pci/drivers_probe", "0000:07:00.0"), 0);
    ck_assert_int_eq(put(PF NUMVFS, "1"), 0);
}
END_TEST

START_TEST(blocked_pf_waits)
{
    to_vfio(VF0);
    hd_fake_block(fake, VF0);
    ck_assert_int_eq(put(PF NUMVFS, "0"), 0);
    HdJob job = {.work = disable_work, .data = (gpointer)PF NUMVFS};
    hd_port_run_jobs(port, &job, 1, 1);
    ck_assert_int_eq(job.result, HD_JOB_LATE);
    assert_text(PF NUMVFS, "2");
    hd_fake_let_go(fake, VF0);
    assert_text(PF NUMVFS, "0");
    assert_binding(VF1, "gone");
}
END_TEST

HD_TEST_MAIN("fake SR-IOV", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, standard_host_has_two_vfs);
             tcase_add_test(tcase, numvfs_refuses); tcase_add_test(tcase, vfs_go_and_come);
             tcase_add_test(tcase, autoprobe_off_keeps_drivers_away);
             tcase_add_test(tcase, native_driver_may_come_later);
             tcase_add_test(tcase, unbound_igb_takes_its_vfs_along);
             tcase_add_test(tcase, unbound_nvme_leaves_its_vfs);
             tcase_add_test(tcase, pf_on_vfio_makes_no_vfs);
             tcase_add_test(tcase, driver_may_make_too_few);
             tcase_add_loop_test(tcase, vf_in_use_blocks, 0, 2);
             tcase_add_test(tcase, blocked_pf_waits))
