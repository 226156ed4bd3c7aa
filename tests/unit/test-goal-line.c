/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal's lines: each kind of goal comes back as it was written, and nothing else is taken
 * for one, as a root process acts on them after a crash.
 */
#include <string.h>

#include "hd-goal.h"
#include "hd-test.h"

#define A    "0000:01:00.0"
#define ID   " id=10de:2237:1043:0001:030000"
#define UUID "11111111-aaaa-4aaa-8aaa-111111111111"
#define VF   " pf=0000:07:00.0 index=3 from=trust%3Doff"

/* The last word of each may be left out or broken in the tables below. */
static const char *const good[] = {
    "hold " A,
    "hold " A " companion=1 card=1",
    "pci " A ID,
    "pci " A " companion=1" ID " from.driver=nouveau from.override=x from.module=nouveau"
    " to.driver=vfio-pci to.override=vfio-pci from.bars=0:256M to.bars=0:8192M awaits-close=1",
    "node " A " node=group from=0:0:600 to=64055:64055:660",
    "node " UUID " node=cdev to=4294967295:0:7777",
    "node 0000:00:00.0 node=iommu from=0:107:0",
    "node usb-001:004 node=usb from=0:0:664 to=64055:64055:660 usb=046d:c31c",
    "node ttyS0 node=tty from=0:20:660 to=64055:20:660",
    "mdev " UUID " place=0000:0a:00.0/nvidia-63",
    "mdev " UUID " made=1 place=mtty/mtty-1 place=0000:0a:00.0/nvidia-63 attr=params/a%3D1",
    "vgpu " A ID " from=0 to=4294967295",
    "vf " A VF,
    "vf " A VF " to=trust%3Don after-libvirt=1",
    "mac " A VF " mac=52:54:00:00:00:01",
    "sriov " A ID " from=0 to=4 autoprobe=1",
    "sriov " A ID " from=4 to=0 autoprobe=0",
    "usb usb-999:001 usb=046d:c31c",
    "tty serial/by-id/usb-x",
    "hugepages hugepages-2048kB owner=" UUID
    " size=2048 nodes=18446744073709551615 count=512 max=0",
    "unit display-manager.service",
    "console console",
    "console console kept=1",
    "screen simple-framebuffer.0 driver=simple-framebuffer of=" A,
    "module nvidia_drm",
    "settings " A ID " set=reset_method%7Cflr%20bus%7Cbus set=power%2Fcontrol%7Cauto",
};

START_TEST(comes_back)
{
    g_autoptr(HdGoal) goal = NULL;
    ck_assert_msg(hd_goal_parse(good[_i], &goal), "%s", good[_i]);
    g_autofree char *text = hd_goal_format(goal);
    g_autoptr(HdGoal) copy = hd_goal_copy(goal);
    g_autofree char *copied = hd_goal_format(copy);
    ck_assert_str_eq(copied, text);
    /* A "/" may be written as it is or not. */
    g_auto(GStrv) parts = g_strsplit(good[_i], "%2F", -1);
    g_autofree char *wanted = g_strjoinv("/", parts);
    ck_assert_str_eq(text, wanted);
}
END_TEST

