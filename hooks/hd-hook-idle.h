/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_IDLE_H
#define HD_HOOK_IDLE_H

/* For the hook's front: the C library is all that this needs. */

#include <stdbool.h>

#include "hd-hook-args.h"
#include "hd-hook-stdin.h"

/**
 * hd_hook_idle_by_call:
 * @root: "" or in tests another folder, without a slash at its end
 *
 * Returns: whether a call is neither ours nor, as it may be, for the user's scripts. True is
 * certain, false is not.
 */
bool hd_hook_idle_by_call(const char *root, int argc, char *const *argv);

/**
 * Returns: whether a call that is ours, but for no script of the user's, finds nothing to do with
 * this XML. True is certain, false is not.
 */
bool hd_hook_idle_by_xml(const char *root, int argc, char *const *argv, const HdHookStdin *input);

#endif
