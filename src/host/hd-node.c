/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nodes below /dev, and their ownership for hosts with dynamic_ownership=0, where libvirt copies
 * the host's owner and mode into QEMU's private /dev and sets none itself.
 */
#include "hd-node.h"

#include "hd-usb-probe.h"

#define SETTLE_MS 3000

char *
hd_node_group_path(HdPort *port, const char *folder)
{
    g_autofree char *group = NULL;
    if (hd_port_link_name(port, &group, "%s/iommu_group", folder) != 0)
        return NULL;
    return g_strdup_printf("dev/vfio/%s", group);
}

char *
hd_node_cdev_path(HdPort *port, const char *folder)
{
    g_autoptr(GPtrArray) cdevs = NULL;
    if (hd_port_list(port, &cdevs, "%s/vfio-dev", folder) != 0 || cdevs->len == 0)
        return NULL;
    return g_strdup_printf("dev/vfio/devices/%s", (char *)g_ptr_array_index(cdevs, 0));
}

void
hd_node_probe(HdPort *port, const char *folder, HdNodeState *ret_group, HdNodeState *ret_cdev)
{
    g_autofree char *group = hd_node_group_path(port, folder);
    g_autofree char *cdev = hd_node_cdev_path(port, folder);
    if (group != NULL)
        (void)hd_port_get_node(port, group, ret_group);
    if (cdev != NULL)
        (void)hd_port_get_node(port, cdev, ret_cdev);
}

static char *
folder_of(const HdGoal *goal)
{
    return g_strdup_printf("sys/bus/%s/devices/%s", hd_goal_is_about_mdev(goal) ? "mdev" : "pci",
                           hd_goal_subject(goal).text);
}

static bool
is_local(const HdGoal *goal)
{
    return goal->usb.bus != 0 || goal->tty != NULL;
}

char *
hd_node_path(HdPort *port, const HdGoal *goal)
{
    if (goal->usb.bus != 0)
        return g_strdup_printf("dev/bus/usb/%03u/%03u", goal->usb.bus, goal->usb.device);
    if (goal->tty != NULL)
        return g_strconcat("dev/", goal->tty, NULL);
    if (goal->kind == HD_GOAL_NODE && goal->node == HD_NODE_IOMMU)
        return g_strdup("dev/iommu");
    g_autofree char *folder = folder_of(goal);
    if (goal->kind == HD_GOAL_NODE && goal->node == HD_NODE_CDEV)
        return hd_node_cdev_path(port, folder);
    if (goal->kind == HD_GOAL_NODE || goal->kind == HD_GOAL_PCI || goal->kind == HD_GOAL_HOLD ||
        goal->kind == HD_GOAL_MDEV)
        return hd_node_group_path(port, folder);
    return NULL;
}

/* What is plugged out and in again has a new node, that its own rules have given an owner. */
static bool
is_still_ours(HdPort *port, const HdGoal *goal, const HdNodeState *now)
{
    return now->uid == goal->node_after.uid && now->gid == goal->node_after.gid &&
           (goal->usb.bus == 0 || hd_usb_probe_is_there(port, &goal->usb));
}

/* The device has been looked at just now; without its node QEMU could not start. */
static bool
check_there(HdPort *port, const HdGoal *goal, const char *path, const HdNodeState *now,
            GError **ret_error)
{
    if (now->present && (goal->usb.bus == 0 || hd_usb_probe_is_there(port, &goal->usb)))
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "/%s has gone since the start began", path);
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
    g_autofree char *path = hd_node_path(port, goal);
    HdNodeState now = {0};
    if (path == NULL || !target->present)
        return true;
    hd_port_settle(port, SETTLE_MS);
    int error = hd_port_get_node(port, path, &now);
    if (error == 0 && forward && is_local(goal) && !check_there(port, goal, path, &now, ret_error))
        return false;
    if (error == 0 && !forward && is_local(goal) && !is_still_ours(port, goal, &now))
        return true;
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
