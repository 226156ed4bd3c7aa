/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VGPU_REACH_H
#define HD_VGPU_REACH_H

#include "hd-converge.h"

/**
 * hd_vgpu_probe:
 * @ret_vgpu: (transfer full) (nullable): the vGPU interface of the function; NULL when it has none
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_vgpu_probe(HdPort *port, const HdPciAddress *address, HdVgpu **ret_vgpu,
                   GError **ret_error);

/**
 * hd_vgpu_reach:
 * Sets the vGPU type of a VGPU goal, or sets the one from before again. The creatable types are
 * read anew before the write, since they shrink with each sibling. May block: call it in a job.
 *
 * @ret_outcome: REPLACED on the way back: another type has been set by somebody else
 *
 * Returns: false on %HD_ERROR_KERNEL, or %HD_ERROR_TAKEN: somebody else has set it meanwhile.
 */
bool hd_vgpu_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                   GError **ret_error);

#endif
