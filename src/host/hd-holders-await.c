/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A unit was stopped so that a card becomes free; its processes, or a session's that ended with
 * it, take their time. Waited for is the closing of the card's nodes, which the kernel tells.
 */
#include "hd-holders-await.h"

#include "hd-error.h"
#include "hd-holders.h"
#include "hd-probe.h"
#include "hd-sysfs-tree.h"

/* Somebody may have opened a node between the look and the wait. */
#define LOOK_AGAIN_MS 500

/* Returns the milliseconds that were waited. */
static guint
await(HdPort *port, const HdDevice *device, guint most_ms)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(g_free);
    HdSysfsTree *tree = hd_sysfs_tree_new();
    (void)hd_sysfs_tree_walk(port, device, tree);
    for (guint i = 0; i < tree->nodes->len; i++)
        g_ptr_array_add(nodes,
                        g_strconcat("dev/", (char *)g_ptr_array_index(tree->nodes, i), NULL));
    hd_sysfs_tree_free(tree);
    return hd_port_await_close(port, nodes, MIN(LOOK_AGAIN_MS, most_ms));
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
hd_holders_await(HdPort *port, const HdGoal *goal, guint *left_ms, GError **ret_error)
{
    for (;;) {
        const gint64 begin = g_get_monotonic_time();
        g_autoptr(HdDevice) device = NULL;
        if (!hd_probe_device(port, &goal->address, &device, ret_error))
            return false;
        const HdHolder *holder =
            device != NULL ? hd_holders_find_first(port, device, HD_RULE_PROCESS) : NULL;
        if (holder == NULL)
            return true;
        if (*left_ms == 0)
            return refuse(goal, holder, ret_error);
        guint waited_ms = await(port, device, *left_ms);
        /* The looking itself takes time, too. */
        guint took_ms = (guint)MIN((g_get_monotonic_time() - begin) / 1000, G_MAXINT);
        *left_ms -= MIN(*left_ms, MAX(waited_ms, took_ms));
    }
}
