/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_SRIOV_H
#define HD_CONFORMANCE_SRIOV_H

#include "hd-port.h"

/**
 * HdConformanceSriovTarget: a PF on its driver, each of whose VFs has an IOMMU group of its own.
 * The table takes its VFs away, makes some, and leaves none.
 */
typedef struct {
    const char *pf;        /* "0000:10:00.0" */
    const char *interface; /* (nullable): its network interface, which is up; the drivers are then
                              igb and igbvf */
} HdConformanceSriovTarget;

/**
 * Runs the table about SR-IOV, as hd_conformance_run() does its own; about network settings of VFs
 * only where there is an interface. Returns: number of steps.
 */
guint hd_conformance_sriov_run(HdPort *port, const HdConformanceSriovTarget *target);

#endif
