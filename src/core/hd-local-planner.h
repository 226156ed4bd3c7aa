/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LOCAL_PLANNER_H
#define HD_LOCAL_PLANNER_H

#include "hd-planner.h"

/**
 * hd_local_planner_add:
 * @wish: for a USB device or a port (USB, TTY)
 * @policy: the stances for this wish
 * @plan: gets the claim, and where libvirt sets no owners the node; or refusals and notes
 */
void hd_local_planner_add(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy,
                          HdPlan *plan);

/** Notes in @plan when it takes the host's last keyboard. After all wishes have been added. */
void hd_local_planner_finish(const HdPlannerInput *input, HdPlan *plan);

#endif
