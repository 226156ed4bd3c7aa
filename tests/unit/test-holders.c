/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who uses a device: each sentence that a person will read, from the files it is read from.
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-host.h"
#include "hd-holders.h"
#include "hd-probe.h"
#include "hd-test.h"

#define NIC  "sys/devices/pci0000:00/0000:01:00.0"
#define DISK "sys/devices/pci0000:00/0000:03:00.0/nvme/nvme0/nvme0n1"

static HdFake *fake;

static void
setup(void)
{
    fake = hd_fake_host_new();
    hd_fake_set_file(fake, "proc/self/mountinfo",
                     "21 1 0:20 / /proc rw - proc proc rw\n"
                     "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n");
    hd_fake_set_file(fake, "proc/swaps", "Filename Type Size Used Priority\n");
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:03:00.0/nvme/nvme0/uevent",
                     "MAJOR=240\nMINOR=0\nDEVNAME=nvme0\n");
    hd_fake_set_file(fake, DISK "/uevent", "MAJOR=259\nMINOR=0\nDEVNAME=nvme0n1\nDEVTYPE=disk\n");
    hd_fake_set_file(fake, DISK "/nvme0n1p1/uevent",
                     "MAJOR=259\nMINOR=1\nDEVNAME=nvme0n1p1\nDEVTYPE=partition\n");
    hd_fake_set_file(fake, "sys/class/block/nvme0n1/dev", "259:0\n");
    hd_fake_set_file(fake, "sys/class/block/nvme0n1p1/dev", "259:1\n");
    hd_fake_set_file(fake, NIC "/net/eth0/uevent", "INTERFACE=eth0\n");
}

static void
teardown(void)
{
    hd_fake_free(fake);
}

/* All holders of @address, one a line: "rule: text; remedy". */
static char *
holders_of(const char *address)
{
    HdPciAddress parsed;
    HdDevice *device = NULL;
    ck_assert(hd_pci_address_parse(address, &parsed));
    ck_assert(hd_probe_device(hd_fake_port(fake), &parsed, &device, NULL));
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    g_ptr_array_add(devices, device);
    hd_holders_find(hd_fake_port(fake), devices);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < device->holders->len; i++) {
        const HdHolder *holder = g_ptr_array_index(device->holders, i);
        g_string_append_printf(text, "%s: %s; %s\n", hd_rule_name(holder->rule), holder->text,
                               holder->remedy);
    }
    hd_device_free(device);
    return g_string_free(text, FALSE);
}

static void
assert_holders(const char *address, const char *wanted)
{
    g_autofree char *got = holders_of(address);
    ck_assert_str_eq(got, wanted);
}

static void
mount_line(const char *line)
{
    hd_fake_set_file(fake, "proc/self/mountinfo", line);
}

static int (*real_list)(HdPort *port, const char *path, GPtrArray **ret_names);

static int
list_all_but_proc(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return g_str_equal(path, "proc") ? EACCES : real_list(port, path, ret_names);
}

START_TEST(unused)
{
    assert_holders("0000:03:00.0", "");
    assert_holders("0000:01:00.0", "");
}
END_TEST

START_TEST(mounted_partition)
{
    mount_line("30 22 259:1 / /srv/my\\040data rw - ext4 /dev/nvme0n1p1 rw\n");
    assert_holders("0000:03:00.0",
                   "storage: /dev/nvme0n1p1 is mounted on /srv/my data; unmount /srv/my data\n");
}
END_TEST

START_TEST(mounted_by_number_whatever_its_name)
{
    mount_line("30 22 259:0 / /srv rw - ext4 /dev/disk/by-id/x rw\n");
    assert_holders("0000:03:00.0", "storage: /dev/nvme0n1 is mounted on /srv; unmount /srv\n");
}
END_TEST

START_TEST(swap)
{
    hd_fake_set_file(fake, "proc/swaps", "Filename Type\n/dev/nvme0n1p1 partition 1 0 -2\n");
    assert_holders("0000:03:00.0",
                   "storage: /dev/nvme0n1p1 is swap space; swapoff /dev/nvme0n1p1\n");
}
END_TEST

