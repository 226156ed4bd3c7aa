/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VM_USERS_H
#define HD_VM_USERS_H

#include "hd-state.h"

/** HdVmUser: a VM that has devices of the host now, or is about to give them back. */
typedef struct {
    char *name;
    char *key;       /* its uuid */
    bool is_by_hook; /* our journal says so; else only libvirt's live status */
    gint64 since;    /* by our journal: microseconds since 1970; else 0 */
} HdVmUser;

/**
 * HdVmUsers:
 * Which VM has which device: from our journals and from libvirt's live status files, so that VMs
 * which don't use our hook are known too.
 */
typedef struct HdVmUsers HdVmUsers;

/**
 * hd_vm_users_read:
 * @ret_users: (transfer full)
 *
 * Who may not read journals or status files (they are root's) knows of no VM, and
 * hd_vm_users_is_partial() says so. Returns: false on %HD_ERROR_STATE.
 */
bool hd_vm_users_read(HdPort *port, HdState *state, HdVmUsers **ret_users, GError **ret_error);
void hd_vm_users_free(HdVmUsers *users);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVmUsers, hd_vm_users_free)

/** Returns: (transfer none) (nullable): what could not be read, and why; NULL: all could. */
const char *hd_vm_users_problem(const HdVmUsers *users);

/** Returns: whether something could not be read. */
bool hd_vm_users_is_partial(const HdVmUsers *users);

/** Returns: (transfer none) (nullable): the VM that has the function @address. */
const HdVmUser *hd_vm_users_of(const HdVmUsers *users, const HdPciAddress *address);

/** Returns: (transfer none) (nullable): the VM that has the mdev @uuid. */
const HdVmUser *hd_vm_users_of_mdev(const HdVmUsers *users, const HdUuid *uuid);

/** Returns: (transfer none) (element-type HdClaim): what our journals claim. */
const GPtrArray *hd_vm_users_claims(const HdVmUsers *users);

/** HdVmDevice: one device of a VM that only libvirt's status knows. */
typedef struct {
    const HdVmUser *user; /* borrowed */
    char *device;         /* address or uuid */
} HdVmDevice;

/** Returns: (transfer none) (element-type HdVmDevice): devices of VMs without our hook, and
 * what VMs have got while they run, by VM. */
const GPtrArray *hd_vm_users_strangers(const HdVmUsers *users);

#endif
