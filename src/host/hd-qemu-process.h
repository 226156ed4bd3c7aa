/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_QEMU_PROCESS_H
#define HD_QEMU_PROCESS_H

#include "hd-port.h"

/**
 * Returns: (transfer full) (nullable): the VM that a QEMU with these arguments runs, as
 * hd_port_read() tells them of /proc/PID/cmdline; NULL: none of libvirt's QEMUs has them.
 */
char *hd_qemu_process_guest(const char *arguments);

/** Returns: whether a QEMU with these arguments runs the VM @uuid. */
bool hd_qemu_process_has_uuid(const char *arguments, const char *uuid);

/**
 * @ret_pid: (transfer full) (nullable): the pid of the QEMU that runs the VM @uuid; NULL: there is
 *   none
 *
 * Returns: 0, or the errno value for which that can't be told.
 */
int hd_qemu_process_find(HdPort *port, const char *uuid, char **ret_pid);

/** Returns: how many huge pages of @size_kb the process @pid has taken into use. */
guint64 hd_qemu_process_pages(HdPort *port, const char *pid, guint64 size_kb);

#endif