START_TEST(lvm_mounted)
{
    hd_fake_set_link(fake, "sys/class/block/nvme0n1p1/holders/dm-0", "x");
    hd_fake_set_file(fake, "sys/class/block/dm-0/dev", "253:0");
    hd_fake_set_file(fake, "sys/class/block/dm-0/dm/name", "vg0-root");
    hd_fake_set_file(fake, "sys/class/block/dm-0/dm/uuid", "LVM-abc");
    mount_line("30 22 253:0 / / rw - ext4 /dev/mapper/vg0-root rw\n");
    assert_holders("0000:03:00.0",
                   "storage: /dev/mapper/vg0-root (LVM volume) on /dev/nvme0n1p1 is "
                   "mounted on /; unmount /\n");
}
END_TEST

START_TEST(array_active_though_not_mounted)
{
    hd_fake_set_link(fake, "sys/class/block/nvme0n1/holders/md0", "x");
    hd_fake_set_file(fake, "sys/class/block/md0/dev", "9:0");
    assert_holders(
        "0000:03:00.0",
        "storage: /dev/md0 on /dev/nvme0n1 is active; deactivate it (vgchange -an, mdadm "
        "--stop, dmsetup remove)\n");
}
END_TEST

static void
add_loop(const char *name, const char *number, const char *file)
{
    g_autofree char *folder = g_strconcat("sys/class/block/", name, NULL);
    g_autofree char *dev = g_strconcat(folder, "/dev", NULL);
    g_autofree char *backing = g_strconcat(folder, "/loop/backing_file", NULL);
    hd_fake_set_file(fake, dev, number);
    if (file != NULL)
        hd_fake_set_file(fake, backing, file);
}

/* Such a disk has no holder, and the kernel doesn't keep it. */
START_TEST(loop_on_a_disk)
{
    add_loop("loop0", "7:0", "/dev/nvme0n1\n");
    add_loop("loop1", "7:1", "/srv/nvme0n1\n");
    add_loop("loop2", "7:2", NULL);
    assert_holders("0000:03:00.0", "storage: /dev/loop0 on /dev/nvme0n1 is active; detach it "
                                   "(losetup -d /dev/loop0)\n");
    mount_line("30 22 7:0 / /mnt rw - ext4 /dev/loop0 rw\n");
    assert_holders("0000:03:00.0",
                   "storage: /dev/loop0 on /dev/nvme0n1 is mounted on /mnt; unmount /mnt\n");
    assert_holders("0000:01:00.0", "");
}
END_TEST

START_TEST(loop_on_a_loop_on_a_volume)
{
    hd_fake_set_link(fake, "sys/class/block/nvme0n1p1/holders/dm-0", "x");
    hd_fake_set_file(fake, "sys/class/block/dm-0/dev", "253:0");
    hd_fake_set_file(fake, "sys/class/block/dm-0/dm/name", "vg0-data");
    add_loop("loop0", "7:0", "/dev/dm-0\n");
    add_loop("loop1", "7:1", "/dev/loop0\n");
    assert_holders("0000:03:00.0", "storage: /dev/loop1 on /dev/loop0 on /dev/mapper/vg0-data on "
                                   "/dev/nvme0n1p1 is active; detach it (losetup -d /dev/loop1)\n");
}
END_TEST

START_TEST(btrfs_member)
{
    hd_fake_set_file(fake, "sys/fs/btrfs/1234-abcd/devices/nvme0n1p1/dev", "259:1");
    assert_holders("0000:03:00.0",
                   "storage: /dev/nvme0n1p1 is part of the mounted btrfs 1234-abcd; "
                   "unmount it, or remove the disk from it\n");
}
END_TEST

START_TEST(kept_by_the_kernel)
{
    hd_fake_claim_block(fake, "dev/nvme0n1p1");
    hd_fake_set_file(fake, "run/udev/data/b259:1", "E:ID_FS_TYPE=zfs_member\nG:x\n");
    assert_holders("0000:03:00.0", "storage: /dev/nvme0n1p1 is kept by the kernel (zfs_member); "
                                   "stop what uses it\n");
}
END_TEST

