/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_NODE_H
#define HD_NODE_H

#include "hd-goal.h"
#include "hd-port.h"

/**
 * hd_node_reach:
 * Gives the node of a NODE goal its owner and mode (@forward), or gives it back what it had.
 * A node that isn't there is fine: group nodes and cdevs come and go with the binding, and one
 * that libvirt will make is root's until then. The result is read back after udev has settled,
 * since a rule may set the owner again.
 *
 * Returns: false on %HD_ERROR_KERNEL.
 */
bool hd_node_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
