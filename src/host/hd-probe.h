/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PROBE_H
#define HD_PROBE_H

#include "hd-host.h"
#include "hd-port.h"
#include "hd-request.h"

/**
 * hd_probe_device:
 * @ret_device: (transfer full): facts about the function, holders left empty; NULL and
 *   true when there is no such function
 *
 * Follows Documentation/ABI/testing/sysfs-bus-pci. Unreadable facts are an error, never a
 * default; what the kernel may hold back while a worker of ours waits in it is not asked then.
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_probe_device(HdPort *port, const HdPciAddress *address, HdDevice **ret_device,
                     GError **ret_error);

/** Reads only which card is at @address. Returns 0 or an errno value. */
int hd_probe_id(HdPort *port, const HdPciAddress *address, HdDeviceId *ret_id);

/**
 * hd_probe_request:
 * @ret_host: (transfer full): the functions that @request names and all members of their
 *   IOMMU groups, with holders; nothing else of the host is read
 *
 * The owner of VFIO nodes (qemu.conf) is read too; of mediated devices what hd-mdev-probe.h says.
 */
bool hd_probe_request(HdPort *port, const HdRequest *request, HdHost **ret_host,
                      GError **ret_error);

/**
 * hd_probe_all:
 * @ret_host: (transfer full): every PCI function of the host, without holders
 */
bool hd_probe_all(HdPort *port, HdHost **ret_host, GError **ret_error);

#endif