/* The kernel keeps the whole disk too when it keeps a partition: that says nothing new. */
START_TEST(kept_with_a_partition)
{
    hd_fake_claim_block(fake, "dev/nvme0n1");
    hd_fake_claim_block(fake, "dev/nvme0n1p1");
    hd_fake_set_file(fake, "sys/class/block/nvme0n1/nvme0n1p1/partition", "1");
    hd_fake_set_file(fake, "run/udev/data/b259:1", "E:ID_FS_TYPE=zfs_member\n");
    assert_holders("0000:03:00.0", "storage: /dev/nvme0n1p1 is kept by the kernel (zfs_member); "
                                   "stop what uses it\n");
    mount_line("30 22 259:1 / /srv rw - ext4 /dev/nvme0n1p1 rw\n");
    assert_holders("0000:03:00.0", "storage: /dev/nvme0n1p1 is mounted on /srv; unmount /srv\n");
    mount_line("30 22 259:0 / /srv rw - ext4 /dev/nvme0n1 rw\n");
    assert_holders("0000:03:00.0", "storage: /dev/nvme0n1 is mounted on /srv; unmount /srv\n");
}
END_TEST

START_TEST(unreadable_block_facts)
{
    static const char *const folders[] = {"sys/class/block/nvme0n1/holders", "sys/fs/btrfs"};
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        hd_fake_set_file(fake, folders[i], "");
        g_autofree char *got = holders_of("0000:03:00.0");
        ck_assert_contains(got, "storage: whether /dev/nvme0n1 is in use can't be told (Not a "
                                "directory); look at it by hand\n");
        hd_fake_unset(fake, folders[i]);
    }
    hd_fake_unset(fake, "proc/swaps");
    assert_holders("0000:03:00.0", "");
    hd_fake_set_file(fake, "proc/swaps/x", "");
    assert_holders("0000:03:00.0", "storage: whether one of its disks is in use can't be told (Is "
                                   "a directory); look at it by hand\n");
}
END_TEST

START_TEST(multipath_head)
{
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:03:00.0/nvme/nvme0/nvme0c0n2/uevent", "x");
    hd_fake_set_file(fake, "sys/class/block/nvme0n2/dev", "259:9");
    mount_line("30 22 259:9 / /srv rw - ext4 /dev/nvme0n2 rw\n");
    assert_holders("0000:03:00.0", "storage: /dev/nvme0n2 is mounted on /srv; unmount /srv\n");
}
END_TEST

START_TEST(mounts_that_cannot_be_read)
{
    hd_fake_unset(fake, "proc/self/mountinfo");
    assert_holders("0000:03:00.0",
                   "storage: whether its disks are mounted can't be told; mount /proc\n");
}
END_TEST

START_TEST(address)
{
    hd_fake_set_net_address(fake, "eth0", "192.0.2.7");
    assert_holders("0000:01:00.0",
                   "network: network interface eth0 has the address 192.0.2.7; move "
                   "it to another interface, or set network=allow\n");
}
END_TEST

