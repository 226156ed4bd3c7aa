/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_IOMEM_H
#define HD_IOMEM_H

#include "hd-port.h"

/**
 * hd_iomem_framebuffer:
 * @ret_address: the function within whose memory the firmware's framebuffer is; untouched when
 *   there is none
 *
 * Reads the kernel's map of I/O memory (/proc/iomem; only root sees what is where).
 *
 * Returns: (transfer full) (nullable): the framebuffer's name there: "efifb", "BOOTFB"; NULL: there
 * is none, or it is not within a function's memory.
 */
char *hd_iomem_framebuffer(HdPort *port, HdPciAddress *ret_address);

#endif
