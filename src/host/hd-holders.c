/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who uses a device, put together: what hangs below it in sysfs is walked once, then
 * each kind of user is looked for. The kernel would take a mounted disk away without
 * a question, and wait for an open node for ever.
 */
#include "hd-holders.h"

#include "hd-holder-block.h"
#include "hd-holder-net.h"
#include "hd-holder-process.h"
#include "hd-sysfs-tree.h"

/* While an unbind waits for a user of the device, the driver is gone already but the group's node
   is not: no driver does not mean that nobody uses it. */
static void
add_group_node(HdPort *port, const HdDevice *device, HdSysfsTree *tree)
{
    if (device->iommu_group >= 0 &&
        (device->binding.driver == NULL || hd_device_is_on_vfio(device)) &&
        hd_port_exists(port, "dev/vfio/%d", device->iommu_group))
        g_ptr_array_add(tree->nodes, g_strdup_printf("vfio/%d", device->iommu_group));
}

/* What can't be looked at may be used. */
static void
add_unreadable(HdDevice *device, int error)
{
    g_ptr_array_add(device->holders,
                    hd_holder_new(HD_RULE_STORAGE,
                                  g_strdup_printf("what is below it in sysfs can't be read (%s)",
                                                  g_strerror(error)),
                                  g_strdup("look at it by hand")));
}

/* Whether it is open or not: nothing would make it again. */
static void
add_mdevs(HdDevice *device, const HdSysfsTree *tree)
{
    for (guint i = 0; i < tree->mdevs->len; i++) {
        const char *uuid = g_ptr_array_index(tree->mdevs, i);
        HdHolder *holder =
            hd_holder_new(HD_RULE_PROCESS, g_strdup_printf("it has the mdev %s", uuid),
                          g_strdup_printf("remove it with 'hostdevctl mdev remove %s'", uuid));
        holder->is_vm = true;
        g_ptr_array_add(device->holders, holder);
    }
}

static void
look_at(HdPort *port, HdDevice *device, HdSysfsTree *tree)
{
    if (device->is_bridge)
        return;
    add_group_node(port, device, tree);
    if (device->binding.driver == NULL)
        return;
    int error = hd_sysfs_tree_walk(port, device, tree);
    if (error != 0)
        add_unreadable(device, error);
    add_mdevs(device, tree);
    hd_holder_block_find(port, tree, device->holders);
    hd_holder_net_find(port, tree, device->holders);
}

/* A process of another PID namespace is not in our /proc; the kernel knows of it. */
static void
find_hidden(HdPort *port, HdDevice *device)
{
    g_autofree char *node = g_strdup_printf("dev/vfio/%d", device->iommu_group);
    bool is_open = false;
    if (device->holders->len > 0 || device->iommu_group < 0 || !hd_device_is_on_vfio(device) ||
        hd_port_node_is_open(port, node, &is_open) != 0 || !is_open)
        return;
    g_ptr_array_add(device->holders,
                    hd_holder_new(HD_RULE_PROCESS,
                                  g_strdup_printf("/%s is open in a process that can't be seen "
                                                  "from here",
                                                  node),
                                  g_strdup("look for it in containers")));
}

void
hd_holders_find(HdPort *port, GPtrArray *devices)
{
    g_autoptr(GPtrArray) trees = g_ptr_array_new_with_free_func(hd_sysfs_tree_free);
    g_autoptr(GPtrArray) lists = g_ptr_array_new();
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        HdSysfsTree *tree = hd_sysfs_tree_new();
        g_ptr_array_add(trees, tree);
        g_ptr_array_add(lists, device->holders);
        look_at(port, device, tree);
    }
    hd_holder_process_find(port, trees, lists);
    for (guint i = 0; i < devices->len; i++)
        find_hidden(port, g_ptr_array_index(devices, i));
}

const HdHolder *
hd_holders_find_first(HdPort *port, HdDevice *device, HdRule rule)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    g_ptr_array_add(devices, device);
    hd_holders_find(port, devices);
    for (guint i = 0; i < device->holders->len; i++) {
        const HdHolder *holder = g_ptr_array_index(device->holders, i);
        if (holder->rule == rule)
            return holder;
    }
    return NULL;
}
