/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_H
#define HD_FAKE_H

#include "hd-port.h"

/**
 * HdFake:
 * A behaving model of the kernel's PCI sysfs, of /dev/vfio and of our files, behind the
 * port. It answers as Linux 6.12 does (tests/conformance proves it), in memory, and it can
 * be told to fail, to block or to die at any of its mutating calls.
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
    guint vf_count, vf_total;
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

/** Pulls a function out of the bus, as a hot-unplug does. */
void hd_fake_remove_device(HdFake *fake, const char *address);

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
/** Gives a network interface an IP address. */
void hd_fake_set_net_address(HdFake *fake, const char *interface, const char *address);

/** From now on, unbinding @address from its driver blocks until hd_fake_let_go(). */
void hd_fake_block(HdFake *fake, const char *address);
/** What blocked @address ends: the unbind takes effect; its worker has been killed meanwhile. */
void hd_fake_let_go(HdFake *fake, const char *address);

/** From now on vfio drivers fail to probe @address with @error. */
void hd_fake_fail_probe(HdFake *fake, const char *address, int error);

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

/** Returns: (transfer full): all that a user could see of devices and nodes, one line each. */
char *hd_fake_dump(HdFake *fake);

/** Returns: (transfer full): the driver of @address, or "-"; then its override, or "-". */
char *hd_fake_binding(HdFake *fake, const char *address);

#endif
