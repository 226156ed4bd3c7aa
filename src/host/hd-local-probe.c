/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * USB devices and ports together: /proc is searched once for the processes that have any
 * of them open.
 */
#include "hd-local-probe.h"

#include "hd-holder-process.h"
#include "hd-tty-probe.h"
#include "hd-usb-probe.h"

bool
hd_local_probe_request(HdPort *port, const HdRequest *request, HdHost *host, GError **ret_error)
{
    g_autoptr(GPtrArray) trees = g_ptr_array_new_with_free_func(hd_sysfs_tree_free);
    g_autoptr(GPtrArray) lists = g_ptr_array_new();
    if (!hd_usb_probe_request(port, request, host, trees, lists, ret_error) ||
        !hd_tty_probe_request(port, request, host, trees, lists, ret_error))
        return false;
    hd_holder_process_find(port, trees, lists);
    return true;
}
