/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-test of the fake's mdevs: a mistake here would let a broken product pass
 * every other test.
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-host.h"
#include "hd-test.h"

#define U1      "11111111-aaaa-4aaa-8aaa-111111111111"
#define U2      "22222222-bbbb-4bbb-8bbb-222222222222"
#define U3      "33333333-cccc-4ccc-8ccc-333333333333"
#define MTTY    "sys/devices/virtual/mtty/mtty/"
#define GPU     "sys/devices/pci0000:00/0000:41:00.0/"
#define PARENTS "sys/class/mdev_bus/"
#define MDEVS   "sys/bus/mdev/devices/"

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

static int
create(const char *parent, const char *type, const char *text)
{
    return hd_port_write(port, text, PARENTS "%s/mdev_supported_types/%s/create", parent, type);
}

static int
remove_mdev(const char *uuid)
{
    return hd_port_write(port, "1", MDEVS "%s/remove", uuid);
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
    ck_assert(hd_port_exists(port, "%s", path));
}

static void
assert_available(const char *parent, const char *type, const char *wanted)
{
    g_autofree char *path =
        g_strdup_printf(PARENTS "%s/mdev_supported_types/%s/available_instances", parent, type);
    assert_text(path, wanted);
}

static void
assert_members(const char *path, guint wanted)
{
    g_autoptr(GPtrArray) names = NULL;
    ck_assert_int_eq(hd_port_list(port, &names, "%s", path), 0);
    ck_assert_uint_eq(names->len, wanted);
}

START_TEST(parents_show_their_types)
{
    assert_members("sys/class/mdev_bus", 3);
    assert_link(PARENTS "mtty", "../../devices/virtual/mtty/mtty");
    assert_link(PARENTS "0000:41:00.0", "../../devices/pci0000:00/0000:41:00.0");
    assert_text(PARENTS "0000:41:00.0/numa_node", "0");
    ck_assert(!hd_port_exists(port, PARENTS "mtty/numa_node"));
    assert_members(MTTY "mdev_supported_types", 2);
    assert_text(MTTY "mdev_supported_types/mtty-2/name", "Dual port serial");
    assert_text(MTTY "mdev_supported_types/mtty-2/device_api", "vfio-pci");
    assert_members(MTTY "mdev_supported_types/mtty-2/devices", 0);
    ck_assert(!hd_port_exists(port, MTTY "mdev_supported_types/mtty-2/description"));
    ck_assert(hd_port_exists(port, GPU "mdev_supported_types/nvidia-36/description"));
    assert_available("mtty", "mtty-1", "4");
    assert_available("mtty", "mtty-2", "2");
}
END_TEST

START_TEST(nameless_type_has_no_name_file)
{
    const HdFakeMdevType types[] = {{.id = "ap-1", .device_api = "vfio-ap", .weight = 1}};
    hd_fake_add_mdev_parent(fake, "matrix", 1, types, 1, 8);
    ck_assert(!hd_port_exists(port, PARENTS "matrix/mdev_supported_types/ap-1/name"));
    assert_text(PARENTS "matrix/numa_node", "1");
}
END_TEST

START_TEST(mdev_is_in_all_its_places)
{
    HdNodeState node = {0};
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    assert_link(MDEVS U1, "../../../devices/virtual/mtty/mtty/" U1);
    assert_link(MTTY U1 "/mdev_type", "../mdev_supported_types/mtty-2");
    assert_link(MTTY "mdev_supported_types/mtty-2/devices/" U1, "../../../" U1);
    assert_link(MTTY U1 "/iommu_group", "../../../../../kernel/iommu_groups/1000");
    assert_link("sys/kernel/iommu_groups/1000/devices/" U1,
                "../../../../devices/virtual/mtty/mtty/" U1);
    assert_link(MTTY U1 "/driver", "../../../../../bus/mdev/drivers/mtty");
    ck_assert(hd_port_exists(port, MTTY U1 "/vfio-dev/vfio0"));
    assert_text(MTTY U1 "/power/control", "auto");
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/1000", &node), 0);
    ck_assert(node.present && node.uid == 0 && node.gid == 0 && node.mode == 0600);
    ck_assert_int_eq(create("0000:41:00.0", "nvidia-36", U2), 0);
    assert_link(MDEVS U2, "../../../devices/pci0000:00/0000:41:00.0/" U2);
    assert_link(GPU U2 "/iommu_group", "../../../../kernel/iommu_groups/1001");
}
END_TEST

