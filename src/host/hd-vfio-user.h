/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VFIO_USER_H
#define HD_VFIO_USER_H

#include "hd-pci-address.h"
#include "hd-port.h"
#include "hd-uuid.h"

/**
 * Returns: (transfer full) (nullable): which process has the mdev's VFIO node open, for a message:
 * "VM 'win11' (pid 812)" for a QEMU of libvirt's, else "process mytool (pid 12)"; NULL: none.
 */
char *hd_vfio_user_of_mdev(HdPort *port, const HdUuid *uuid);

/**
 * Returns: (transfer full) (nullable): the VM of libvirt's that has the function's VFIO node open,
 * as above, unless it is the one with the UUID @except; NULL: none that can be seen.
 */
char *hd_vfio_user_of_function(HdPort *port, const HdPciAddress *address, const char *except);

#endif
