/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDERS_AWAIT_H
#define HD_HOLDERS_AWAIT_H

#include "hd-port.h"

/**
 * hd_holders_await:
 * @goal: of a function that processes had open when it was planned
 * @deadline_ms: how long to wait for them to close it
 *
 * Waits until no process has a node of the function open.
 *
 * Returns: false on %HD_ERROR_REFUSED with the one that still has, or %HD_ERROR_KERNEL.
 */
bool hd_holders_await(HdPort *port, const HdGoal *goal, guint deadline_ms, GError **ret_error);

#endif
