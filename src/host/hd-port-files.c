/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files in /etc that other programs read too: a reader sees the old text or the new
 * one, whatever happens in between.
 */
#include "hd-port-files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_below(int parent, const char *name, bool create, int *ret_fd)
{
    if (create && mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return errno;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    *ret_fd = fd;
    return 0;
}

/* Opens the folder of @path; *ret_name is the last component, within @path. */
static int
open_parent(int root, const char *path, bool create, int *ret_fd, const char **ret_name)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    int folder = fcntl(root, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (folder < 0)
        return errno;
    for (char **part = parts; part[1] != NULL; part++) {
        int next = -1;
        int error = open_below(folder, *part, create, &next);
        (void)close(folder);
        if (error != 0)
            return error;
        folder = next;
    }
    *ret_fd = folder;
    *ret_name = strrchr(path, '/') + 1;
    return 0;
}

static int
write_new(int folder, const char *name, const char *text)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno;
    int error = 0;
    /* The umask of a root process may keep readers out. */
    if (fchmod(fd, 0644) != 0)
        error = errno;
    ssize_t count = error == 0 ? write(fd, text, strlen(text)) : 0;
    if (error == 0 && count < 0)
        error = errno;
    else if (error == 0 && (gsize)count != strlen(text))
        error = ENOSPC;
    if (error == 0 && fsync(fd) != 0)
        error = errno;
    (void)close(fd);
    return error;
}

int
hd_port_files_save(int root, const char *path, const char *text)
{
    int folder = -1;
    const char *name = NULL;
    int error = open_parent(root, path, true, &folder, &name);
    if (error != 0)
        return error;
    g_autofree char *temporary = g_strdup_printf(".%s.hostdevctl.%d", name, (int)getpid());
    error = write_new(folder, temporary, text);
    if (error == 0 && renameat(folder, temporary, folder, name) != 0)
        error = errno;
    if (error != 0)
        (void)unlinkat(folder, temporary, 0);
    else if (fsync(folder) != 0)
        error = errno;
    (void)close(folder);
    return error;
}

int
hd_port_files_discard(int root, const char *path)
{
    int folder = -1;
    const char *name = NULL;
    int error = open_parent(root, path, false, &folder, &name);
    if (error != 0)
        return error;
    if (unlinkat(folder, name, 0) != 0 || fsync(folder) != 0)
        error = errno;
    (void)close(folder);
    return error;
}
