/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-test of the fake's network interfaces and VF settings, with faults too; and that a dump
 * shows every loss.
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

static void
probe_again(const char *vf)
{
    ck_assert_int_eq(put("sys/bus/pci/drivers/igbvf/unbind", vf), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/igbvf/bind", vf), 0);
}

/* Sets one key, given as text, of a VF of eth7. */
static int
set(guint index, const char *key, const char *value)
{
    HdVfSettings settings = {.proto = 0x8100};
    ck_assert_ptr_null(hd_vf_settings_set(&settings, key, value));
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++)
        if (hd_vf_settings_has(&settings, (HdVfKey)i))
            return hd_port_vf_set(port, "eth7", index, &settings, (HdVfKey)i);
    return -1;
}

static int
set_own_mac(const char *interface, const char *text)
{
    HdMac mac;
    ck_assert(hd_mac_parse(text, &mac));
    return hd_port_net_set_mac(port, interface, &mac);
}

static void
assert_settings(guint index, const char *wanted)
{
    HdVfSettings settings;
    ck_assert_int_eq(hd_port_vf_get(port, "eth7", index, &settings), 0);
    g_autofree char *text = hd_vf_settings_format(&settings);
    ck_assert_str_eq(text, wanted);
}

#define FRESH                                                                                      \
    "vlan=0,qos=0,proto=802.1Q,spoofchk=on,trust=off,min_rate=0,max_rate=0,link_state=auto"

