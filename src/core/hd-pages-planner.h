/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PAGES_PLANNER_H
#define HD_PAGES_PLANNER_H

#include "hd-planner.h"

/**
 * hd_pages_planner_add:
 * @plan: gets one goal for each size and set of nodes in which the VM wants huge pages, when they
 *        are to be allocated; or a refusal
 */
void hd_pages_planner_add(const HdPlannerInput *input, HdPlan *plan);

#endif
