/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_REQUEST_ONE_H
#define HD_REQUEST_ONE_H

#include "hd-error.h"
#include "hd-port.h"
#include "hd-request.h"

/**
 * hd_request_add_one:
 * Adds to the request of an OpenNebula guest what OpenNebula's own file says about its NICs; other
 * requests are left alone. Where a PF is in switchdev mode, VLANs are the virtual switch's.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_request_add_one(HdPort *port, HdRequest *request, GError **ret_error);

#endif