START_TEST(remove_leaves_nothing)
{
    g_autofree char *before = hd_fake_dump(fake);
    HdNodeState node = {0};
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    ck_assert_int_eq(remove_mdev(U1), 0);
    ck_assert_int_eq(remove_mdev(U1), ENOENT);
    g_autofree char *after = hd_fake_dump(fake);
    ck_assert_str_eq(after, before);
    assert_members("sys/bus/mdev/devices", 0);
    assert_members("sys/bus/mdev/drivers/mtty", 0);
    assert_members(MTTY "mdev_supported_types/mtty-2/devices", 0);
    ck_assert(!hd_port_exists(port, "sys/devices/virtual/mtty/mtty/" U1));
    ck_assert(!hd_port_exists(port, "sys/kernel/iommu_groups/1000"));
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/1000", &node), 0);
    ck_assert(!node.present);
    /* Groups count up. */
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    ck_assert(hd_port_exists(port, "dev/vfio/1001"));
}
END_TEST

START_TEST(create_reads_a_uuid)
{
    ck_assert_int_eq(create("mtty", "mtty-1", "rubbish"), EINVAL);
    ck_assert_int_eq(create("mtty", "mtty-1", "11111111-aaaa-4aaa-8aaa-11111111111"), EINVAL);
    ck_assert_int_eq(create("mtty", "mtty-1", "11111111+aaaa-4aaa-8aaa-111111111111"), EINVAL);
    ck_assert_int_eq(create("mtty", "mtty-1", U1 "\n\n"), EINVAL);
    ck_assert_int_eq(create("mtty", "nosuch", U1), ENOENT);
    ck_assert_int_eq(create("nosuch", "mtty-1", U1), ENOENT);
    ck_assert_int_eq(create("mtty", "mtty-1", U1 "\n"), 0);
    /* The 37th byte may be anything. */
    ck_assert_int_eq(create("mtty", "mtty-1", U2 "x"), 0);
    ck_assert_int_eq(create("mtty", "mtty-1", "33333333-CCCC-4CcC-8CCC-333333333333"), 0);
    assert_members("sys/bus/mdev/devices", 3);
    ck_assert(hd_port_exists(port, MDEVS U3));
    ck_assert_int_eq(hd_port_write(port, "x", MTTY "mdev_supported_types/mtty-1/name"), EACCES);
}
END_TEST

START_TEST(uuid_is_unique_on_the_host)
{
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    ck_assert_int_eq(create("mtty", "mtty-1", U1), EEXIST);
    ck_assert_int_eq(create("mtty", "mtty-2", U1), EEXIST);
    ck_assert_int_eq(create("0000:41:00.0", "nvidia-36", U1), EEXIST);
    assert_available("mtty", "mtty-1", "3");
}
END_TEST

START_TEST(types_share_the_capacity)
{
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    assert_available("mtty", "mtty-1", "3");
    assert_available("mtty", "mtty-2", "1");
    ck_assert_int_eq(create("mtty", "mtty-2", U2), 0);
    assert_available("mtty", "mtty-1", "1");
    assert_available("mtty", "mtty-2", "0");
    ck_assert_int_eq(create("mtty", "mtty-2", U3), ENOSPC);
    hd_fake_set_mdev_full_error(fake, "mtty", EUSERS);
    ck_assert_int_eq(create("mtty", "mtty-2", U3), EUSERS);
    ck_assert(!hd_port_exists(port, MDEVS U3));
    ck_assert_int_eq(remove_mdev(U1), 0);
    assert_available("mtty", "mtty-1", "2");
    ck_assert_int_eq(create("mtty", "mtty-2", U3), 0);
    /* Each parent has its own. */
    assert_available("0000:42:00.0", "nvidia-39", "1");
}
END_TEST

START_TEST(type_has_its_own_limit)
{
    const HdFakeMdevType types[] = {
        {.id = "gpu-1", .device_api = "vfio-pci", .instances = 1, .weight = 1}};
    hd_fake_add_mdev_parent(fake, "gpu", -1, types, 1, 8);
    assert_available("gpu", "gpu-1", "1");
    ck_assert_int_eq(create("gpu", "gpu-1", U1), 0);
    assert_available("gpu", "gpu-1", "0");
    ck_assert_int_eq(create("gpu", "gpu-1", U2), ENOSPC);
}
END_TEST

