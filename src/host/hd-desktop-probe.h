/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DESKTOP_PROBE_H
#define HD_DESKTOP_PROBE_H

#include "hd-config.h"
#include "hd-host.h"
#include "hd-port.h"
#include "hd-request.h"

/**
 * @request: (nullable): NULL: any graphics card that @host knows may be asked for
 *
 * Reads into @host what the host itself shows and runs on its graphics cards, if @request asks for
 * one that @host knows; else does nothing. (sysfs: class/graphics, class/vtconsole, boot_vga; which
 * card a firmware's framebuffer is on: its place in sysfs since Linux 6.9, else /proc/iomem, else
 * the boot display.)
 */
void hd_desktop_probe(HdPort *port, const HdRequest *request, const HdConfig *config, HdHost *host);

#endif
