/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_H
#define HD_FAKE_H

#include "hd-port.h"

/**
 * HdFake:
 * A behaving model of the kernel's PCI and mdev sysfs, of NVIDIA's vGPU files, of /dev/vfio and
 * of our files, behind the port. It answers as Linux 6.12 does (tests/conformance proves it), in
 * memory, and it can be told to fail, to block or to die at any of its mutating calls.
 */
typedef struct HdFake HdFake;

/** HdFakeDevice: one PCI function to add. */
typedef struct {
    const char *address;
    guint16 vendor, device;
    guint32 class_code;
    int group;            /* -1: none */
    const char *native;   /* (nullable): driver whose id table has it; must have been added */
    const char *driver;   /* (nullable): driver it is bound to at first */
    const char *override; /* (nullable) */
} HdFakeDevice;

/** Returns: (transfer full): a host with vfio-pci loadable and an empty PCI bus. */
HdFake *hd_fake_new(void);
void hd_fake_free(HdFake *fake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdFake, hd_fake_free)

/** Returns: (transfer none): the port over this model. */
HdPort *hd_fake_port(HdFake *fake);

/** Adds a driver, which is also a module of that name; @loaded: now, else by load_module. */
void hd_fake_add_driver(HdFake *fake, const char *name, bool loaded);

/** Unloads a driver that no device is bound to. */
void hd_fake_unload_driver(HdFake *fake, const char *name);

/** Adds a function to the bus. */
void hd_fake_add_device(HdFake *fake, const HdFakeDevice *device);

/** Pulls a function out of the bus, as a hot-unplug does; a PF takes its VFs along. */
void hd_fake_remove_device(HdFake *fake, const char *address);

/** HdFakePf: what makes a function a PF. */
typedef struct {
    const char *address;   /* of a function that was added */
    const char *interface; /* (nullable): its network interface, while it is on its native driver;
                              VFs on theirs then have one too: "eth7v0" */
    guint total;           /* sriov_totalvfs */
    guint count;           /* VFs that there are at first */
    guint16 vf_device;     /* device id of the VFs */
    const char *vf_native; /* (nullable): driver whose id table has them; must have been added */
    guint first_group;     /* IOMMU group of VF 0; they count up */
    bool keeps_vfs; /* over an unbind of the PF's driver, as nvme does; igb takes them away */
} HdFakePf;

/** Gives a function SR-IOV: VFs at 0x80, 0x82, ... from it (0000:07:10.0, 0000:07:10.2, ...). */
void hd_fake_make_pf(HdFake *fake, const HdFakePf *pf);

/** From now on the driver of the PF makes at most @count VFs, though the write says yes. */
void hd_fake_limit_vfs(HdFake *fake, const char *pf, guint count);

/** The next @times settings of the VF, which may be yet to come, answer EAGAIN: it is in reset. */
void hd_fake_vf_busy_times(HdFake *fake, const char *vf_address, guint times);

/** Sets a plain file, for what has no behaviour (proc, etc). Parent folders come by themselves. */
void hd_fake_set_file(HdFake *fake, const char *path, const char *text);
/** Sets a symbolic link. */
void hd_fake_set_link(HdFake *fake, const char *path, const char *target);
/** Removes a file or link. */
void hd_fake_unset(HdFake *fake, const char *path);

/** Adds a process with @cmdline (arguments separated by spaces) that has @open open, or NULL. */
void hd_fake_add_process(HdFake *fake, guint pid, const char *name, const char *cmdline,
                         const char *open);
/** Ends a process. */
void hd_fake_kill_process(HdFake *fake, guint pid);

/** The kernel keeps the block device @path ("dev/sda1") exclusively from now on. */
void hd_fake_claim_block(HdFake *fake, const char *path);
/** From now on a process that is not in proc has the node @path ("dev/vfio/1") open. */
void hd_fake_open_node(HdFake *fake, const char *path);
/** The kernel has iommufd from now on: there is /dev/iommu, which belongs to root. */
void hd_fake_add_iommufd(HdFake *fake);
/** From now on the driver of every PF says yes to @key of its VFs and changes nothing. */
void hd_fake_vf_ignore(HdFake *fake, HdVfKey key);
/** From now on the driver of every PF takes only an address for a VF's MAC, not "none". */
void hd_fake_vf_refuse_no_mac(HdFake *fake);
/** Gives a network interface an IP address. */
void hd_fake_set_net_address(HdFake *fake, const char *interface, const char *address);

/** Loading @module (a static string; NULL: none) does not end from now on. */
void hd_fake_block_module(HdFake *fake, const char *module);

/** From now on, unbinding @address from its driver blocks until hd_fake_let_go(); of a VF, so does
    taking the VFs away: those after it are left. */