START_TEST(remove_reads_a_number)
{
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    const struct {
        const char *text;
        int answer;
    } texts[] = {{"0", 0},       {"0\n", 0},     {"x", EINVAL}, {"1x", EINVAL},
                 {"-1", EINVAL}, {" 1", EINVAL}, {"\n", EINVAL}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_int_eq(hd_port_write(port, texts[i].text, MDEVS U1 "/remove"), texts[i].answer);
        ck_assert(hd_port_exists(port, MDEVS U1));
    }
    ck_assert_int_eq(hd_port_write(port, "0x2\n", MTTY U1 "/remove"), 0);
    ck_assert(!hd_port_exists(port, MDEVS U1));
}
END_TEST

START_TEST(power_control_is_on_or_auto)
{
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    ck_assert_int_eq(hd_port_write(port, "off", MDEVS U1 "/power/control"), EINVAL);
    ck_assert_int_eq(hd_port_write(port, "on\n", MDEVS U1 "/power/control"), 0);
    assert_text(MDEVS U1 "/power/control", "on");
    ck_assert_int_eq(hd_port_write(port, "auto", MDEVS U1 "/power/control"), 0);
    assert_text(MDEVS U1 "/power/control", "auto");
}
END_TEST

START_TEST(dump_shows_mdevs)
{
    ck_assert_int_eq(create("0000:42:00.0", "nvidia-39", U2), 0);
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    ck_assert_int_eq(hd_port_write(port, "on", MDEVS U1 "/power/control"), 0);
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert_contains(dump, "/dev/vfio/1001 0:0 0600\n"
                             "mdev " U1 " mtty mtty-1 on\n"
                             "mdev " U2 " 0000:42:00.0 nvidia-39 auto\n");
}
END_TEST

static bool
remove_work(HdPort *p, gpointer data, GError **ret_error)
{
    HdLock *lock = NULL;
    (void)ret_error;
    ck_assert_int_eq(hd_port_lock(p, "run/hostdevctl/device/" U1, true, 0, &lock), 0);
    *(int *)data = hd_port_write(p, "1", MDEVS U1 "/remove");
    return !hd_port_is_abandoned(p);
}

START_TEST(remove_of_a_used_mdev_is_late_and_in_between)
{
    int answer = -1;
    HdJob job = {.work = remove_work, .data = &answer};
    HdLock *lock = NULL;
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    hd_fake_hold_mdev(fake, U1);
    hd_port_run_jobs(port, &job, 1, 1);
    ck_assert_int_eq(job.result, HD_JOB_LATE);
    ck_assert_int_eq(answer, 0);
    /* Only folder, group and node are left, and it is not free either. */
    ck_assert(!hd_port_exists(port, MDEVS U1));
    ck_assert(!hd_port_exists(port, MTTY "mdev_supported_types/mtty-2/devices/" U1));
    assert_members("sys/devices/virtual/mtty/mtty/" U1, 1);
    assert_link(MTTY U1 "/iommu_group", "../../../../../kernel/iommu_groups/1000");
    assert_members("sys/kernel/iommu_groups/1000/devices", 1);
    ck_assert(hd_port_exists(port, "dev/vfio/1000"));
    ck_assert_int_eq(remove_mdev(U1), ENOENT);
    ck_assert_int_eq(create("mtty", "mtty-2", U1), EEXIST);
    assert_available("mtty", "mtty-2", "1");
    ck_assert_int_eq(hd_port_lock(port, "run/hostdevctl/device/" U1, true, 0, &lock), EWOULDBLOCK);
    hd_fake_let_go_mdev(fake, U1);
    ck_assert_int_eq(hd_port_lock(port, "run/hostdevctl/device/" U1, true, 0, &lock), 0);
    hd_port_unlock(port, lock);
    ck_assert(!hd_port_exists(port, "dev/vfio/1000"));
    ck_assert(!hd_port_exists(port, "sys/devices/virtual/mtty/mtty/" U1));
    assert_available("mtty", "mtty-2", "2");
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    ck_assert_int_eq(remove_mdev(U1), 0);
    assert_available("mtty", "mtty-2", "2");
}
END_TEST

