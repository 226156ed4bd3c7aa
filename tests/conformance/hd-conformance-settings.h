/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_SETTINGS_H
#define HD_CONFORMANCE_SETTINGS_H

#include "hd-port.h"

/**
 * HdConformanceSettingsTarget: a function on @driver that can be reset by "pm" and "bus" alone.
 * The table leaves it as it was, but takes the driver from all its functions for a while.
 */
typedef struct {
    const char *address;
    const char *driver;
} HdConformanceSettingsTarget;

/** Runs the table about settings, as hd_conformance_run() does its own. Returns: number of steps.
 */
guint hd_conformance_settings_run(HdPort *port, const HdConformanceSettingsTarget *target);

#endif