START_TEST(default_route)
{
    hd_fake_set_file(fake, "proc/net/route",
                     "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
                     "eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                     "eth1\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n");
    assert_holders("0000:01:00.0",
                   "network: network interface eth0 carries the default route; move "
                   "the route to another interface, or set network=allow\n");
}
END_TEST

START_TEST(default_route6)
{
    hd_fake_set_file(
        fake, "proc/net/ipv6_route",
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
        "fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n");
    assert_holders("0000:01:00.0",
                   "network: network interface eth0 carries the default route; move "
                   "the route to another interface, or set network=allow\n");
}
END_TEST

START_TEST(default_route6_without_a_hop)
{
    hd_fake_set_file(
        fake, "proc/net/ipv6_route",
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
        "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n");
    assert_holders("0000:01:00.0", "");
    hd_fake_set_file(
        fake, "proc/net/ipv6_route",
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
        "00000000000000000000000000000000 00000400 00000001 00000000 00000001     eth0\n");
    g_autofree char *got = holders_of("0000:01:00.0");
    ck_assert_contains(got, "network interface eth0 carries the default route");
}
END_TEST

START_TEST(macvtap)
{
    hd_fake_set_link(fake, "sys/class/net/eth0/upper_mt0", "../mt0");
    hd_fake_set_file(fake, "sys/class/net/mt0/macvtap/tap17/dev", "241:1");
    assert_holders("0000:01:00.0",
                   "network: network interface mt0 (on eth0) is a VM's network card; stop "
                   "that VM, or set network=allow\n");
}
END_TEST

START_TEST(other_namespace)
{
    hd_fake_unset(fake, NIC "/net/eth0");
    assert_holders("0000:01:00.0", "network: its network interface is in another network "
                                   "namespace; stop the container that has it, or set "
                                   "network=allow\n");
}
END_TEST

/* virtio-net and USB NICs keep their interfaces further down. */
START_TEST(other_namespace_below_another_device)
{
    hd_fake_set_file(fake, NIC "/virtio0/net/eth9", "");
    hd_fake_unset(fake, NIC "/virtio0/net/eth9");
    assert_holders("0000:01:00.0", "network: its network interface is in another network "
                                   "namespace; stop the container that has it, or set "
                                   "network=allow\n");
}
END_TEST

/* Behind expanders; 32 is more than any is. */
START_TEST(disk_far_below)
{
    g_autoptr(GString) path = g_string_new(NIC);
    for (guint i = 0; i < 24; i++)
        g_string_append_printf(path, "/port-%u", i);
    g_autofree char *uevent = g_strconcat(path->str, "/sdz/uevent", NULL);
    hd_fake_set_file(fake, uevent, "MAJOR=8\nMINOR=400\nDEVNAME=sdz\nDEVTYPE=disk\n");
    hd_fake_set_file(fake, "sys/class/block/sdz/dev", "8:400\n");
    hd_fake_add_process(fake, 77, "fio", "fio", "/dev/sdz");
    assert_holders("0000:01:00.0", "process: /dev/sdz is open in fio (pid 77); stop process 77\n");
    for (guint i = 24; i < 40; i++)
        g_string_append_printf(path, "/port-%u", i);
    g_autofree char *deeper = g_strconcat(path->str, "/sdy/uevent", NULL);
    hd_fake_set_file(fake, deeper, "DEVNAME=sdy\nDEVTYPE=disk\n");
    assert_holders("0000:01:00.0",
                   "storage: what is below it in sysfs can't be read (File name too "
                   "long); look at it by hand\n"
                   "process: /dev/sdz is open in fio (pid 77); stop process 77\n");
}
END_TEST

START_TEST(odd_names)
{
    hd_fake_set_file(fake, NIC "/net/e\033[31m/uevent", "");
    hd_fake_set_net_address(fake, "e\033[31m", "192.0.2.7");
    hd_fake_set_link(fake, "sys/class/net/e\033[31m/master", "../b\033");
    assert_holders("0000:01:00.0",
                   "network: network interface e\\x1b[31m has the address 192.0.2.7; move "
                   "it to another interface, or set network=allow\n"
                   "network: network interface e\\x1b[31m is a port of the device b\\x1b; take "
                   "it out with 'ip link set e\\x1b[31m nomaster'\n");
}
END_TEST

START_TEST(unreadable_network_facts)
{
    hd_fake_set_file(fake, "sys/class/net/eth0/master", "");
    assert_holders("0000:01:00.0", "network: eth0 can't be read (Invalid argument); look with "
                                   "'ip address' and 'ip route'\n");
    hd_fake_unset(fake, "sys/class/net/eth0/master");
    hd_fake_set_file(fake, "proc/net/route/x", "");
    assert_holders("0000:01:00.0", "network: the routes of this host can't be read (Is a "
                                   "directory); look with 'ip address' and 'ip route'\n");
}
END_TEST

START_TEST(bridge_port)
{
    hd_fake_set_link(fake, "sys/class/net/eth0/master", "../br0");
    hd_fake_set_file(fake, "sys/class/net/br0/bridge/stp_state", "0");
    assert_holders("0000:01:00.0",
                   "network: network interface eth0 is a port of the bridge br0; take "
                   "it out with 'ip link set eth0 nomaster'\n");
}
END_TEST

START_TEST(vlan_on_top)
{
    hd_fake_set_link(fake, "sys/class/net/eth0/upper_eth0.10", "../eth0.10");
    hd_fake_set_net_address(fake, "eth0.10", "192.0.2.9");
    g_autofree char *got = holders_of("0000:01:00.0");
    ck_assert_contains(got, "network interface eth0.10 (on eth0) has the address 192.0.2.9");
}
END_TEST

START_TEST(open_node)
{
    hd_fake_add_process(fake, 77, "fio\n", "fio", "/dev/nvme0n1");
    hd_fake_add_process(fake, 78, "bash", "bash", "/dev/null");
    hd_fake_add_process(fake, 79, "(udev-worker)", "udev", "/dev/nvme0n1");
    assert_holders("0000:03:00.0",
                   "process: /dev/nvme0n1 is open in fio (pid 77); stop process 77\n");
    assert_holders("0000:01:00.0", "");
}
END_TEST

START_TEST(unreadable_proc)
{
    HdPort *port = hd_fake_port(fake);
    const HdPortOps *good = port->ops;
    HdPortOps ops = *good;
    real_list = good->list;
    ops.list = list_all_but_proc;
    port->ops = &ops;
    assert_holders("0000:03:00.0", "process: whether a process has it open can't be told "
                                   "(Permission denied); mount /proc\n");
    assert_holders("0000:01:00.0", "");
    port->ops = good;
}
END_TEST

START_TEST(oldest_process_first)
{
    hd_fake_add_process(fake, 1070, "sh", "sh", "/dev/nvme0n1");
    hd_fake_add_process(fake, 280, "bash", "bash", "/dev/nvme0n1");
    assert_holders("0000:03:00.0",
                   "process: /dev/nvme0n1 is open in bash (pid 280); stop process 280\n"
                   "process: /dev/nvme0n1 is open in sh (pid 1070); stop process 1070\n");
}
END_TEST

START_TEST(process_without_a_name)
{
    hd_fake_add_process(fake, 77, "fio", "fio", "/dev/nvme0n1");
    hd_fake_unset(fake, "proc/77/comm");
    assert_holders("0000:03:00.0", "");
    hd_fake_set_file(fake, "proc/77/comm/x", "");
    assert_holders("0000:03:00.0",
                   "process: /dev/nvme0n1 is open in a process (pid 77); stop process 77\n");
}
END_TEST

static void
bind_to_vfio(const char *name)
{
    HdPort *port = hd_fake_port(fake);
    ck_assert_int_eq(
        hd_port_write(port, "vfio-pci", "sys/bus/pci/devices/%s/driver_override", name), 0);
    ck_assert_int_eq(hd_port_write(port, name, "sys/bus/pci/drivers/e1000e/unbind"), 0);
    ck_assert_int_eq(hd_port_write(port, name, "sys/bus/pci/drivers/vfio-pci/bind"), 0);
}

/* Whoever has the group's node open has all of its functions. */
START_TEST(open_group_of_two)
{
    HdPciAddress parsed;
    HdDevice *device = NULL;
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)hd_device_free);
    static const char *const names[] = {"0000:02:00.0", "0000:02:00.1"};
    hd_fake_add_driver(fake, "vfio-pci", true);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        bind_to_vfio(names[i]);
        ck_assert(hd_pci_address_parse(names[i], &parsed));
        ck_assert(hd_probe_device(hd_fake_port(fake), &parsed, &device, NULL));
        g_ptr_array_add(devices, device);
    }
    hd_fake_add_process(fake, 77, "qemu-system-x86", "qemu", "/dev/vfio/2");
    hd_holders_find(hd_fake_port(fake), devices);
    for (guint i = 0; i < devices->len; i++) {
        device = g_ptr_array_index(devices, i);
        ck_assert_uint_eq(device->holders->len, 1);
        const HdHolder *holder = g_ptr_array_index(device->holders, 0);
        ck_assert_str_eq(holder->text, "/dev/vfio/2 is open in qemu-system-x86 (pid 77)");
    }
}
END_TEST

