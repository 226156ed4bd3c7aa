/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CLAIM_H
#define HD_CLAIM_H

#include <glib.h>
#include <stdbool.h>

#include "hd-goal.h"

/**
 * HdClaim:
 * What one owner holds: a VM, or a person's `hostdevctl detach` of one device.
 */
typedef struct {
    char *key;        /* name of its journal: VM uuid, or detach-<address> */
    char *name;       /* for people */
    bool is_vm;       /* false: a detach; a VM may use such a device when it is settled */
    bool is_leaving;  /* release has begun; something is not back yet */
    bool is_settled;  /* its prepare has ended well, and no release has begun */
    GPtrArray *goals; /* of HdGoal*, those not undone */
} HdClaim;

/** Returns: (transfer full): a claim without goals; strings are copied. */
HdClaim *hd_claim_new(const char *key, const char *name, bool is_vm);
void hd_claim_free(HdClaim *claim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdClaim, hd_claim_free)

/**
 * Returns: whether nobody else may have its devices: a VM's, and anybody's that are on their way,
 * there or back. What a person has made or detached is for VMs to use.
 */
bool hd_claim_is_exclusive(const HdClaim *claim);

/** Returns: (transfer full): what is wrong with the device of an exclusive claim: "is held by VM
    'a'". */
char *hd_claim_describe(const HdClaim *claim);

/** Returns: what is to be done about it. */
const char *hd_claim_remedy(const HdClaim *claim);

/** Returns: (transfer full) (element-type HdClaim): an empty list that owns its claims. */
GPtrArray *hd_claims_new(void);

/**
 * Returns: (transfer none) (nullable): the exclusive claim of another owner than @except_key on the
 * function @address.
 */
const HdClaim *hd_claims_find_vm(const GPtrArray *claims, const HdPciAddress *address,
                                 const char *except_key);

/**
 * Returns: (transfer none) (nullable): the claim of another owner than @except_key that is just
 * making an mdev and may do so on @address, or is just removing one. One that is there is seen.
 */
const HdClaim *hd_claims_find_maker(const GPtrArray *claims, const HdPciAddress *address,
                                    const char *except_key);

/**
 * Returns: (transfer none) (nullable): the exclusive claim of another owner than @except_key on the
 * mdev @uuid.
 */
const HdClaim *hd_claims_find_mdev(const GPtrArray *claims, const HdUuid *uuid,
                                   const char *except_key);

/**
 * Returns: (transfer none) (nullable): the claim of another owner than @except_key on the USB
 * device or port that @goal (USB, TTY) is about.
 */
const HdClaim *hd_claims_find_local(const GPtrArray *claims, const HdGoal *goal,
                                    const char *except_key);

/**
 * Returns: (transfer none) (nullable): the NODE goal of another owner than @except_key for the USB
 * device of @goal: its `before` is the true original.
 */
const HdGoal *hd_claims_find_usb_node(const GPtrArray *claims, const HdGoal *goal,
                                      const char *except_key);

/** Returns: whether anyone is changing the number of VFs of the PF @pf. */
bool hd_claims_has_vf_set(const GPtrArray *claims, const HdPciAddress *pf);

/**
 * Returns: (transfer none) (nullable): a goal of another owner than @except_key for the shared
 * node @node (dev/iommu): its `before` is the true original.
 */
const HdGoal *hd_claims_find_node(const GPtrArray *claims, HdNodeKind node, const char *except_key);

/** Returns: whether any owner that is not giving back what it has needs the shared node @node. */
bool hd_claims_needs_node(const GPtrArray *claims, HdNodeKind node);

#endif
