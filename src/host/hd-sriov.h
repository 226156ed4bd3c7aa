/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SRIOV_H
#define HD_SRIOV_H

#include "hd-converge.h"

/** HdSriov: the VFs of one PF at one moment. */
typedef struct {
    guint total;    /* sriov_totalvfs: the most that the card can have */
    guint count;    /* sriov_numvfs */
    bool autoprobe; /* sriov_drivers_autoprobe: whether new VFs get their driver by themselves */
} HdSriov;

/**
 * hd_sriov_probe:
 * @ret_sriov: facts about the PF @address
 *
 * Follows Documentation/ABI/testing/sysfs-bus-pci. Returns: false on %HD_ERROR_KERNEL, also when
 * the function can't have VFs.
 */
bool hd_sriov_probe(HdPort *port, const HdPciAddress *address, HdSriov *ret_sriov,
                    GError **ret_error);

/**
 * hd_sriov_list:
 * @ret_vfs: (transfer full) (element-type HdPciAddress): the VFs of the PF @address, VF 0 first;
 *   none for a function that isn't there or is no PF
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_sriov_list(HdPort *port, const HdPciAddress *address, GArray **ret_vfs, GError **ret_error);

/** Finds the number that @vf has below its PF @pf. Returns: false on %HD_ERROR_KERNEL. */
bool hd_sriov_find(HdPort *port, const HdPciAddress *pf, const HdPciAddress *vf, guint *ret_index,
                   GError **ret_error);

/**
 * hd_sriov_reach:
 * Gives the PF of a SRIOV goal its number of VFs, or the one from before. New VFs come without a
 * driver: automatic probing is off meanwhile. The number is read back. Whoever calls has made sure
 * that no VF is in use, since the kernel would wait for its user. May block: call it in a job.
 *
 * Returns: false on %HD_ERROR_KERNEL or %HD_ERROR_STUCK.
 */
bool hd_sriov_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

/**
 * hd_sriov_probe_drivers:
 * Lets the kernel look for a driver for each VF of the PF @pf that has none. That
 * none is found is no error. With sriov_drivers_autoprobe off nothing happens. May block: call it
 * in a job.
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_sriov_probe_drivers(HdPort *port, const HdPciAddress *pf, GError **ret_error);

#endif
