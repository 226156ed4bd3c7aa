/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_LIST_H
#define HD_CMD_LIST_H

#include "hd-cmd.h"
#include "hd-inventory.h"
#include "hd-pci-filter.h"

/**
 * hd_cmd_list_tree:
 * @filter: what is shown; what is above it on its way from the root is shown, too
 * @only_available: only functions that a VM could get now
 * @as_dot: as a graph in Graphviz's language, else as a tree for people, or as JSON if asked for
 */
HdExit hd_cmd_list_tree(HdCmd *cmd, const HdInventory *inventory, const HdPciFilter *filter,
                        bool only_available, bool as_dot);

#endif
