/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MODULE_H
#define HD_MODULE_H

#include "hd-port.h"

/**
 * Unloads the module of @goal (@forward), unless another card needs it; or loads it again. Only in
 * a job. Returns: false on %HD_ERROR_KERNEL: it is in use, or can't be loaded.
 */
bool hd_module_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
