/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A unit was stopped so that a card becomes free; its processes, or a session's that ended with
 * it, take their time. Waited for is the closing of the card's nodes, which the kernel tells.
 */
#include "hd-holders-await.h"

#include "hd-error.h"
#include "hd-holder-process.h"
#include "hd-probe.h"

/* Somebody may have opened a node between the look and the wait. */
#define LOOK_AGAIN_MS 500

static GPtrArray *
find_processes(HdPort *port, const HdDevice *device, GPtrArray *nodes)
{
    GPtrArray *holders = g_ptr_array_new_with_free_func((GDestroyNotify)hd_holder_free);
    g_autoptr(GPtrArray) trees = g_ptr_array_new_with_free_func(hd_sysfs_tree_free);
    g_autoptr(GPtrArray) lists = g_ptr_array_new();
    HdSysfsTree *tree = hd_sysfs_tree_new();
    g_ptr_array_add(trees, tree);
    g_ptr_array_add(lists, holders);
    hd_sysfs_tree_walk(port, device, tree);
    hd_holder_process_find(port, trees, lists);
    for (guint i = 0; i < tree->nodes->len; i++)
        g_ptr_array_add(nodes,
                        g_strconcat("dev/", (char *)g_ptr_array_index(tree->nodes, i), NULL));
    return holders;
}

static bool
refuse(const HdGoal *goal, const HdHolder *holder, GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_REFUSED,
                        "%s is still in use by this host, though the units of stop-units were "
                        "stopped: %s; %s (rule: process)",
                        hd_goal_subject(goal).text, holder->text, holder->remedy);
}

bool
hd_holders_await(HdPort *port, const HdGoal *goal, guint deadline_ms, GError **ret_error)
{
    guint waited_ms = 0;
    for (;;) {
        g_autoptr(HdDevice) device = NULL;
        g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(g_free);
        if (!hd_probe_device(port, &goal->address, &device, ret_error))
            return false;
        if (device == NULL)
            return true;
        g_autoptr(GPtrArray) holders = find_processes(port, device, nodes);
        if (holders->len == 0)
            return true;
        if (waited_ms >= deadline_ms)
            return refuse(goal, g_ptr_array_index(holders, 0), ret_error);
        waited_ms += hd_port_await_close(port, nodes, MIN(LOOK_AGAIN_MS, deadline_ms - waited_ms));
    }
}
