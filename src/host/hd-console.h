/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONSOLE_H
#define HD_CONSOLE_H

#include "hd-converge.h"

/**
 * hd_console_reach:
 * @release: off the host's framebuffers; else on them
 * @ret_outcome: GONE when there is no framebuffer to put it on
 *
 * Moves the host's text console. The kernel says yes even when nothing happens, so it is read back.
 */
bool hd_console_reach(HdPort *port, bool release, HdConverged *ret_outcome, GError **ret_error);

/**
 * Takes the firmware's framebuffer device of @goal from its driver (@forward), or gives it back.
 *
 * @ret_outcome: GONE when the kernel has dropped the device meanwhile, which it does for good
 */
bool hd_screen_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                     GError **ret_error);

#endif
