/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_PLANNER_H
#define HD_MDEV_PLANNER_H

#include "hd-planner.h"

/**
 * hd_mdev_planner_add:
 * Decides about one MDEV wish: use the mdev that is there, or make it, and on which parent.
 *
 * What it is to be is said by the VM's metadata or else by mdevctl's definition. Of the parents
 * that have the type and a free instance, the policy's choice decides; the others are kept as
 * second choices for the case that the instance is taken meanwhile. Instances that other VMs have
 * planned but not yet made count as taken.
 *
 * @policy: the stances and the choice for this wish
 * @plan: gets an MDEV goal, or a refusal
 *
 * Returns: whether it got a goal.
 */
bool hd_mdev_planner_add(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy,
                         HdPlan *plan);

#endif