/* A stuck unbind: the driver has gone, the user and the group's node have not. */
START_TEST(open_group_without_a_driver)
{
    hd_fake_add_process(fake, 77, "qemu-system-x86", "qemu", "/dev/vfio/5");
    assert_holders("0000:05:00.0", "");
    hd_fake_set_file(fake, "dev/vfio/5", "");
    assert_holders("0000:05:00.0",
                   "process: /dev/vfio/5 is open in qemu-system-x86 (pid 77); stop process 77\n");
}
END_TEST

/* A mediated device goes when its parent leaves its driver; its user has another group open. */
START_TEST(open_mdev)
{
    hd_fake_set_link(fake,
                     "sys/devices/pci0000:00/0000:01:00.0/"
                     "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa/iommu_group",
                     "../../../../kernel/iommu_groups/99");
    hd_fake_add_process(fake, 77, "qemu-system-x86", "qemu", "/dev/vfio/99");
    assert_holders("0000:01:00.0",
                   "process: it has the mdev aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa; remove it with "
                   "'hostdevctl mdev remove aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa'\n"
                   "process: /dev/vfio/99 is open in qemu-system-x86 (pid 77); stop process 77\n");
}
END_TEST

START_TEST(unreadable_folder)
{
    const HdPciAddress parsed = hd_fake_address("0000:01:00.0");
    HdDevice *device = NULL;
    ck_assert(hd_probe_device(hd_fake_port(fake), &parsed, &device, NULL));
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)hd_device_free);
    g_ptr_array_add(devices, device);
    hd_fake_remove_device(fake, "0000:01:00.0");
    hd_holders_find(hd_fake_port(fake), devices);
    ck_assert_uint_eq(device->holders->len, 1);
    const HdHolder *holder = g_ptr_array_index(device->holders, 0);
    ck_assert_contains(holder->text, "what is below it in sysfs can't be read");
}
END_TEST

