/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ACS_H
#define HD_ACS_H

#include "hd-device.h"
#include "hd-port.h"

/** HdAcs: whether a bridge isolates what is behind it (Access Control Services). */
typedef enum {
    HD_ACS_UNKNOWN,      /* unreadable, or nothing that would need it */
    HD_ACS_ON,           /* requests go up to the IOMMU */
    HD_ACS_OFF,          /* a port without it, or with it switched off */
    HD_ACS_CONVENTIONAL, /* conventional PCI is behind it: that can't be isolated */
} HdAcs;

/** Returns: what the bridge @bridge does, from its config space, which is root's to read. */
HdAcs hd_acs_probe(HdPort *port, const HdPciAddress *bridge);

/**
 * Returns: (transfer full) (nullable): why @address shares its IOMMU group: the first bridge on its
 * way that isolates nothing, in words for a sentence; NULL when there is none or it can't be told.
 */
char *hd_acs_explain(HdPort *port, const HdPciAddress *address);

/**
 * Returns: whether the functions of the group @members (HdDevice), bridges aside, sit in more than
 * one slot: somebody may have expected more than one group.
 */
bool hd_acs_is_mixed(const GPtrArray *members);

/**
 * Returns: (transfer full) (nullable): why the members of such a group share it, see
 * hd_acs_explain(); NULL when it can't be told, or the group is one slot.
 */
char *hd_acs_explain_group(HdPort *port, const GPtrArray *members);

#endif
