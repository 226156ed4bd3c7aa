/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VF_NET_H
#define HD_VF_NET_H

#include "hd-converge.h"

/**
 * Returns: (transfer full) (nullable): the network interface of the PF (or function) @address: of
 * several the one that is no representor; NULL when it has none.
 */
char *hd_vf_net_interface(HdPort *port, const HdPciAddress *address);

/**
 * Returns: whether the VF @address has a representor beside its PF's interface: the card is in
 * switchdev mode, and a virtual switch does what the PF is told otherwise.
 */
bool hd_vf_net_is_switched(HdPort *port, const HdPciAddress *address);

/**
 * hd_vf_net_probe:
 * @vf: a VF
 * @ret_net: (transfer full): its network side
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_vf_net_probe(HdPort *port, const HdDevice *vf, HdVfNet **ret_net, GError **ret_error);

/**
 * hd_vf_net_reach:
 * Writes those settings of a VF goal that are not so yet, or puts back all that the driver reported
 * before, and reads them again. A VF that has just been reset is waited for. May wait: call it in a
 * job.
 *
 * @ret_outcome: GONE on the way back: there is no such VF, or its PF has no interface, any more
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_vf_net_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                     GError **ret_error);

/**
 * hd_vf_mac_reach:
 * On the way back gives the VF's own network interface the address of a MAC goal again: drivers
 * make one up at each probe, or take what the PF has been told. Where the PF refuses, the VF is
 * trusted for a moment. Forward there is nothing to do.
 *
 * @ret_outcome: GONE: no interface has come back; REPLACED: the PF insists on another address
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_vf_mac_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                     GError **ret_error);

#endif
