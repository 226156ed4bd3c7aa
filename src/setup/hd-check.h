/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CHECK_H
#define HD_CHECK_H

#include "hd-request.h"
#include "hd-state.h"

/**
 * hd_check_host:
 * @is_machine: it is this machine, not a captured one: its programs may be asked, too
 * @ret_findings: (transfer full) (element-type HdFinding): what stands in the way of passthrough on
 *   this host, and what is fine
 *
 * Only looks. Returns: false when the host can't be read at all.
 */
bool hd_check_host(HdPort *port, HdState *state, bool is_machine, GPtrArray **ret_findings,
                   GError **ret_error);

/** The same of one function: whether it can be given to a VM, and what to know of it. */
bool hd_check_device(HdPort *port, HdState *state, const HdPciAddress *address,
                     GPtrArray **ret_findings, GError **ret_error);

/** The same of a VM: whether it could start now, with the host's own problems before. */
bool hd_check_request(HdPort *port, HdState *state, const HdRequest *request,
                      GPtrArray **ret_findings, GError **ret_error);

#endif
