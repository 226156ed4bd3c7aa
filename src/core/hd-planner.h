/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PLANNER_H
#define HD_PLANNER_H

#include "hd-claim.h"
#include "hd-host.h"
#include "hd-plan.h"
#include "hd-policy.h"
#include "hd-request.h"

/** HdPlannerInput: all that a decision rests on; everything is borrowed. */
typedef struct {
    const HdRequest *request;
    const char *key; /* journal key of the owner: its own claims don't count */
    const HdHost *host;
    const GPtrArray *claims; /* of HdClaim* */
    const HdPolicy *policy;  /* of the host */
} HdPlannerInput;

/**
 * hd_planner_prepare:
 * Decides how to give the requested devices to their owner, or why not. Pure: no
 * I/O, the same input gives the same plan.
 *
 * Order of goals: functions and mdevs as requested, each function followed by the companions of
 * its IOMMU group and of its graphics card; then mdevs for which any parent will do; what belongs
 * to the host's desktop and attributes of functions; then the nodes; then huge pages.
 *
 * Returns: (transfer full): the plan; check hd_plan_is_refused().
 */
HdPlan *hd_planner_prepare(const HdPlannerInput *input);

#endif
