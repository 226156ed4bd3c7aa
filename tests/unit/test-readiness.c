/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a host lacks for iommufd and for migration: all of it, and nothing that it has; and where
 * the facts are read.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-probe.h"
#include "hd-readiness-probe.h"
#include "hd-test.h"

#define RELEASE "6.12.9-amd64"
#define NOTES   "var/cache/libvirt/qemu/capabilities/"

static const HdDeviceId nic = {0x15b3, 0x101e, 0, 0, 0x020000};
static const HdDeviceId disk = {0x144d, 0xa80a, 0, 0, 0x010802};

/* A host that has everything, and a VF of a ConnectX. */
static HdReadinessFacts
all(void)
{
    return (HdReadinessFacts){.kernel = 6019,
                              .libvirt = 12001,
                              .qemu = 10000,
                              .has_iommu_node = true,
                              .config_iommufd = HD_ANSWER_YES,
                              .config_cdev = HD_ANSWER_YES,
                              .has_cdev = true,
                              .is_bound_to_vfio = true,
                              .bound = "mlx5_vfio_pci",
                              .chosen = "mlx5_vfio_pci",
                              .id = &nic,
                              .is_vf = true};
}

static void
assert_iommufd(const HdReadinessFacts *facts, const char *wanted)
{
    g_autoptr(HdReadiness) readiness = hd_readiness_iommufd(facts);
    g_autofree char *text = hd_readiness_text(readiness);
    ck_assert_str_eq(text, wanted);
    ck_assert_int_eq(readiness->is_ready, *wanted == '\0');
    ck_assert_ptr_null(readiness->driver);
}

static void
assert_migration(const HdReadinessFacts *facts, const char *driver, const char *wanted)
{
    g_autoptr(HdReadiness) readiness = hd_readiness_migration(facts);
    g_autofree char *text = hd_readiness_text(readiness);
    ck_assert_str_eq(text, wanted);
    ck_assert_int_eq(readiness->is_ready, *wanted == '\0');
    ck_assert_pstr_eq(readiness->driver, driver);
}

START_TEST(iommufd)
{
    HdReadinessFacts facts = all();
    assert_iommufd(&facts, "");
    facts.libvirt = 11003;
    assert_iommufd(&facts, "libvirt 11.3 has no <driver iommufd='yes'/>, 12.1 has");
    facts.libvirt = 0;
    assert_iommufd(&facts, "libvirt is not found on this host");
    facts = all();
    facts.qemu = 8002;
    assert_iommufd(&facts, "QEMU 8.2 has no iommufd, 9.0 has");
    facts.qemu = 0;
    assert_iommufd(&facts, "");
    facts.has_iommu_node = false;
    assert_iommufd(&facts, "there is no /dev/iommu (modprobe iommufd)");
    facts.config_iommufd = HD_ANSWER_NO;
    assert_iommufd(&facts, "the kernel is built without CONFIG_IOMMUFD");
}
END_TEST

START_TEST(cdev)
{
    HdReadinessFacts facts = all();
    facts.has_cdev = false;
    assert_iommufd(&facts, "mlx5_vfio_pci gives it no node in /dev/vfio/devices "
                           "(CONFIG_VFIO_DEVICE_CDEV)");
    facts.is_bound_to_vfio = false;
    assert_iommufd(&facts, "");
    facts.config_cdev = HD_ANSWER_NO;
    assert_iommufd(&facts, "/dev/vfio/devices needs Linux 6.6 with CONFIG_VFIO_DEVICE_CDEV; this "
                           "is 6.19 without it");
    /* A version says something only where the configuration is not known. */
    facts.kernel = 5014;
    facts.config_cdev = HD_ANSWER_UNKNOWN;
    assert_iommufd(&facts, "/dev/vfio/devices needs Linux 6.6 with CONFIG_VFIO_DEVICE_CDEV; this "
                           "is 5.14");
    facts.config_cdev = HD_ANSWER_YES;
    assert_iommufd(&facts, "");
    facts.config_cdev = HD_ANSWER_NO;
    facts.has_cdev = true;
    assert_iommufd(&facts, "");
}
END_TEST

START_TEST(everything_is_said)
{
    const HdReadinessFacts facts = {.kernel = 6001,
                                    .libvirt = 9000,
                                    .qemu = 7002,
                                    .id = &nic,
                                    .chosen = "vfio-pci",
                                    .is_vf = true};
    assert_iommufd(&facts,
                   "there is no /dev/iommu (modprobe iommufd); /dev/vfio/devices needs Linux 6.6 "
                   "with CONFIG_VFIO_DEVICE_CDEV; this is 6.1; libvirt 9.0 has no "
                   "<driver iommufd='yes'/>, 12.1 has; QEMU 7.2 has no iommufd, 9.0 has");
    assert_migration(&facts, "mlx5_vfio_pci",
                     "driver mlx5_vfio_pci is not installed (Linux 5.18 with CONFIG_MLX5_VFIO_PCI)"
                     "; libvirt 9.0 doesn't choose mlx5_vfio_pci by itself, 10.0 does; QEMU 7.2 "
                     "migrates no VFIO devices, 8.1 does");
}
END_TEST

