/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SHARED_H
#define HD_SHARED_H

#include "hd-port.h"

/**
 * HdShared:
 * A host that many processes share and that outlives each of them: a folder with the files of
 * sysfs and /proc that matter, in memory, behind the real port. So locks, journals and workers are
 * the product's own; only writes to driver_override, bind and unbind are caught, and do what the
 * kernel's would do. A process that is killed amid one has either done it or not.
 *
 * Functions are 0000:01:00.0, 0000:01:00.1, ... on e1000e; all of one bus share an IOMMU group,
 * whose number is the bus's.
 */
typedef struct HdShared HdShared;

/** Returns: (transfer full): a host of @groups groups with @members functions each. */
HdShared *hd_shared_new(guint groups, guint members);

/** Frees it, and removes the folder. */
void hd_shared_free(HdShared *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdShared, hd_shared_free)

/** Returns: (transfer none): the port. Each process that was forked may use it as its own. */
HdPort *hd_shared_port(HdShared *shared);

/** Returns: the address of function @member of @group; both count from 0. */
HdPciAddress hd_shared_address(guint group, guint member);

/** Returns: whether that function has the driver @driver now. */
bool hd_shared_is_on(HdShared *shared, guint group, guint member, const char *driver);

/** Gives that function a power/control, or changes it: "auto\n". At first there is none. */
void hd_shared_set_power(HdShared *shared, guint group, guint member, const char *control);

/** The process @pid is there (it can't be mistaken for another with its number), or no more. */
void hd_shared_add_process(HdShared *shared, guint pid);
void hd_shared_remove_process(HdShared *shared, guint pid);

/**
 * Returns: (transfer full): all that a user could see: "<address> <driver> <override>" of each
 * function, and the name of each journal and each hint that is left.
 */
char *hd_shared_dump(HdShared *shared);

#endif
