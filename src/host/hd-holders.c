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

void
hd_holders_find(HdPort *port, GPtrArray *devices)
{
    g_autoptr(GPtrArray) trees = g_ptr_array_new_with_free_func(hd_sysfs_tree_free);
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        HdSysfsTree *tree = hd_sysfs_tree_new();
        g_ptr_array_add(trees, tree);
        if (device->is_bridge || device->binding.driver == NULL)
            continue;
        hd_sysfs_tree_walk(port, device, tree);
        hd_holder_block_find(port, tree, device);
        hd_holder_net_find(port, tree, device);
    }
    hd_holder_process_find(port, trees, devices);
}
