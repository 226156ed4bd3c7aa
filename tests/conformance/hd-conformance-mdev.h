/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_MDEV_H
#define HD_CONFORMANCE_MDEV_H

#include "hd-port.h"

/**
 * HdConformanceMdevTarget: a virtual parent of mdevs with two types, of which @type takes twice as
 * much as @other; there are no mdevs on the host. The table makes some, fills the parent, and
 * removes all again. Made for the kernel's mtty.
 */
typedef struct {
    const char *parent; /* "mtty" */
    const char *type;   /* "mtty-2" */
    const char *other;  /* "mtty-1" */
} HdConformanceMdevTarget;

/** Runs the table about mdevs, as hd_conformance_run() does its own. Returns: number of steps. */
guint hd_conformance_mdev_run(HdPort *port, const HdConformanceMdevTarget *target);

#endif
