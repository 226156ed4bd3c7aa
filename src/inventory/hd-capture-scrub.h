/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_SCRUB_H
#define HD_CAPTURE_SCRUB_H

#include "hd-capture.h"

/**
 * hd_capture_scrub:
 * @raw: what was read of a machine
 *
 * Returns: (transfer full): the same without what tells whose it is: names of VMs, hosts, mappings,
 * volumes and interfaces, serial numbers, UUIDs, MAC and IP addresses have others in their place,
 * consistently, and only where they stand as such; of files with more than devices in them only
 * what concerns devices is left; of all others only that they exist. Text is valid UTF-8.
 */
HdCapture *hd_capture_scrub(const HdCapture *raw);

#endif
