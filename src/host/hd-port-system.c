/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the real port asks of the running system: modules, units, and to be told when a node is
 * closed.
 */
#include "hd-port-system.h"

#include <errno.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "hd-port-real.h"
#include "hd-port-services.h"

int
hd_port_system_load_module(HdPort *port, const char *module)
{
    return hd_port_real_is_machine(port) ? hd_port_services_load_module(module) : ENOENT;
}

int
hd_port_system_unload_module(HdPort *port, const char *module)
{
    return hd_port_real_is_machine(port) ? hd_port_services_unload_module(module) : ENOENT;
}

int
hd_port_system_set_unit(HdPort *port, const char *unit, bool is_active)
{
    return hd_port_real_is_machine(port) ? hd_port_services_set_unit(unit, is_active) : ENOENT;
}

void
hd_port_system_pause(HdPort *port G_GNUC_UNUSED, guint ms)
{
    g_usleep((gulong)ms * 1000);
}

gint64
hd_port_system_now(HdPort *port G_GNUC_UNUSED)
{
    return g_get_real_time();
}

/* Returns a descriptor that has something to read when one of the nodes is closed, or -1. */
static int
watch(HdPort *port, const GPtrArray *nodes)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    for (guint i = 0; fd >= 0 && i < nodes->len; i++) {
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/%s", hd_port_real_root(port),
                                                (const char *)g_ptr_array_index(nodes, i));
        (void)inotify_add_watch(fd, path, IN_CLOSE | IN_DELETE_SELF);
    }
    return fd;
}

/* A process in another mount namespace may have a node of its own: then only the time ends it. */
guint
hd_port_system_await_close(HdPort *port, const GPtrArray *nodes, guint ms)
{
    gint64 begin = g_get_monotonic_time();
    int fd = watch(port, nodes);
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    (void)poll(&poller, 1, (int)ms);
    if (fd >= 0)
        (void)close(fd);
    gint64 waited_ms = (g_get_monotonic_time() - begin) / 1000;
    return (guint)MAX(1, waited_ms);
}