static const char *const bad[] = {
    "",
    "hold",
    "held " A,
    "hold ",
    "hold 0000:01:00",
    "pci " A,
    "pci " A " id=10de:2237:1043:0001",
    "pci " A " id=10de:2237:1043:0001:030000:0",
    "pci " A " id=10de:2237:1043:0001:03000",
    "pci " A " id=10dE:2237:1043:0001:030000",
    "pci " A " id=10de:+237:1043:0001:030000",
    "pci " A " id=10de:2237:104:0001:030000",
    "pci " A " id=10de:2237:1043:00001:030000",
    "pci " A ID " from.bars=0:3M",
    "pci " A ID " to.bars=much",
    "node " A,
    "node " A " node=disk",
    "node " A " node=usb",
    "node " A " node=tty",
    "node " A " node=usb usb=046d:c31c",
    "node " A " node=group from=0:0",
    "node " A " node=group from=0:0:660:0",
    "node " A " node=group from=-1:0:660",
    "node " A " node=group from=0:x:660",
    "node " A " node=group from=0:0:668",
    "node " A " node=group from=0:0:10000",
    "node " A " node=group to=4294967296:0:660",
    "node usb-001:004 node=group",
    "node usb-001:004 node=usb",
    "node usb-001:004 node=usb usb=046d",
    "node usb-001:004 node=usb usb=046d:c31c:1",
    "node usb-001:004 node=usb usb=46d:c31c",
    "node usb-001:004 node=usb usb=046d:31c",
    "node ttyS0 node=group",
    "node ../ttyS0 node=tty",
    "mdev " A " place=mtty/mtty-1",
    "mdev " UUID,
    "mdev " UUID " place=mtty",
    "mdev " UUID " place=mtty/a/b",
    "mdev " UUID " place=../mtty-1",
    "mdev " UUID " place=mtty/..",
    "mdev " UUID " place=mtty/mtty-1 place=x",
    "mdev " UUID " place=mtty/mtty-1 attr=params",
    "mdev " UUID " place=mtty/mtty-1 attr=remove%3D1",
    "vgpu " A " from=0 to=1",
    "vgpu " A ID " from=0",
    "vgpu " A ID " to=1",
    "vgpu " A ID " from=0 to=4294967296",
    "vgpu " A ID " from=x to=1",
    "vf " A " index=3 from=trust%3Doff",
    "vf " A " pf=0000:07:00 index=3 from=trust%3Doff",
    "vf " A " pf=0000:07:00.0 from=trust%3Doff",
    "vf " A " pf=0000:07:00.0 index=3",
    "vf " A " pf=0000:07:00.0 index=3 from=trust%3Dmaybe",
    "vf " A VF " to=trust%3Dmaybe",
    "mac " A VF,
    "mac " A VF " mac=52:54:00:00:00",
    "mac " A " mac=52:54:00:00:00:01",
    "sriov " A " from=0 to=4 autoprobe=1",
    "sriov " A ID " to=4 autoprobe=1",
    "sriov " A ID " from=0 autoprobe=1",
    "sriov " A ID " from=0 to=4",
    "sriov " A ID " from=0 to=4 autoprobe=2",
    "usb " A " usb=046d:c31c",
    "usb usb-000:001 usb=046d:c31c",
    "usb usb-001:000 usb=046d:c31c",
    "usb usb-1000:001 usb=046d:c31c",
    "usb usb-001:1000 usb=046d:c31c",
    "usb usb-001 usb=046d:c31c",
    "usb usb-001:001:1 usb=046d:c31c",
    "usb usb-001:001",
    "usb usb.001:001 usb=046d:c31c",
    "tty .",
    "tty a//b",
    "hugepages x owner=" A " size=2048 nodes=0 count=1 max=0",
    "hugepages x owner=" UUID " size=0 nodes=0 count=1 max=0",
    "hugepages x owner=" UUID " nodes=0 count=1 max=0",
    "hugepages x owner=" UUID " size=2048 count=1 max=0",
    "hugepages x owner=" UUID " size=2048 nodes=0 max=0",
    "hugepages x owner=" UUID " size=2048 nodes=0 count=1",
    "unit display-manager",
    "unit a/b.service",
    "screen a/b driver=x of=" A,
    "screen x of=" A,
    "screen x driver=a%2Fb of=" A,
    "screen x driver=x",
    "screen x driver=x of=" UUID,
    "module ext4",
    "settings " A ID,
    "settings " A " set=d3cold_allowed%7C1",
    "settings " A ID " set=d3cold_allowed",
    "settings " A ID " set=d3cold_allowed%7C1%7C",
    "settings " A ID " set=d3cold_allowed%7C1%7C0%7C1",
    "settings " A ID " set=d3cold_allowed%7C1 set=remove%7C0%7C1",
    "settings " A ID " set=d3cold_allowed%7CX",
    "settings " A ID " set=d3cold_allowed%7C1%7CX",
};

START_TEST(is_none)
{
    g_autoptr(HdGoal) goal = NULL;
    ck_assert_msg(!hd_goal_parse(bad[_i], &goal), "%s", bad[_i]);
    ck_assert_ptr_null(goal);
}
END_TEST

