/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_POLICY_H
#define HD_POLICY_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdRule:
 * The rules that may refuse a device. Each has a name (hd_rule_name) under which
 * docs/errors.md explains it and by which the host or one VM can relax it.
 * That a device is held by another VM is no rule: it can't be relaxed.
 */
typedef enum {
    HD_RULE_IOMMU,      /* "iommu": no IOMMU, or the device is in no group */
    HD_RULE_BRIDGE,     /* "bridge": bridges stay with the host */
    HD_RULE_COMPANIONS, /* "companions": free group members go along unasked */
    HD_RULE_GROUP,      /* "group": a group member is in use by the host */
    HD_RULE_STORAGE,    /* "storage": mounted, swap, LVM, md, dm, btrfs, zfs */
    HD_RULE_NETWORK,    /* "network": address, default route, bridge or bond port */
    HD_RULE_PROCESS,    /* "process": a process has one of its nodes open */
    HD_RULE_SRIOV,      /* "sriov": a PF whose VFs exist */
    HD_RULE_IDENTITY,   /* "identity": not the card that was asked for */
    HD_RULE_CONSOLE,    /* "console": the host's text console would lose its last screen */
    HD_RULE_CARD,       /* "card": a function of a graphics card stays in use by the host */
} HdRule;
#define HD_RULE_COUNT (HD_RULE_CARD + 1)

/** What a rule does when it applies. UNSET means: as the layer below says. */
typedef enum {
    HD_STANCE_UNSET,
    HD_STANCE_REFUSE,
    HD_STANCE_ALLOW,
} HdStance;

/** HdChoice: which parent an mdev is made on, where several would do. UNSET: as the layer below. */
typedef enum {
    HD_CHOICE_UNSET,
    HD_CHOICE_SPREAD, /* "spread": where most instances are free */
    HD_CHOICE_PACK,   /* "pack": where the fewest are, so that whole cards stay free */
    HD_CHOICE_NUMA,   /* "numa": on the VM's NUMA nodes if possible, then as spread */
} HdChoice;

/** HdPolicy: a stance for each rule, and a choice. A plain value; zero is "nothing said". */
typedef struct {
    HdStance stance[HD_RULE_COUNT];
    HdChoice choice;
} HdPolicy;

/** The name of the choice in configuration and metadata; its values are those of %HdChoice. */
#define HD_POLICY_CHOICE "choose"

/** Returns: the name of @rule in configuration, metadata and messages. */
const char *hd_rule_name(HdRule rule);

/**
 * Returns: what holds where nobody says otherwise: refuse, but companions go along; mdevs are
 * spread.
 */
HdPolicy hd_policy_default(void);

/**
 * hd_policy_set:
 * @policy: changed in place
 * @rule_name: a rule's name, or %HD_POLICY_CHOICE
 * @stance_name: "refuse" or "allow"; for companions also "bind", the same as "allow"; for the
 *   choice "spread", "pack" or "numa"
 *
 * Returns: false, and nothing changed, when either name is unknown.
 */
bool hd_policy_set(HdPolicy *policy, const char *rule_name, const char *stance_name);

/** Returns: @base with all that @over sets put over it. */
HdPolicy hd_policy_overlay(const HdPolicy *base, const HdPolicy *over);

/** Returns: whether @policy lets a device pass where @rule applies. Unset refuses. */
bool hd_policy_allows(const HdPolicy *policy, HdRule rule);

#endif