START_TEST(open_vfio_group)
{
    hd_fake_add_driver(fake, "vfio-pci", true);
    bind_to_vfio("0000:01:00.0");
    hd_fake_add_process(fake, 77, "qemu-system-x86", "qemu", "/dev/vfio/1");
    assert_holders("0000:01:00.0",
                   "process: /dev/vfio/1 is open in qemu-system-x86 (pid 77); stop process 77\n");
}
END_TEST

START_TEST(vfio_group_open_in_a_container)
{
    hd_fake_add_driver(fake, "vfio-pci", true);
    bind_to_vfio("0000:01:00.0");
    assert_holders("0000:01:00.0", "");
    hd_fake_open_node(fake, "dev/vfio/1");
    assert_holders("0000:01:00.0",
                   "process: /dev/vfio/1 is open in a process that can't be seen from here; look "
                   "for it in containers\n");
}
END_TEST

START_TEST(nvidia_node)
{
    const HdFakeDevice gpu = {.address = "0000:30:00.0",
                              .vendor = 0x10de,
                              .device = 0x2237,
                              .class_code = 0x030200,
                              .group = 30,
                              .native = "nvidia",
                              .driver = "nvidia"};
    hd_fake_add_driver(fake, "nvidia", true);
    hd_fake_add_device(fake, &gpu);
    hd_fake_set_file(fake, "proc/driver/nvidia/gpus/0000:30:00.0/information",
                     "Model: A10\nDevice Minor: \t 3\n");
    hd_fake_add_process(fake, 77, "nvidia-persiste", "nvidia-persistenced", "/dev/nvidia3");
    assert_holders("0000:30:00.0",
                   "process: /dev/nvidia3 is open in nvidia-persiste (pid 77); stop process 77\n");
}
END_TEST

HD_TEST_MAIN(
    "holders", tcase_add_checked_fixture(tcase, setup, teardown); tcase_add_test(tcase, unused);
    tcase_add_test(tcase, vfio_group_open_in_a_container); tcase_add_test(tcase, mounted_partition);
    tcase_add_test(tcase, mounted_by_number_whatever_its_name); tcase_add_test(tcase, swap);
    tcase_add_test(tcase, lvm_mounted); tcase_add_test(tcase, array_active_though_not_mounted);
    tcase_add_test(tcase, loop_on_a_disk); tcase_add_test(tcase, loop_on_a_loop_on_a_volume);
    tcase_add_test(tcase, btrfs_member); tcase_add_test(tcase, kept_by_the_kernel);
    tcase_add_test(tcase, kept_with_a_partition); tcase_add_test(tcase, unreadable_block_facts);
    tcase_add_test(tcase, multipath_head); tcase_add_test(tcase, mounts_that_cannot_be_read);
    tcase_add_test(tcase, address); tcase_add_test(tcase, default_route);
    tcase_add_test(tcase, default_route6); tcase_add_test(tcase, default_route6_without_a_hop);
    tcase_add_test(tcase, macvtap); tcase_add_test(tcase, other_namespace);
    tcase_add_test(tcase, other_namespace_below_another_device);
    tcase_add_test(tcase, disk_far_below); tcase_add_test(tcase, odd_names);
    tcase_add_test(tcase, unreadable_network_facts); tcase_add_test(tcase, bridge_port);
    tcase_add_test(tcase, vlan_on_top); tcase_add_test(tcase, open_node);
    tcase_add_test(tcase, unreadable_proc); tcase_add_test(tcase, oldest_process_first);
    tcase_add_test(tcase, process_without_a_name); tcase_add_test(tcase, open_group_of_two);
    tcase_add_test(tcase, open_group_without_a_driver); tcase_add_test(tcase, open_mdev);
    tcase_add_test(tcase, unreadable_folder); tcase_add_test(tcase, open_vfio_group);
    tcase_add_test(tcase, nvidia_node))
