/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_MDEV_H
#define HD_CMD_MDEV_H

#include "hd-cmd.h"
#include "hd-mdev-bus.h"

/* Parts of `hostdevctl mdev`; not for other subcommands. */

/** Prints the types of @parent (nullable: of all parents). */
void hd_cmd_mdev_print_types(const HdCmd *cmd, const HdMdevBus *bus, const char *parent);

/** Prints the mdevs that exist (@active) and those that are defined (@defined), each once. */
void hd_cmd_mdev_print_list(const HdCmd *cmd, HdState *state, const HdMdevBus *bus, bool active,
                            bool defined);

#endif
