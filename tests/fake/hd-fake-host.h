/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_HOST_H
#define HD_FAKE_HOST_H

#include "hd-fake-local.h"
#include "hd-fake.h"
#include "hd-request.h"

/**
 * Returns: (transfer full): the host that most tests start from:
 *
 *   0000:01:00.0          NIC on e1000e, group 1, alone
 *   0000:02:00.0, .1      two functions on e1000e, group 2
 *   0000:03:00.0          NVMe on nvme, group 3
 *   0000:04:00.0          no driver, driver_override "foreign", group 4
 *   0000:05:00.0          no driver, no override, group 5
 *   0000:00:1c.0          root port on pcieport, group 6, with
 *   0000:06:00.0          NIC on e1000e, group 6
 *   0000:07:00.0          igb PF eth7 with 2 VFs of 7, group 7
 *   0000:07:10.0, .2      its VFs eth7v0 and eth7v1 on igbvf, groups 70 and 71
 *   0000:08:00.0          NIC on e1000e in no group
 *   0000:09:00.0..0000:10:00.0  eight NICs on e1000e, groups 9 to 16
 *   0000:17:00.0          nvme PF with no VFs of 4, group 17; VFs would have groups from 170
 *   0000:20:00.0          NIC on e1000e with driver_override "e1000e", group 20
 *   mtty                  virtual parent of mdevs: mtty-1, mtty-2 (takes two), 4 units
 *   0000:41:00.0          GPU on nvidia, group 41, NUMA node 0, parent of mdevs: nvidia-36,
 *                         nvidia-39 (takes two), 2 units
 *   0000:42:00.0          the same, group 42
 *   0000:43:00.4, .5      VFs on nvidia, groups 44 and 45, with vGPU files: together at most two
 *                         of type 558 and one of type 560
 *   USB 001:002           keyboard 0627:0001 at port 1-1; there is a PS/2 keyboard too
 *   USB 001:003           stick 0781:5567 at port 1-2, disk sdu, of which nothing is in use
 *   USB 001:004, 001:005  two serial adapters 0403:6001 at ports 1-3 and 1-4, ttyUSB0 and ttyUSB1
 *   USB 001:006           hub 05e3:0610 at port 1-5
 *   ttyS0, ttyS1          serial ports; the kernel's console is on ttyS0; serial/by-id/adapter
 * leads to ttyUSB0 hugepages             of 2 MiB and 1 GiB on NUMA nodes 0 and 1; there is memory
 * for 64 pages of 2 MiB on each, and for 32 more after compaction
 */
HdFake *hd_fake_host_new(void);

/** VM uuids for tests. */
#define VM_A "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa"
#define VM_B "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb"

/** Returns: (transfer full): a request of VM @name for managed PCI hostdevs; NULL ends the list. */
HdRequest *hd_fake_request(const char *name, const char *uuid, ...) G_GNUC_NULL_TERMINATED;

/** Returns: @text, "0000:01:00.0", which has to be an address. */
HdPciAddress hd_fake_address(const char *text);
/** Returns: @text, "aaaaaaaa-1111-...", which has to be a uuid. */
HdUuid hd_fake_uuid(const char *text);

#endif
