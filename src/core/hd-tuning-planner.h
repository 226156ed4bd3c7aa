/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TUNING_PLANNER_H
#define HD_TUNING_PLANNER_H

#include "hd-planner.h"

/**
 * hd_tuning_planner_add:
 * @function: a PCI goal of @plan; gets the sizes of BARs that the VM wants
 *
 * Adds the attributes of the function that are set for the VM, or put back after it. Refuses sizes
 * that a BAR can't have, and wishes for attributes that aren't there.
 */
void hd_tuning_planner_add(const HdPlannerInput *input, HdGoal *function, HdPlan *plan);

#endif
