/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DESKTOP_PLANNER_H
#define HD_DESKTOP_PLANNER_H

#include "hd-planner.h"

/** Returns: whether @address is a function of a graphics card that the request wants for vfio. */
bool hd_desktop_planner_has_card(const HdPlannerInput *input, const HdPciAddress *address);

/**
 * Returns: whether @holder, a process that has @device open, is expected to go when the units are
 * stopped that this start may stop: the card is wanted, there is such a unit, and the process is no
 * other unit's.
 */
bool hd_desktop_planner_awaits(const HdPlannerInput *input, const HdDevice *device,
                               const HdHolder *holder);

/**
 * hd_desktop_planner_add:
 * Adds what has to happen around the graphics cards of @plan: units that are stopped, the console
 * and the firmware's framebuffers that are released, modules that are unloaded; and for every
 * function that changes its driver the attributes and BAR sizes that are set, or put back. Refuses
 * where the last screen of the host would go; notes what can't come back, what the VM lacks of a
 * card, and cards that are known not to reset.
 *
 * To be called when all functions are in the plan.
 */
void hd_desktop_planner_add(const HdPlannerInput *input, HdPlan *plan);

#endif
