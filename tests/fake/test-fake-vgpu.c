/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-test of the fake's vGPUs, which no conformance run on real hardware keeps honest.
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-host.h"
#include "hd-test.h"

#define VF4 "sys/bus/pci/devices/0000:43:00.4/nvidia/"
#define VF5 "sys/bus/pci/devices/0000:43:00.5/nvidia/"

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

#define VGPUS "ID    : vGPU Name\n"
#define L558  "558   : NVIDIA L40-1B"
#define L560  "560   : NVIDIA L40-2B"

START_TEST(vgpu_is_set_and_cleared)
{
    assert_text(VF4 "current_vgpu_type", "0");
    assert_text(VF4 "creatable_vgpu_types", VGPUS L558 "\n" L560);
    ck_assert_int_eq(hd_port_write(port, "rubbish", VF4 "current_vgpu_type"), EINVAL);
    ck_assert_int_eq(hd_port_write(port, "559", VF4 "current_vgpu_type"), EINVAL);
    ck_assert_int_eq(hd_port_write(port, "558", VF4 "creatable_vgpu_types"), EACCES);
    ck_assert_int_eq(hd_port_write(port, "0", VF4 "current_vgpu_type"), 0);
    ck_assert_int_eq(hd_port_write(port, "560\n", VF4 "current_vgpu_type"), 0);
    assert_text(VF4 "current_vgpu_type", "560");
    ck_assert_int_eq(hd_port_write(port, "558", VF4 "current_vgpu_type"), EBUSY);
    ck_assert_int_eq(hd_port_write(port, "0", VF4 "current_vgpu_type"), 0);
    assert_text(VF4 "current_vgpu_type", "0");
}
END_TEST

START_TEST(vgpus_share_the_gpu)
{
    ck_assert_int_eq(hd_port_write(port, "560", VF4 "current_vgpu_type"), 0);
    assert_text(VF5 "creatable_vgpu_types", VGPUS L558);
    ck_assert_int_eq(hd_port_write(port, "560", VF5 "current_vgpu_type"), EINVAL);
    ck_assert_int_eq(hd_port_write(port, "558", VF5 "current_vgpu_type"), 0);
    assert_text(VF5 "creatable_vgpu_types", VGPUS L558);
    ck_assert_int_eq(hd_port_write(port, "0", VF4 "current_vgpu_type"), 0);
    assert_text(VF5 "creatable_vgpu_types", VGPUS L558 "\n" L560);
    ck_assert_int_eq(hd_port_write(port, "558", VF4 "current_vgpu_type"), 0);
    assert_text(VF4 "creatable_vgpu_types", VGPUS L560);
}
END_TEST

START_TEST(dump_shows_vgpus)
{
    ck_assert_int_eq(hd_port_write(port, "558", VF5 "current_vgpu_type"), 0);
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert_contains(dump, "0000:43:00.4 vgpu 0\n0000:43:00.5 vgpu 558\n");
}
END_TEST

START_TEST(fault_has_no_effect)
{
    hd_fake_fail_at(fake, 1, EIO);
    ck_assert_int_eq(hd_port_write(port, "558", VF4 "current_vgpu_type"), EIO);
    assert_text(VF4 "current_vgpu_type", "0");
    ck_assert_uint_eq(hd_fake_mutations(fake), 1);
}
END_TEST

START_TEST(pulled_function_gives_back)
{
    ck_assert_int_eq(hd_port_write(port, "560", VF4 "current_vgpu_type"), 0);
    hd_fake_remove_device(fake, "0000:43:00.4");
    assert_text(VF5 "creatable_vgpu_types", VGPUS L558 "\n" L560);
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert(strstr(dump, "0000:43:00.4") == NULL);
}
END_TEST

HD_TEST_MAIN("fake vGPUs", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, vgpu_is_set_and_cleared);
             tcase_add_test(tcase, vgpus_share_the_gpu); tcase_add_test(tcase, dump_shows_vgpus);
             tcase_add_test(tcase, fault_has_no_effect);
             tcase_add_test(tcase, pulled_function_gives_back))
