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
#include "hd-uuid.h"

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

/* Returns what is in the device's folder, or NULL when that can't be read, which is a holder. */
static GPtrArray *
list_folder(HdPort *port, HdDevice *device)
{
    GPtrArray *entries = NULL;
    int error = hd_port_list(port, &entries, "sys/bus/pci/devices/%s",
                             hd_pci_address_text(&device->address).text);
    if (error != 0)
        g_ptr_array_add(
            device->holders,
            hd_holder_new(
                HD_RULE_STORAGE,
                g_strdup_printf("what is below it in sysfs can't be read (%s)", g_strerror(error)),
                g_strdup("look at it by hand")));
    return entries;
}

/* Mediated devices are folders below their parent, go when it goes, and have groups of their own.
 */
static void
add_mdev_nodes(HdPort *port, const HdDevice *device, const GPtrArray *entries, HdSysfsTree *tree)
{
    for (guint i = 0; i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        g_autofree char *group = NULL;
        HdUuid uuid;
        if (hd_uuid_parse(entry, &uuid) &&
            hd_port_link_name(port, &group, "sys/bus/pci/devices/%s/%s/iommu_group",
                              hd_pci_address_text(&device->address).text, entry) == 0)
            g_ptr_array_add(tree->nodes, g_strdup_printf("vfio/%s", group));
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
    g_autoptr(GPtrArray) entries = list_folder(port, device);
    if (entries == NULL)
        return;
    hd_sysfs_tree_walk(port, device, tree);
    add_mdev_nodes(port, device, entries, tree);
    g_autofree char *folder =
        g_strdup_printf("sys/bus/pci/devices/%s", hd_pci_address_text(&device->address).text);
    hd_holder_block_find(port, tree, device->holders);
    hd_holder_net_find(port, tree, folder, device->holders);
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
