/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_H
#define HD_CONFORMANCE_H

#include "hd-port.h"

/**
 * HdConformanceTarget: two functions of one NIC model, each alone in its IOMMU group and bound to
 * @driver, which the table moves about and gives back; and a bridge.
 */
typedef struct {
    const char *address;
    const char *other;
    const char *bridge;
    const char *driver; /* their native driver */
    const char *wrong;  /* a loaded PCI driver that doesn't know them */
} HdConformanceTarget;

/**
 * Runs the whole table on @port and prints, for each step, what was done and what the kernel
 * answered, without anything that differs between machines (addresses, groups). The fake and a
 * real kernel must print the same.
 *
 * Returns: the number of steps.
 */
guint hd_conformance_run(HdPort *port, const HdConformanceTarget *target);

#endif