START_TEST(migration)
{
    HdReadinessFacts facts = all();
    assert_migration(&facts, "mlx5_vfio_pci", "");
    facts.bound = "mlx5_core";
    facts.is_bound_to_vfio = false;
    assert_migration(&facts, "mlx5_vfio_pci", "");
    facts.bound = "vfio-pci";
    facts.is_bound_to_vfio = true;
    assert_migration(&facts, "mlx5_vfio_pci", "it is on vfio-pci now, not on mlx5_vfio_pci");
    facts = all();
    facts.is_vf = false;
    assert_migration(&facts, "mlx5_vfio_pci", "mlx5_vfio_pci migrates VFs, not a whole card");
    facts = all();
    facts.id = &disk;
    facts.chosen = facts.bound = "vfio-pci";
    assert_migration(&facts, NULL,
                     "vfio-pci can't carry its state to another host, and no "
                     "driver is known that can");
    /* A variant driver for something else */
    facts.chosen = "nvgrace_gpu_vfio_pci";
    assert_migration(&facts, NULL,
                     "nvgrace_gpu_vfio_pci can't carry its state to another "
                     "host, and no driver is known that can");
}
END_TEST

/* One that drives a device before it can migrate it; and one whose name has hyphens. */
START_TEST(since_when)
{
    static const HdDeviceId net = {0x1af4, 0x1041, 0, 0, 0x020000};
    static const HdDeviceId screen = {0x8086, 0xe20b, 0, 0, 0x030000};
    static const HdDeviceId sound = {0x8086, 0xe2f7, 0, 0, 0x040300};
    HdReadinessFacts facts = all();
    facts.id = &net;
    facts.bound = facts.chosen = "virtio_vfio_pci";
    assert_migration(&facts, "virtio_vfio_pci", "");
    facts.kernel = 6012;
    assert_migration(&facts, "virtio_vfio_pci",
                     "virtio_vfio_pci of Linux 6.12 can't migrate it, 6.13's can");
    facts.kernel = 6019;
    facts.id = &screen;
    facts.bound = "xe-vfio-pci";
    facts.chosen = "xe_vfio_pci";
    assert_migration(&facts, "xe_vfio_pci", "");
    facts.id = &sound;
    facts.chosen = "vfio-pci";
    assert_migration(&facts, NULL,
                     "vfio-pci can't carry its state to another host, and no "
                     "driver is known that can");
}
END_TEST

START_TEST(version)
{
    ck_assert_uint_eq(hd_readiness_version(RELEASE), 6012);
    ck_assert_uint_eq(hd_readiness_version("10.0"), 10000);
    ck_assert_uint_eq(hd_readiness_version("6"), 0);
    ck_assert_uint_eq(hd_readiness_version("6.x"), 0);
    ck_assert_uint_eq(hd_readiness_version(""), 0);
    ck_assert_uint_eq(hd_readiness_version("99999999999999999999.1"), 0);
}
END_TEST

static HdReadinessFacts
probe(HdFake *fake, HdDevice **ret_device)
{
    const HdPciAddress address = hd_fake_address("0000:01:00.0");
    ck_assert(hd_probe_device(hd_fake_port(fake), &address, ret_device, NULL));
    return hd_readiness_probe(hd_fake_port(fake), *ret_device);
}

