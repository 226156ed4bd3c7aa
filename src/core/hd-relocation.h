/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_RELOCATION_H
#define HD_RELOCATION_H

#include "hd-planner.h"

/** HdMove: a function that takes the place of another in a VM's definition. */
typedef struct {
    HdPciAddress from, to;
} HdMove;

/**
 * hd_relocation_is_wanted:
 * Returns: whether @wish is for a function that may be any one of a mapping.
 */
bool hd_relocation_is_wanted(const HdWish *wish);

/** Returns: whether any wish of @request is such a one. */
bool hd_relocation_is_asked(const HdRequest *request);

/**
 * hd_relocation_choose:
 * @input: the request as it is, a host on which all devices of its mappings are probed, and all
 *   claims: what is the VM's own now it keeps
 * @ret_moves: (transfer full) (element-type HdMove): what has to change, perhaps nothing
 * @ret_reason: (transfer full): otherwise: which mapping has nothing free, and who has it
 *
 * Chooses for each wish that names a mapping a device of it that a VM may have now: the one it
 * names already if possible, else the first in the mapping's order, with choose=numa one near the
 * VM's memory before others. Pure.
 *
 * Returns: whether every such wish has found one.
 */
bool hd_relocation_choose(const HdPlannerInput *input, GArray **ret_moves, char **ret_reason);

#endif