void hd_fake_block(HdFake *fake, const char *address);
/** What blocked @address ends: the unbind takes effect; its worker has been killed meanwhile. */
void hd_fake_let_go(HdFake *fake, const char *address);

/** From now on vfio drivers fail to probe @address with @error. */
void hd_fake_fail_probe(HdFake *fake, const char *address, int error);

/** HdFakeMdevType: one type of mdev that a parent offers. */
typedef struct {
    const char *id;          /* its folder's name: "mtty-2" */
    const char *name;        /* (nullable): no name file */
    const char *description; /* (nullable): no description file */
    const char *device_api;  /* "vfio-pci" */
    guint instances;         /* at most so many of this type at once; 0: only capacity counts */
    guint weight;            /* units of the parent's capacity that one instance takes */
} HdFakeMdevType;

/**
 * hd_fake_add_mdev_parent:
 * @name: address of a function that was added, or the name of a virtual device ("mtty")
 * @numa_node: -1: none
 * @types: @count of them, which share @capacity units
 *
 * Adds a parent of mdevs. Their IOMMU groups count up from 1000.
 */
void hd_fake_add_mdev_parent(HdFake *fake, const char *name, int numa_node,
                             const HdFakeMdevType *types, guint count, guint capacity);

/** A create that finds no room at @parent answers @error: ENOSPC at first, as mtty does. */
void hd_fake_set_mdev_full_error(HdFake *fake, const char *parent, int error);

/** Another program takes @count instances at the moment of our next create of @type: a lost race.
 */
void hd_fake_drain_mdev(HdFake *fake, const char *parent, const char *type, guint count);

/** From now on a process uses mdev @uuid, which may be yet to come: its remove blocks until
    hd_fake_let_go_mdev(). Meanwhile all that is left is its folder below the parent with
    iommu_group, the group and the node; uuid and instance are taken. */
void hd_fake_hold_mdev(HdFake *fake, const char *uuid);
/** As hd_fake_hold_mdev(), but the process came after we looked: its node seems not to be open. */
void hd_fake_hold_mdev_unseen(HdFake *fake, const char *uuid);
/** The process ends: a blocked remove takes effect; its worker has been killed meanwhile. */
void hd_fake_let_go_mdev(HdFake *fake, const char *uuid);

/** As hd_fake_let_go_mdev(), as soon as @ms have been waited in pauses between tries. */
void hd_fake_let_go_mdev_after(HdFake *fake, const char *uuid, guint ms);

/** Milliseconds that have been waited in pauses. */
guint hd_fake_paused_ms(const HdFake *fake);

/** The next @times removes of mdev @uuid, which may be yet to come, answer EBUSY. */
void hd_fake_mdev_busy_times(HdFake *fake, const char *uuid, guint times);

/**
 * hd_fake_add_vgpu:
 * @address: function that was added
 * @types: (array zero-terminated=1): "558:NVIDIA L40-1B:2": id, name, and how many of it
 *   @capacity_group can have at once
 * @capacity_group: any name; the functions of one GPU share it
 *
 * Gives a VF the vendor-specific vGPU files of NVIDIA's driver, with no vGPU at first.
 */
void hd_fake_add_vgpu(HdFake *fake, const char *address, const char *const *types,
                      const char *capacity_group);

/** Milliseconds that have been waited, in vain, for locks. */
guint hd_fake_waited_ms(const HdFake *fake);

/** Number of mutating calls so far. */
guint hd_fake_mutations(const HdFake *fake);
/** Mutating call number @number (from 1) fails with @error and has no effect. 0: never. */
void hd_fake_fail_at(HdFake *fake, guint number, int error);
/** The process dies before, or just after, mutating call @number: nothing it does counts any more.
 */
void hd_fake_die_at(HdFake *fake, guint number, bool after);
/** A new process starts: the dead one's locks are gone, mutations count from 0, no faults are set.
 */
void hd_fake_revive(HdFake *fake);
/** Returns: whether the process has died. */
bool hd_fake_is_dead(const HdFake *fake);

/**
 * Returns: (transfer full): all that a user could see of devices and nodes, one line each:
 * "<address> <driver> <override>", "/<node> <uid>:<gid> <mode>",
 * "mdev <uuid> <parent> <type> <power/control>", "<address> vgpu <id>",
 * "<pf> numvfs <n> autoprobe <0|1>", "<vf> vf <settings>" of a PF with an interface,
 * "<interface> <mac>", "hugepages <size> kB node <n>: <pages>".
 */
char *hd_fake_dump(HdFake *fake);

/** Returns: (transfer full): the driver of @address, or "-"; then its override, or "-". */
char *hd_fake_binding(HdFake *fake, const char *address);

#endif
