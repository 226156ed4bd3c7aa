/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LIVENESS_H
#define HD_LIVENESS_H

#include "hd-port.h"
#include "hd-record.h"

/** HdLiveness: what has become of the VM of a record. */
typedef enum {
    HD_VM_RUNNING,  /* its QEMU exists */
    HD_VM_STARTING, /* no QEMU yet, but the daemon that asked is alive, and it was just now or a
                       script of the owner's runs for it */
    HD_VM_DEAD,     /* what it holds can be given back */
} HdLiveness;

/**
 * hd_liveness:
 * Tells from /proc alone: a hook must never ask libvirt. A QEMU is the
 * VM's when its command line carries the VM's uuid, as libvirt starts it.
 */
HdLiveness hd_liveness(HdPort *port, const HdRecord *record);

/** Returns: process @pid with its start time; {0, 0} when there is none. */
HdProcess hd_process_find(HdPort *port, guint64 pid);

/** Returns: (transfer full): the id of this boot, or "unknown". */
char *hd_boot_id(HdPort *port);

/** Returns: whether the record is of another boot, which has reset sysfs. One that can't be told is
    of this. */
bool hd_boot_is_over(HdPort *port, const HdRecord *record);

/** Returns: seconds since boot. */
guint64 hd_uptime(HdPort *port);

#endif
