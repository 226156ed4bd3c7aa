/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Releasing the host's text console and the firmware's framebuffer, and putting them back.
 */
#include "hd-console.h"

#include <string.h>

#define CONSOLES "sys/class/vtconsole"
#define DEVICES  "sys/bus/platform/devices"
#define DRIVERS  "sys/bus/platform/drivers"

/* The console driver for framebuffers: its number depends on what was registered when. */
static char *
find_console(HdPort *port)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, CONSOLES) != 0)
        return NULL;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *name = NULL;
        const char *console = g_ptr_array_index(names, i);
        if (hd_port_read(port, &name, CONSOLES "/%s/name", console) == 0 &&
            strstr(name, "frame buffer") != NULL)
            return g_strdup(console);
    }
    return NULL;
}

static bool
is_bound(HdPort *port, const char *console)
{
    g_autofree char *bind = NULL;
    return hd_port_read(port, &bind, CONSOLES "/%s/bind", console) == 0 && g_str_equal(bind, "1");
}

bool
hd_console_reach(HdPort *port, bool release, HdConverged *ret_outcome, GError **ret_error)
{
    g_autofree char *console = find_console(port);
    if (console == NULL) {
        *ret_outcome = release ? HD_CONVERGED_REACHED : HD_CONVERGED_GONE;
        return true;
    }
    int error = is_bound(port, console) == release
                    ? hd_port_write(port, release ? "0" : "1", CONSOLES "/%s/bind", console)
                    : 0;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "console: write to %s/bind",
                                  console);
    if (is_bound(port, console) == release)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "console: the kernel has not %s it (%s/bind)",
                            release ? "released" : "taken back", console);
    *ret_outcome = HD_CONVERGED_REACHED;
    return true;
}

static bool
has_driver(HdPort *port, const char *device)
{
    g_autofree char *driver = NULL;
    return hd_port_link_name(port, &driver, DEVICES "/%s/driver", device) == 0;
}

static bool
release_screen(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    int error = has_driver(port, goal->name)
                    ? hd_port_write(port, goal->name, DRIVERS "/%s/unbind", goal->screen_driver)
                    : 0;
    if (!has_driver(port, goal->name))
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: still has its driver %s%s%s", goal->name,
                        goal->screen_driver, error != 0 ? ": " : "",
                        error != 0 ? g_strerror(error) : "");
}

bool
hd_screen_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                GError **ret_error)
{
    if (forward && !release_screen(port, goal, ret_error))
        return false;
    /* Whether it comes back is the kernel's decision, and was said before the start. */
    if (!forward && !has_driver(port, goal->name) &&
        !hd_port_exists(port, "sys/bus/pci/devices/%s/driver",
                        hd_pci_address_text(&goal->address).text))
        (void)hd_port_write(port, goal->name, DRIVERS "/%s/bind", goal->screen_driver);
    *ret_outcome =
        forward || has_driver(port, goal->name) ? HD_CONVERGED_REACHED : HD_CONVERGED_GONE;
    return true;
}
