/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hook's way to a made host: the real port over a folder, in which writes to unbind,
 * bind and driver_override do what the kernel's would do, and take as long as the
 * driver is told to. So the whole hook is measured, its processes, files and locks
 * included, and the kernel's own time, which is written down, can be told apart.
 */
#include "hd-bench-port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hd-hook-port.h"
#include "hd-port-real.h"
#include "hd-text.h"

#define DEVICES "sys/bus/pci/devices"
#define DRIVERS "sys/bus/pci/drivers"

static const HdPortOps *real_ops;

/* Workers have no descriptor but the real port's. */
static char *
whole(const char *path)
{
    return g_build_filename(HD_HOOK_ROOT, path, NULL);
}

/* What one unbind or bind of this driver takes. */
static void
take_time(HdPort *port, const char *driver)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, DRIVERS "/%s/bench_ms", driver) == 0)
        g_usleep((gulong)g_ascii_strtoull(text, NULL, 10) * 1000);
}

static int
unbind(HdPort *port, const char *driver, const char *address)
{
    g_autofree char *path = g_strdup_printf(DEVICES "/%s/driver", address);
    g_autofree char *current = NULL;
    if (hd_port_link_name(port, &current, "%s", path) != 0 || !g_str_equal(current, driver))
        return ENODEV;
    g_autofree char *link = whole(path);
    take_time(port, driver);
    return unlink(link) != 0 ? errno : 0;
}

static int
bind(HdPort *port, const char *driver, const char *address)
{
    g_autofree char *path = g_strdup_printf(DEVICES "/%s/driver", address);
    g_autofree char *target = g_strdup_printf("../../../bus/pci/drivers/%s", driver);
    if (hd_port_exists(port, "%s", path))
        return EBUSY;
    g_autofree char *link = whole(path);
    take_time(port, driver);
    return symlink(target, link) != 0 ? errno : 0;
}

static int
set_override(const char *path, const char *text)
{
    g_autofree char *file = whole(path);
    int fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd < 0)
        return errno;
    const char *shown = g_str_equal(text, "\n") ? "(null)\n" : text;
    ssize_t count = write(fd, shown, strlen(shown));
    (void)close(fd);
    return count > 0 ? 0 : EIO;
}

static int
be_kernel(HdPort *port, const char *path, const char *text)
{
    g_autofree char *file = g_path_get_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(folder);
    if (g_str_equal(file, "unbind"))
        return unbind(port, name, text);
    if (g_str_equal(file, "bind"))
        return bind(port, name, text);
    if (g_str_equal(file, "driver_override"))
        return set_override(path, text);
    return real_ops->write(port, path, text);
}

static int
bench_write(HdPort *port, const char *path, const char *text)
{
    gint64 start = g_get_monotonic_time();
    int error = be_kernel(port, path, text);
    g_autofree char *line =
        g_strdup_printf("%" G_GINT64_FORMAT "\n", g_get_monotonic_time() - start);
    int fd = open(HD_HOOK_ROOT "/" HD_BENCH_KERNEL, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd >= 0) {
        (void)!write(fd, line, strlen(line));
        (void)close(fd);
    }
    return error;
}

HdPort *
hd_hook_port_open(GError **ret_error)
{
    static HdPortOps ops;
    HdPort *port = hd_port_real_new(HD_HOOK_ROOT, ret_error);
    if (port == NULL)
        return NULL;
    hd_port_real_trust(port);
    real_ops = port->ops;
    ops = *real_ops;
    ops.write = bench_write;
    port->ops = &ops;
    return port;
}
