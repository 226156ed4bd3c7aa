/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LOCAL_PROBE_H
#define HD_LOCAL_PROBE_H

#include "hd-host.h"
#include "hd-port.h"
#include "hd-request.h"

/**
 * hd_local_probe_request:
 * @host: gets the USB devices that @request may mean, the ports that it names, and who on this
 *        host uses them. Nothing is read when it asks for neither.
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_local_probe_request(HdPort *port, const HdRequest *request, HdHost *host,
                            GError **ret_error);

#endif
