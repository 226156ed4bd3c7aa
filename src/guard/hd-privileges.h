/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PRIVILEGES_H
#define HD_PRIVILEGES_H

/* For the hook's front too: the C library is all that this needs. */

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

/** One capability as a bit of a set. */
#define HD_PRIVILEGE(capability) (UINT64_C(1) << (capability))

/**
 * What a worker needs: SYS_ADMIN for some attributes of devices and whole configuration space,
 * DAC_OVERRIDE for files and nodes that belong to others (QEMU's user, OpenNebula's), CHOWN and
 * FOWNER to give nodes away and take them back, NET_ADMIN to set VFs, SYS_PTRACE to see who has a
 * device open, SYS_MODULE to unload a card's driver, and for a modprobe that no_new_privs keeps
 * from having more than its parent. See docs/hardening.md.
 */
#define HD_PRIVILEGES_WORKER                                                                       \
    (HD_PRIVILEGE(CAP_SYS_ADMIN) | HD_PRIVILEGE(CAP_DAC_OVERRIDE) | HD_PRIVILEGE(CAP_CHOWN) |      \
     HD_PRIVILEGE(CAP_FOWNER) | HD_PRIVILEGE(CAP_NET_ADMIN) | HD_PRIVILEGE(CAP_SYS_PTRACE) |       \
     HD_PRIVILEGE(CAP_SYS_MODULE))

/** What the hook needs besides: to start the XML parser as nobody, and to end it. */
#define HD_PRIVILEGES_HOOK                                                                         \
    (HD_PRIVILEGES_WORKER | HD_PRIVILEGE(CAP_SETUID) | HD_PRIVILEGE(CAP_SETGID) |                  \
     HD_PRIVILEGE(CAP_KILL))

/**
 * What mdevctl's callout needs: to look at VMs of other users. What it writes is root's own.
 */
#define HD_PRIVILEGES_CALLOUT (HD_PRIVILEGE(CAP_DAC_OVERRIDE) | HD_PRIVILEGE(CAP_SYS_PTRACE))

/**
 * hd_privileges_keep:
 * @wanted: capabilities, a bit each (HD_PRIVILEGE())
 *
 * Gives up all others that this process has, for good; none is gained. Programs that it executes as
 * root have root's again: they are the owner's (modprobe, udevadm, his scripts).
 *
 * Returns: false when the kernel doesn't allow it.
 */
bool hd_privileges_keep(uint64_t wanted);

#endif
