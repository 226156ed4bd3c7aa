/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONVERGE_H
#define HD_CONVERGE_H

#include "hd-goal.h"
#include "hd-port.h"

/** HdConverged: how reaching a goal ended, when nothing failed. */
typedef enum {
    HD_CONVERGED_REACHED,
    HD_CONVERGED_GONE,     /* the function has left the host */
    HD_CONVERGED_REPLACED, /* something else is in its place, not ours: it is not touched */
} HdConverged;

/**
 * hd_converge:
 * Reaches one goal: doing (@forward) and undoing are the same code with the other target.
 * Idempotent. Forward, a function that is gone or replaced is an error; on the way back it is an
 * outcome, since there is nothing left to give back. May block: call it in a job.
 *
 * Returns: false on %HD_ERROR_KERNEL, %HD_ERROR_STUCK, %HD_ERROR_TAKEN, or, of pages,
 * %HD_ERROR_REFUSED or %HD_ERROR_STATE.
 */
bool hd_converge(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                 GError **ret_error);

#endif
