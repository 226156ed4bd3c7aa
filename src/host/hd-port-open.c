/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Root opens what is in these places and believes it. So it looks first whether anybody
 * but root could have put it there, and whether a place is what its name says.
 */
#include "hd-port-open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hd-port-files.h"
#include "hd-port-state.h"
#include "hd-port-within.h"

HdPortTrust
hd_port_open_trust(const char *path, bool is_machine)
{
    /* A ROM is no line: it comes in as many reads as it takes. */
    if (g_str_has_prefix(path, "sys/"))
        return g_str_has_suffix(path, "/rom") ? HD_PORT_PLAIN : HD_PORT_ATTRIBUTE;
    if (is_machine && g_str_has_prefix(path, "run/hostdevctl/"))
        return HD_PORT_STATE;
    if (is_machine && g_str_has_prefix(path, "etc/hostdevctl/"))
        return HD_PORT_SETTINGS;
    return HD_PORT_PLAIN;
}

static bool
is_kernels(const char *path)
{
    return g_str_has_prefix(path, "proc/") || g_str_has_prefix(path, "sys/");
}

/* The owner's tools may link settings to where they keep them, even hard; but nobody else's file.
 */
static int
check_settings(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return errno;
    bool is_trusted = S_ISREG(status.st_mode) &&
                      (status.st_uid == 0 || status.st_uid == geteuid()) &&
                      (status.st_mode & 022) == 0;
    return is_trusted ? 0 : EPERM;
}

int
hd_port_open_place(int place, int *ret_fd)
{
    char opened[32];
    struct stat status;
    (void)g_snprintf(opened, sizeof opened, "/proc/self/fd/%d", place);
    if (fstat(place, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return S_ISDIR(status.st_mode) ? EISDIR : EMEDIUMTYPE;
    int fd = open(opened, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    *ret_fd = fd;
    return 0;
}

/* A file of anybody's may lead to a device, whose opening does something: it is opened as what it
   has been seen to be. */
static int
open_regular(int root, const char *path, int *ret_fd)
{
    int place = openat(root, path, O_PATH | O_CLOEXEC);
    if (place < 0)
        return errno;
    int error = hd_port_open_place(place, ret_fd);
    (void)close(place);
    return error;
}

int
hd_port_open_read(int root, const char *path, HdPortTrust trust, int *ret_fd)
{
    if (trust == HD_PORT_STATE)
        return hd_port_state_open(root, path, ret_fd);
    if (trust == HD_PORT_PLAIN && !is_kernels(path))
        return open_regular(root, path, ret_fd);
    int fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return errno;
    int error = trust == HD_PORT_SETTINGS ? check_settings(fd) : 0;
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}

/* Once in a process: /sys is mounted for good. */
static int
check_sysfs(int fd)
{
    static bool is_known;
    struct statfs system;
    if (is_known)
        return 0;
    if (fstatfs(fd, &system) != 0)
        return errno;
    is_known = system.f_type == SYSFS_MAGIC;
    return is_known ? 0 : EMEDIUMTYPE;
}

int
hd_port_open_write(int root, const char *path, bool is_machine, int *ret_fd)
{
    int fd = openat(root, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno;
    int error = is_machine && g_str_has_prefix(path, "sys/") ? check_sysfs(fd) : 0;
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}

static int
find_node(int root, const char *path, bool is_machine, int *ret_fd)
{
    if (!is_machine)
        return hd_port_within_open(root, path, false, ret_fd);
    int fd = openat(root, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    *ret_fd = fd;
    return 0;
}

int
hd_port_open_node(int root, const char *path, bool is_machine, int *ret_fd, struct stat *ret_status)
{
    int fd = -1;
    int error = find_node(root, path, is_machine, &fd);
    if (error != 0)
        return error;
    error = fstat(fd, ret_status) != 0 ? errno : 0;
    /* A captured machine has plain files where the nodes were. */
    bool is_node = S_ISCHR(ret_status->st_mode) || (!is_machine && S_ISREG(ret_status->st_mode));
    if (error == 0 && !is_node)
        error = ENXIO;
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}

bool
hd_port_open_check_node(int root, const char *path, dev_t device)
{
    g_autoptr(GString) uevent = NULL;
    g_autofree char *place =
        g_strdup_printf("sys/dev/char/%u:%u/uevent", major(device), minor(device));
    if (!g_str_has_prefix(path, "dev/") ||
        hd_port_files_load(root, place, HD_PORT_ATTRIBUTE, &uevent) != 0)
        return false;
    g_auto(GStrv) lines = g_strsplit(uevent->str, "\n", -1);
    g_autofree char *wanted = g_strconcat("DEVNAME=", path + strlen("dev/"), NULL);
    return g_strv_contains((const char *const *)lines, wanted);
}