START_TEST(read_from_the_host)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    g_autoptr(HdDevice) before = NULL;
    g_autoptr(HdDevice) after = NULL;
    hd_fake_unset(fake, "dev/iommu");
    HdReadinessFacts facts = probe(fake, &before);
    ck_assert(!facts.has_iommu_node && !facts.has_cdev && !facts.is_bound_to_vfio);
    ck_assert_uint_eq(facts.qemu, 0);
    ck_assert_int_eq(facts.config_cdev, HD_ANSWER_UNKNOWN);
    hd_fake_set_file(fake, "proc/sys/kernel/osrelease", RELEASE "\n");
    hd_fake_set_file(fake, "boot/config-" RELEASE,
                     "CONFIG_IOMMUFD=m\nCONFIG_IOMMUFD_DRIVER=y\n"
                     "# CONFIG_VFIO_DEVICE_CDEV is not set\n");
    hd_fake_set_file(fake, NOTES "a.xml", "<qemuCaps>\n  <version>8002002</version>\n");
    hd_fake_set_file(fake, NOTES "b.xml", "<qemuCaps>\n  <version>10000002</version>\n");
    hd_fake_set_file(fake, NOTES "c.xml", "rubbish");
    hd_fake_set_file(fake, "dev/iommu", "");
    hd_fake_set_link(fake, "usr/lib64/libvirt.so.0", "libvirt.so.0.12001.0");
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:01:00.0/vfio-dev/vfio3/dev", "511:3\n");
    facts = probe(fake, &after);
    ck_assert_uint_eq(facts.kernel, 6012);
    ck_assert_uint_eq(facts.qemu, 10000);
    ck_assert_uint_eq(facts.libvirt, 12001);
    ck_assert(facts.has_iommu_node && facts.has_cdev);
    ck_assert_int_eq(facts.config_iommufd, HD_ANSWER_YES);
    ck_assert_int_eq(facts.config_cdev, HD_ANSWER_NO);
    ck_assert_str_eq(facts.bound, "e1000e");
    /* Fedora's place */
    hd_fake_unset(fake, "boot/config-" RELEASE);
    hd_fake_set_file(fake, "lib/modules/" RELEASE "/config", "CONFIG_VFIO_DEVICE_CDEV=y\n");
    facts = hd_readiness_probe(hd_fake_port(fake), after);
    ck_assert_int_eq(facts.config_iommufd, HD_ANSWER_NO);
    ck_assert_int_eq(facts.config_cdev, HD_ANSWER_YES);
    /* As before Linux 6.6: there is a class device, but nothing to open. */
    hd_fake_unset(fake, "sys/devices/pci0000:00/0000:01:00.0/vfio-dev/vfio3/dev");
    facts = hd_readiness_probe(hd_fake_port(fake), after);
    ck_assert(!facts.has_cdev);
}
END_TEST

static void
add(TCase *tcase)
{
    tcase_add_test(tcase, iommufd);
    tcase_add_test(tcase, cdev);
    tcase_add_test(tcase, everything_is_said);
    tcase_add_test(tcase, migration);
    tcase_add_test(tcase, since_when);
    tcase_add_test(tcase, version);
    tcase_add_test(tcase, read_from_the_host);
}

/* vendor, device, class of a VF; its driver (NULL: none), the last kernel whose driver can't
   migrate it yet. */
static const struct {
    guint16 vendor, device;
    guint class_code;
    const char *driver;
    guint too_old;
} known[] = {
    {0x15b3, 0x101e, 0x020000, "mlx5_vfio_pci", 5017},
    {0x19e5, 0xa251, 0x120000, "hisi_acc_vfio_pci", 5017},
    {0x19e5, 0xa256, 0x120000, "hisi_acc_vfio_pci", 5017},
    {0x19e5, 0xa259, 0x120000, "hisi_acc_vfio_pci", 5017},
    {0x1dd8, 0x1003, 0x020000, "pds_vfio_pci", 6005},
    {0x8086, 0x4941, 0x0b4000, "qat_vfio_pci", 6009},
    {0x8086, 0x4943, 0x0b4000, "qat_vfio_pci", 6009},
    {0x8086, 0x4945, 0x0b4000, "qat_vfio_pci", 6009},
    {0x8086, 0x4949, 0x0b4000, "qat_vfio_pci", 6016},
    {0x1af4, 0x1041, 0x020000, "virtio_vfio_pci", 6012},
    {0x1af4, 0x1042, 0x010000, "virtio_vfio_pci", 6014},
    {0x8086, 0xb080, 0x030000, "xe_vfio_pci", 6018},
    {0x8086, 0xe2ff, 0x038000, "xe_vfio_pci", 6018},
    {0x8086, 0xfd00, 0x030000, "xe_vfio_pci", 6018},
    {0x8086, 0xfd00, 0x040300, NULL, 0},
    {0x8086, 0xe300, 0x030000, NULL, 0},
    {0x15b3, 0x101f, 0x020000, NULL, 0},
    {0x15b4, 0x101e, 0x020000, NULL, 0},
};

START_TEST(each_variant)
{
    const HdDeviceId id = {known[_i].vendor, known[_i].device, 0, 0, known[_i].class_code};
    HdReadinessFacts facts = all();
    facts.id = &id;
    facts.chosen = facts.bound = known[_i].driver != NULL ? known[_i].driver : "vfio-pci";
    g_autoptr(HdReadiness) ready = hd_readiness_migration(&facts);
    ck_assert_pstr_eq(ready->driver, known[_i].driver);
    ck_assert_int_eq(ready->is_ready, known[_i].driver != NULL);
    if (known[_i].driver == NULL)
        return;
    facts.kernel = known[_i].too_old;
    g_autoptr(HdReadiness) old = hd_readiness_migration(&facts);
    ck_assert(!old->is_ready);
    facts.kernel++;
    g_autoptr(HdReadiness) first = hd_readiness_migration(&facts);
    ck_assert(first->is_ready);
}
END_TEST

HD_TEST_MAIN("readiness", add(tcase);
             tcase_add_loop_test(tcase, each_variant, 0, G_N_ELEMENTS(known)))
