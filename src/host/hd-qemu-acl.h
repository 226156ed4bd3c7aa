/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_QEMU_ACL_H
#define HD_QEMU_ACL_H

#include "hd-acl.h"
#include "hd-port.h"

/**
 * HdAclResult:
 * @HD_ACL_NOT_NEEDED: no list is set: libvirt adds what a VM's <hostdev> needs by itself
 * @HD_ACL_FINE:       the list that is set has all of it
 * @HD_ACL_CHANGED:    it has been added; libvirt reads it when its daemon starts, not before
 */
typedef enum {
    HD_ACL_NOT_NEEDED,
    HD_ACL_FINE,
    HD_ACL_CHANGED,
} HdAclResult;

/** Where hd_qemu_acl_ensure() keeps the file as it was before its first change; below the root. */
#define HD_QEMU_ACL_BACKUP "var/lib/hostdevctl/backup/qemu.conf"

/** Returns: libvirt's version as its library's file name has it, major * 1000 + minor; 0: unknown.
 */
guint hd_qemu_acl_libvirt(HdPort *port);

/** @ret_acl: (transfer full): of this host; see hd_acl_read(). */
bool hd_qemu_acl_read(HdPort *port, HdAcl **ret_acl, GError **ret_error);

/** Whether qemu.conf sets a list, told without a look at libvirt. (errors of hd_acl_read()) */
bool hd_qemu_acl_is_active(HdPort *port, bool *ret_active, GError **ret_error);

/**
 * hd_qemu_acl_ensure:
 * @nodes: (element-type utf8): paths with a leading /dev/
 * @create: sets a list where there is none; else that is %HD_ACL_NOT_NEEDED
 *
 * Adds what lacks to cgroup_device_acl of /etc/libvirt/qemu.conf, atomically, after the file has
 * been copied to %HD_QEMU_ACL_BACKUP, if there is no such copy yet.
 *
 * Returns: false on %HD_ERROR_CONFIG, %HD_ERROR_INPUT, %HD_ERROR_LOCKED.
 */
bool hd_qemu_acl_ensure(HdPort *port, const GPtrArray *nodes, bool create, HdAclResult *ret_result,
                        GError **ret_error);

#endif
