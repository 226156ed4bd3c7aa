/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SETUP_STORE_H
#define HD_SETUP_STORE_H

#include "hd-setup.h"

/**
 * hd_setup_apply:
 * Carries out the edits of @setup. Before that, each file's bytes go to /var/lib/hostdevctl/setup,
 * as they were before the first set-up that changed it. What fails half-way is taken back.
 *
 * Returns: false on %HD_ERROR_CONFIG, %HD_ERROR_STATE (the record of earlier ones is damaged).
 */
bool hd_setup_apply(HdPort *port, const HdSetup *setup, GError **ret_error);

/**
 * hd_setup_plan_undo:
 * @force: also undo files that were changed by others since
 * @ret_setup: (transfer full): the edits that give each file that a set-up changed its very bytes
 *   back, or remove it where there was none
 *
 * Returns: false on %HD_ERROR_REFUSED: a file was changed by others since.
 */
bool hd_setup_plan_undo(HdPort *port, bool force, HdSetup **ret_setup, GError **ret_error);

/**
 * Adds the commands that an earlier set-up, or the undoing of one, has not come to or that have
 * failed then.
 */
bool hd_setup_add_pending(HdPort *port, HdSetup *setup, GError **ret_error);

/** Notes that of the commands of a set-up only @steps (element-type utf8) are left to be run. */
bool hd_setup_steps_left(HdPort *port, const GPtrArray *steps, GError **ret_error);

/** Carries out hd_setup_plan_undo(), and forgets what was kept. */
bool hd_setup_undo(HdPort *port, const HdSetup *setup, GError **ret_error);

#endif
