/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_USER_H
#define HD_MDEV_USER_H

#include "hd-port.h"
#include "hd-uuid.h"

/**
 * Returns: (transfer full) (nullable): which process has the mdev's VFIO node open, for a message:
 * "VM 'win11' (pid 812)" for a QEMU of libvirt's, else "process mytool (pid 12)"; NULL: none.
 */
char *hd_mdev_user_find(HdPort *port, const HdUuid *uuid);

#endif
