/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_REACH_H
#define HD_MDEV_REACH_H

#include "hd-converge.h"

/**
 * hd_mdev_reach:
 * Makes the mdev of an MDEV goal (@forward), or removes it; one that was there before is only
 * looked for, and never removed. May block: call it in a job.
 *
 * Making: the goal's places are tried in order, since an instance may be taken between decision
 * and write; attributes are written in order, and one that fails takes the mdev along. Removing:
 * waits, bounded, while anyone has it open: the kernel's removal would block and leave a ghost.
 *
 * @ret_outcome: REPLACED on the way back: an mdev of that uuid is there that can't be ours
 *
 * Returns: false on %HD_ERROR_KERNEL, or %HD_ERROR_TAKEN: somebody else has made it meanwhile.
 */
bool hd_mdev_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                   GError **ret_error);

#endif
