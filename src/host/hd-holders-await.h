/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOLDERS_AWAIT_H
#define HD_HOLDERS_AWAIT_H

#include "hd-port.h"

/**
 * hd_holders_await:
 * @goal: of a function that is about to move
 * @left_ms: (inout): how long to wait for processes to close it; 0: they have to have closed it.
 *   What was waited is taken off
 *
 * Waits until no process has a node of the function open.
 *
 * Returns: false on %HD_ERROR_REFUSED with the one that still has, or %HD_ERROR_KERNEL.
 */
bool hd_holders_await(HdPort *port, const HdGoal *goal, guint *left_ms, GError **ret_error);

#endif
