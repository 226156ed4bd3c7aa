/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TTY_PROBE_H
#define HD_TTY_PROBE_H

#include "hd-host.h"
#include "hd-port.h"
#include "hd-request.h"

/**
 * hd_tty_probe_request:
 * @host: gets the serial and parallel ports that @request names. Links are followed by hand, and
 * only below /dev.
 * @trees, @lists: as hd_usb_probe_request() has them
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_tty_probe_request(HdPort *port, const HdRequest *request, HdHost *host, GPtrArray *trees,
                          GPtrArray *lists, GError **ret_error);

#endif
