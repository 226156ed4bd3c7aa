/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_DESKTOP_H
#define HD_CONFORMANCE_DESKTOP_H

#include "hd-conformance-row.h"

/**
 * HdConformanceDesktopTarget: two graphics cards of one kind, which show fb0 and fb1 and of which
 * nobody has a node open, and two units that are not active. The table takes the driver from both
 * for a while.
 */
typedef struct {
    const char *boot, *other; /* addresses */
    const char *driver;       /* "bochs-drm" */
    const char *module;       /* "bochs" */
    const char *unit;         /* runs until it is stopped */
    const char *broken_unit;  /* fails to start */
} HdConformanceDesktopTarget;

/** Runs the table about the host's picture, as hd_conformance_run() does its own. Returns: number
 * of steps. */
guint hd_conformance_desktop_run(HdPort *port, HdConformanceHold hold,
                                 const HdConformanceDesktopTarget *target);

#endif