/* A line, how it is shown to a person, and whether anything is to be done. */
static const struct {
    const char *line, *words;
    bool is_change;
} told[] = {
    {"hold " A, A ": reserved, its driver left to libvirt", false},
    {"hold " A " companion=1", A ": reserved, left as it is (same IOMMU group)", false},
    {"hold " A " companion=1 card=1", A ": reserved, left as it is (same card)", false},
    {"pci " A ID, A ": stays on no driver", false},
    {"pci " A ID " from.driver=x to.driver=x", A ": stays on x", false},
    {"pci " A ID " from.driver=x to.driver=x to.bars=0:8G", A ": stays on x, BAR sizes 0:8192M",
     true},
    {"pci " A " companion=1" ID " from.driver=x to.driver=v to.override=v",
     A ": x -> v (same IOMMU group)", true},
    {"pci " A " companion=1 card=1" ID " from.override=o to.driver=v to.override=o",
     A ": no driver (driver_override o) -> v (driver_override o) (same card)", true},
    {"node " A " node=group from=1:2:600 to=1:2:600",
     A ": its /dev/vfio group node gets owner 1:2, mode 0600", false},
    {"node " A " node=cdev from=1:2:600 to=1:2:660",
     A ": its /dev/vfio/devices node gets owner 1:2, mode 0660", true},
    {"node " A " node=iommu from=1:2:600 to=1:3:600", "/dev/iommu gets owner 1:3, mode 0600", true},
    {"node ttyS0 node=tty from=1:2:600 to=2:2:600", "/dev/ttyS0 gets owner 2:2, mode 0600", true},
    {"node usb-001:004 node=usb to=0:0:0 usb=046d:c31c",
     "/dev/bus/usb/001/004 gets owner 0:0, mode 0000", true},
    {"mdev " UUID " place=mtty/mtty-1",
     "mdev " UUID ": is there already (mtty-1 on mtty), and stays", false},
    {"mdev " UUID " made=1 place=mtty/mtty-1 place=x/y attr=a%3D1 attr=b%3D2",
     "mdev " UUID ": made as mtty-1 on mtty, a=1, b=2", true},
    {"vgpu " A ID " from=7 to=7", A ": keeps vGPU type 7", false},
    {"vgpu " A ID " from=0 to=7", A ": vGPU type 0 -> 7", true},
    {"vf " A VF, A ": its VF settings are kept in mind, for afterwards", false},
    {"vf " A VF " to=trust%3Doff", A ": VF settings trust=off", false},
    {"vf " A VF " to=trust%3Don", A ": VF settings trust=on", true},
    {"mac " A VF " mac=52:54:00:00:00:01",
     A ": its network interface gets 52:54:00:00:00:01 again afterwards", false},
    {"sriov " A ID " from=4 to=4 autoprobe=1", A ": 4 -> 4 VFs", false},
    {"sriov " A ID " from=0 to=4 autoprobe=1", A ": 0 -> 4 VFs", true},
    {"usb usb-001:002 usb=046d:c31c", "USB 001:002 (046d:c31c): reserved, its driver left to QEMU",
     false},
    {"tty ttyS0", "/dev/ttyS0: reserved", false},
    {"hugepages x owner=" UUID " size=2048 nodes=0 count=0 max=0",
     "0 huge pages of 2 MiB: those that lack are allocated, and given back afterwards", false},
    {"hugepages x owner=" UUID " size=1048576 nodes=5 count=1 max=0",
     "1 huge pages of 1 GiB on NUMA nodes 0,2: those that lack are allocated, and given back "
     "afterwards",
     true},
    {"unit a.service", "a.service: stopped, and started again afterwards", true},
    {"screen s driver=d of=" A, "s: the firmware's framebuffer leaves its driver d", true},
    {"console console",
     "console: this host's text console leaves the screen, and comes back afterwards", true},
    {"console console kept=1",
     "console: this host's text console goes on on another screen, and comes back afterwards",
     true},
    {"module nvidia_drm", "module nvidia_drm: unloaded, and loaded again afterwards", true},
    {"module nvidia_drm kept=1", "module nvidia_drm: stays, since another card's driver needs it",
     false},
    {"settings " A ID " set=reset_method%7C set=d3cold_allowed%7C1",
     A ": reset_method empty is put back afterwards, d3cold_allowed 1 is put back afterwards",
     false},
    {"settings " A ID " set=d3cold_allowed%7C1 set=reset_method%7Cflr%7Cbus",
     A ": d3cold_allowed 1 is put back afterwards, reset_method flr -> bus", true},
};

START_TEST(told_to_people)
{
    g_autoptr(HdGoal) goal = NULL;
    ck_assert_msg(hd_goal_parse(told[_i].line, &goal), "%s", told[_i].line);
    g_autofree char *words = hd_goal_describe(goal);
    ck_assert_str_eq(words, told[_i].words);
    ck_assert_msg(hd_goal_is_change(goal) == told[_i].is_change, "%s", words);
}
END_TEST

HD_TEST_MAIN("goal-line", tcase_add_loop_test(tcase, comes_back, 0, G_N_ELEMENTS(good));
             tcase_add_loop_test(tcase, is_none, 0, G_N_ELEMENTS(bad));
             tcase_add_loop_test(tcase, told_to_people, 0, G_N_ELEMENTS(told)))
