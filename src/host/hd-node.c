/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ownership of VFIO nodes for hosts with dynamic_ownership=0, where libvirt copies
 * the host's owner and mode into QEMU's private /dev and sets none itself.
 */
#include "hd-node.h"

#define SETTLE_MS 3000

/* The node's path now; NULL when the function has none. */
static char *
find_path(HdPort *port, const HdGoal *goal)
{
    const char *bus = hd_goal_is_about_mdev(goal) ? "mdev" : "pci";
    const HdGoalSubject name = hd_goal_subject(goal);
    g_autofree char *group = NULL;
    g_autoptr(GPtrArray) cdevs = NULL;
    switch (goal->node) {
    case HD_NODE_GROUP:
        if (hd_port_link_name(port, &group, "sys/bus/%s/devices/%s/iommu_group", bus, name.text) !=
            0)
            return NULL;
        return g_strdup_printf("dev/vfio/%s", group);
    case HD_NODE_CDEV:
        if (hd_port_list(port, &cdevs, "sys/bus/%s/devices/%s/vfio-dev", bus, name.text) != 0 ||
            cdevs->len == 0)
            return NULL;
        return g_strdup_printf("dev/vfio/devices/%s", (char *)g_ptr_array_index(cdevs, 0));
    case HD_NODE_IOMMU:
        break;
    }
    return g_strdup("dev/iommu");
}

static bool
is_same(const HdNodeState *a, const HdNodeState *b)
{
    return a->uid == b->uid && a->gid == b->gid && a->mode == b->mode;
}

bool
hd_node_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    const HdNodeState *target = forward ? &goal->node_after : &goal->node_before;
    g_autofree char *path = find_path(port, goal);
    HdNodeState now = {0};
    if (path == NULL || !target->present)
        return true;
    hd_port_settle(port, SETTLE_MS);
    int error = hd_port_get_node(port, path, &now);
    if (error == 0 && (!now.present || is_same(&now, target)))
        return true;
    if (error == 0)
        error = hd_port_set_node(port, path, target);
    if (error == 0)
        error = hd_port_get_node(port, path, &now);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "set the owner of /%s", path);
    if (!is_same(&now, target))
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "/%s belongs to %u:%u again: another program or udev rule sets it",
                            path, now.uid, now.gid);
    return true;
}
