/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_MAP_H
#define HD_CMD_MAP_H

#include "hd-cmd.h"

/* Shared by the files of the subcommand `map`. */

/** Prints the mappings with their devices, or @name (nullable) alone. */
bool hd_cmd_map_print_list(HdCmd *cmd, HdState *state, const char *name, GError **ret_error);

/** Prints how the devices of the mappings, or of @name (nullable), compare to what is known of
 * them.
 * @ret_good: whether each is the card that it was. */
bool hd_cmd_map_print_check(HdCmd *cmd, const char *name, bool *ret_good, GError **ret_error);

/** Gives the VM @domain, in its definition, devices of its mappings that are free now. */
bool hd_cmd_map_assign(HdCmd *cmd, HdState *state, const char *domain, GError **ret_error);

#endif
