/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_RULES_H
#define HD_RULES_H

#include "hd-planner.h"

/**
 * hd_rules_check_wish:
 * @device: (nullable): the function that @wish names; NULL: not on this host
 * @policy: the stances for this wish
 * @plan: gets a refusal for each rule that says no, and a note for each that was relaxed
 *
 * Returns: whether the device may be given.
 */
bool hd_rules_check_wish(const HdPlannerInput *input, const HdWish *wish, const HdDevice *device,
                         const HdPolicy *policy, HdPlan *plan);

/**
 * hd_rules_check_companion:
 * @wanted: the requested function
 * @member: another function of its IOMMU group, not a bridge, not requested
 * @plan: gets refusals that name both
 *
 * Returns: whether @member may go along.
 */
bool hd_rules_check_companion(const HdPlannerInput *input, const HdDevice *wanted,
                              const HdDevice *member, const HdPolicy *policy, HdPlan *plan);

/**
 * hd_rules_check_card:
 * @wanted: the requested function of a graphics card
 * @member: another function of the card, not requested and not in the plan yet
 * @plan: gets refusals that name both
 *
 * Returns: whether @member is to go along.
 */
bool hd_rules_check_card(const HdPlannerInput *input, const HdDevice *wanted,
                         const HdDevice *member, const HdPolicy *policy, HdPlan *plan);

/**
 * hd_rules_check_holders:
 * @holders: (element-type HdHolder): who uses a device on this host
 * @subject: what that device is called
 * @plan: gets a refusal for each use that its rule forbids, and a note for each that is relaxed
 *
 * Returns: whether it may be given all the same.
 */
bool hd_rules_check_holders(const GPtrArray *holders, const char *subject, const HdPolicy *policy,
                            HdPlan *plan);

#endif
