/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Modules that have to go before a driver lets go of its card: exactly the named one, never what
 * it depends on.
 */
#include "hd-module.h"

#include <errno.h>

#include "hd-error.h"

static bool
is_loaded(HdPort *port, const char *module)
{
    return hd_port_exists(port, "sys/module/%s", module);
}

static bool
unload(HdPort *port, const char *module, GError **ret_error)
{
    int error = is_loaded(port, module) ? hd_port_unload_module(port, module) : 0;
    if (!is_loaded(port, module))
        return true;
    if (error == EAGAIN || error == EWOULDBLOCK)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "module %s is in use, so its cards can't be taken; see 'fuser -v "
                            "/dev/nvidia*'",
                            module);
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error != 0 ? error : EBUSY,
                              "module %s: unload it", module);
}

bool
hd_module_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    if (forward)
        return goal->is_kept || unload(port, goal->name, ret_error);
    if (!is_loaded(port, goal->name))
        (void)hd_port_load_module(port, goal->name);
    if (is_loaded(port, goal->name))
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "module %s can't be loaded again; see 'dmesg'",
                        goal->name);
}