START_TEST(let_go_before_the_remove_changes_nothing)
{
    hd_fake_hold_mdev(fake, U1);
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    hd_fake_let_go_mdev(fake, U1);
    ck_assert(hd_port_exists(port, MDEVS U1));
    ck_assert_int_eq(remove_mdev(U1), 0);
    assert_available("mtty", "mtty-2", "2");
}
END_TEST

START_TEST(busy_so_many_times)
{
    hd_fake_mdev_busy_times(fake, U1, 2);
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    ck_assert_int_eq(remove_mdev(U1), EBUSY);
    ck_assert_int_eq(hd_port_write(port, "0", MDEVS U1 "/remove"), 0);
    ck_assert_int_eq(remove_mdev(U1), EBUSY);
    ck_assert(hd_port_exists(port, MDEVS U1));
    ck_assert_int_eq(remove_mdev(U1), 0);
}
END_TEST

START_TEST(drained_at_our_create)
{
    hd_fake_drain_mdev(fake, "mtty", "mtty-2", 1);
    assert_available("mtty", "mtty-2", "2");
    /* Another type doesn't bring it about. */
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    ck_assert_int_eq(remove_mdev(U1), 0);
    ck_assert_int_eq(create("mtty", "mtty-2", U1), 0);
    assert_available("mtty", "mtty-2", "0");
    ck_assert_int_eq(remove_mdev(U1), 0);
    assert_available("mtty", "mtty-2", "1");
    hd_fake_drain_mdev(fake, "mtty", "mtty-2", 9);
    ck_assert_int_eq(create("mtty", "mtty-2", U1), ENOSPC);
    assert_available("mtty", "mtty-1", "0");
}
END_TEST

START_TEST(faults_are_counted_here_too)
{
    hd_fake_fail_at(fake, 1, EIO);
    ck_assert_int_eq(create("mtty", "mtty-1", U1), EIO);
    ck_assert(!hd_port_exists(port, MDEVS U1));
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
    hd_fake_die_at(fake, 3, true);
    ck_assert_int_eq(remove_mdev(U1), 0);
    ck_assert(hd_fake_is_dead(fake));
    hd_fake_revive(fake);
    ck_assert(!hd_port_exists(port, MDEVS U1));
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
}
END_TEST

START_TEST(pulled_parent_takes_its_mdevs_along)
{
    ck_assert_int_eq(create("0000:41:00.0", "nvidia-36", U1), 0);
    ck_assert_int_eq(create("0000:42:00.0", "nvidia-36", U2), 0);
    hd_fake_remove_device(fake, "0000:41:00.0");
    assert_members("sys/class/mdev_bus", 2);
    assert_members("sys/bus/mdev/devices", 1);
    ck_assert(!hd_port_exists(port, "dev/vfio/1000"));
    ck_assert_int_eq(create("mtty", "mtty-1", U1), 0);
}
END_TEST

START_TEST(pci_parent_is_still_a_function)
{
    ck_assert_int_eq(hd_port_write(port, "abc", "sys/bus/pci/devices/0000:41:00.0/driver_override"),
                     0);
    g_autofree char *binding = hd_fake_binding(fake, "0000:41:00.0");
    ck_assert_str_eq(binding, "nvidia abc");
}
END_TEST

HD_TEST_MAIN(
    "fake mdevs", tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, parents_show_their_types);
    tcase_add_test(tcase, nameless_type_has_no_name_file);
    tcase_add_test(tcase, mdev_is_in_all_its_places); tcase_add_test(tcase, remove_leaves_nothing);
    tcase_add_test(tcase, create_reads_a_uuid); tcase_add_test(tcase, uuid_is_unique_on_the_host);
    tcase_add_test(tcase, types_share_the_capacity); tcase_add_test(tcase, type_has_its_own_limit);
    tcase_add_test(tcase, remove_reads_a_number);
    tcase_add_test(tcase, power_control_is_on_or_auto); tcase_add_test(tcase, dump_shows_mdevs);
    tcase_add_test(tcase, remove_of_a_used_mdev_is_late_and_in_between);
    tcase_add_test(tcase, let_go_before_the_remove_changes_nothing);
    tcase_add_test(tcase, busy_so_many_times); tcase_add_test(tcase, drained_at_our_create);
    tcase_add_test(tcase, faults_are_counted_here_too);
    tcase_add_test(tcase, pulled_parent_takes_its_mdevs_along);
    tcase_add_test(tcase, pci_parent_is_still_a_function))
