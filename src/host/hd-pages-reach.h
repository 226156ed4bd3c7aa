/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PAGES_REACH_H
#define HD_PAGES_REACH_H

#include "hd-goal.h"
#include "hd-port.h"

/**
 * hd_pages_reach:
 * Has as many huge pages free for the VM of a PAGES goal as it uses (@forward), or gives back those
 * that were allocated for it. Pages that are free already and promised to nobody are used first.
 * The caller holds the lock of the size. Blocks while the kernel looks for memory, in bounded
 * steps.
 *
 * Giving back is relative: the owner of the host may have changed the number meanwhile. Pages in
 * use stay so, and end as they get free.
 *
 * Returns: false on %HD_ERROR_REFUSED (too little memory, or more than the policy allows; then
 * nothing is left of it), %HD_ERROR_KERNEL or %HD_ERROR_STATE.
 */
bool hd_pages_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