START_TEST(interface_comes_and_goes)
{
    assert_text("sys/class/net/eth7v0/address", "06:00:00:00:00:01");
    to_vfio(VF0);
    ck_assert(!hd_port_exists(port, "sys/class/net/eth7v0"));
    ck_assert(!hd_port_exists(port, DEVICES VF0 "/net"));
    ck_assert_int_eq(put(DEVICES VF0 "/driver_override", "\n"), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers/vfio-pci/unbind", VF0), 0);
    ck_assert_int_eq(put("sys/bus/pci/drivers_probe", VF0), 0);
    /* igbvf makes up another at each probe, and tells the PF. */
    assert_text("sys/class/net/eth7v0/address", "06:00:00:00:00:03");
    assert_settings(0, "mac=06:00:00:00:00:03," FRESH);
}
END_TEST

START_TEST(admin_mac_is_taken_at_probe)
{
    ck_assert_int_eq(set(0, "mac", "52:54:00:00:00:01"), 0);
    assert_text("sys/class/net/eth7v0/address", "06:00:00:00:00:01");
    probe_again(VF0);
    assert_text("sys/class/net/eth7v0/address", "52:54:00:00:00:01");
    assert_settings(0, "mac=52:54:00:00:00:01," FRESH);
    ck_assert_int_eq(set(0, "mac", "00:00:00:00:00:00"), 0);
    assert_settings(0, "mac=00:00:00:00:00:00," FRESH);
    assert_text("sys/class/net/eth7v0/address", "52:54:00:00:00:01");
    probe_again(VF0);
    assert_text("sys/class/net/eth7v0/address", "06:00:00:00:00:03");
}
END_TEST

START_TEST(vf_may_choose_its_mac_only_when_free_or_trusted)
{
    ck_assert_int_eq(set_own_mac("eth7v0", "52:54:00:00:00:0a"), 0);
    assert_settings(0, "mac=52:54:00:00:00:0a," FRESH);
    ck_assert_int_eq(set(0, "mac", "52:54:00:00:00:01"), 0);
    ck_assert_int_eq(set_own_mac("eth7v0", "52:54:00:00:00:0b"), EADDRNOTAVAIL);
    /* Not even the same, which the VF's driver hasn't heard of yet. */
    ck_assert_int_eq(set_own_mac("eth7v0", "52:54:00:00:00:01"), EADDRNOTAVAIL);
    probe_again(VF0);
    ck_assert_int_eq(set_own_mac("eth7v0", "52:54:00:00:00:01"), 0);
    ck_assert_int_eq(set(0, "trust", "on"), 0);
    ck_assert_int_eq(set_own_mac("eth7v0", "52:54:00:00:00:0b"), 0);
    assert_text("sys/class/net/eth7v0/address", "52:54:00:00:00:0b");
    ck_assert_int_eq(set_own_mac("eth7v0", "03:00:00:00:00:01"), EADDRNOTAVAIL);
    ck_assert_int_eq(set_own_mac("eth7", "52:54:00:00:07:07"), 0);
    ck_assert_int_eq(set_own_mac("nosuch", "52:54:00:00:07:07"), ENODEV);
}
END_TEST

START_TEST(settings_are_kept_until_the_vfs_go)
{
    ck_assert_int_eq(set(1, "vlan", "10"), 0);
    ck_assert_int_eq(set(1, "spoofchk", "off"), 0);
    ck_assert_int_eq(set(1, "trust", "on"), 0);
    ck_assert_int_eq(set(1, "max_rate", "1000"), 0);
    probe_again(VF1);
    assert_settings(1, "mac=06:00:00:00:00:03,vlan=10,qos=0,proto=802.1Q,spoofchk=off,trust=on,"
                       "min_rate=0,max_rate=1000,link_state=auto");
    ck_assert_int_eq(put(PF NUMVFS, "0"), 0);
    ck_assert_int_eq(put(PF NUMVFS, "2"), 0);
    assert_settings(1, "mac=06:00:00:00:00:05," FRESH);
}
END_TEST

START_TEST(settings_refuse)
{
    HdVfSettings settings = {.vlan = 4096, .qos = 8, .proto = 0x8100, .mac = {{1, 0, 0, 0, 0, 1}}};
    ck_assert_int_eq(hd_port_vf_set(port, "eth7", 0, &settings, HD_VF_VLAN), EINVAL);
    settings.vlan = 1;
    ck_assert_int_eq(hd_port_vf_set(port, "eth7", 0, &settings, HD_VF_VLAN), EINVAL);
    ck_assert_int_eq(hd_port_vf_set(port, "eth7", 0, &settings, HD_VF_MAC), EINVAL);
    ck_assert_int_eq(set(0, "proto", "802.1ad"), EPROTONOSUPPORT);
    ck_assert_int_eq(set(0, "min_rate", "1"), EINVAL);
    ck_assert_int_eq(set(0, "max_rate", "1001"), EINVAL);
    ck_assert_int_eq(set(0, "link_state", "enable"), EOPNOTSUPP);
    ck_assert_int_eq(set(2, "trust", "on"), EINVAL);
    ck_assert_int_eq(hd_port_vf_get(port, "eth7", 2, &settings), ENOENT);
    ck_assert_int_eq(hd_port_vf_get(port, "eth7v0", 0, &settings), ENOENT);
    ck_assert_int_eq(hd_port_vf_get(port, "nosuch", 0, &settings), ENODEV);
    ck_assert_int_eq(hd_port_vf_set(port, "eth7v0", 0, &settings, HD_VF_TRUST), EOPNOTSUPP);
    ck_assert_int_eq(hd_port_vf_set(port, "nosuch", 0, &settings, HD_VF_TRUST), ENODEV);
    assert_settings(0, "mac=06:00:00:00:00:01," FRESH);
}
END_TEST

START_TEST(vf_in_reset_is_busy)
{
    hd_fake_vf_busy_times(fake, VF0, 2);
    ck_assert_int_eq(set(1, "trust", "on"), 0);
    ck_assert_int_eq(set(0, "trust", "on"), EAGAIN);
    ck_assert_int_eq(set(0, "vlan", "7"), EAGAIN);
    ck_assert_int_eq(set(0, "trust", "on"), 0);
}
END_TEST

START_TEST(faults_have_no_effect)
{
    hd_fake_fail_at(fake, 1, EIO);
    ck_assert_int_eq(put(PF NUMVFS, "0"), EIO);
    assert_text(PF NUMVFS, "2");
    hd_fake_fail_at(fake, 2, EPERM);
    ck_assert_int_eq(set(0, "trust", "on"), EPERM);
    hd_fake_fail_at(fake, 3, EIO);
    ck_assert_int_eq(set_own_mac("eth7v0", "52:54:00:00:00:0a"), EIO);
    ck_assert_uint_eq(hd_fake_mutations(fake), 3);
    assert_settings(0, "mac=06:00:00:00:00:01," FRESH);
    hd_fake_die_at(fake, 4, true);
    ck_assert_int_eq(set(0, "trust", "on"), 0);
    HdVfSettings settings;
    ck_assert_int_eq(hd_port_vf_get(port, "eth7", 0, &settings), EIO);
}
END_TEST

START_TEST(dump_shows_pfs_vfs_and_macs)
{
    ck_assert_int_eq(set(1, "vlan", "10"), 0);
    ck_assert_int_eq(put(NVME NUMVFS, "1"), 0);
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert_contains(
        dump, "0000:07:00.0 numvfs 2 autoprobe 1\n"
              "0000:07:10.0 vf mac=06:00:00:00:00:01," FRESH "\n"
              "0000:07:10.2 vf mac=06:00:00:00:00:02,vlan=10,qos=0,proto=802.1Q,spoofchk=on,"
              "trust=off,min_rate=0,max_rate=0,link_state=auto\n"
              "0000:17:00.0 numvfs 1 autoprobe 1\n"
              "eth7 02:00:00:00:07:00\neth7v0 06:00:00:00:00:01\neth7v1 06:00:00:00:00:02\n");
}
END_TEST

START_TEST(pulled_functions_are_gone)
{
    HdVfSettings settings;
    hd_fake_remove_device(fake, VF0);
    ck_assert(!hd_port_exists(port, PF "virtfn0"));
    ck_assert_int_eq(hd_port_vf_get(port, "eth7", 0, &settings), ENOENT);
    ck_assert_int_eq(hd_port_vf_get(port, "eth7", 1, &settings), 0);
    hd_fake_block(fake, VF1);
    hd_fake_remove_device(fake, "0000:07:00.0");
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert(strstr(dump, "0000:07:") == NULL);
    ck_assert(strstr(dump, "eth7") == NULL);
    ck_assert_int_eq(hd_port_vf_get(port, "eth7", 1, &settings), ENODEV);
}
END_TEST

HD_TEST_MAIN("fake VF settings", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, interface_comes_and_goes);
             tcase_add_test(tcase, admin_mac_is_taken_at_probe);
             tcase_add_test(tcase, vf_may_choose_its_mac_only_when_free_or_trusted);
             tcase_add_test(tcase, settings_are_kept_until_the_vfs_go);
             tcase_add_test(tcase, settings_refuse); tcase_add_test(tcase, vf_in_reset_is_busy);
             tcase_add_test(tcase, faults_have_no_effect);
             tcase_add_test(tcase, dump_shows_pfs_vfs_and_macs);
             tcase_add_test(tcase, pulled_functions_are_gone))
