/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our files in /run. Whatever somebody has planted there, a link, a FIFO, a file of
 * another user, is refused and never used: each component is opened without
 * following links and looked at before it is trusted.
 */
#include "hd-port-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HOME "run/hostdevctl/"

/* Folders below this one go with the last file in them: their number has no limit. */
#define CLAIMS HOME "claim/"

/* Waiting for a lock is retried at growing intervals; flock() has no deadline of its own. */
#define FIRST_PAUSE_US   500
#define LONGEST_PAUSE_US 20000

struct HdLock {
    int fd;
};

/* Ours: owned by us, writable by nobody else. */
static int
check_owner(int fd, mode_t wanted_type)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return errno;
    bool is_ours = (status.st_mode & S_IFMT) == wanted_type && status.st_uid == geteuid() &&
                   (status.st_mode & 022) == 0;
    bool is_single = wanted_type == S_IFDIR || status.st_nlink <= 1;
    return is_ours && is_single ? 0 : EPERM;
}

static int
open_folder(int parent, const char *name, bool create, int *ret_fd)
{
    if (create && mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
        return errno;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = check_owner(fd, S_IFDIR);
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}

/* Opens the folder of @path; *ret_name is the last component, within @path. */
static int
open_parent(int root, const char *path, bool create, int *ret_fd, const char **ret_name)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    guint count = g_strv_length(parts);
    if (!g_str_has_prefix(path, HOME) || count < 3)
        return EPERM;
    /* run itself belongs to the system. */
    int folder = openat(root, "run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno;
    for (guint i = 1; i + 1 < count; i++) {
        int next = -1;
        int error = open_folder(folder, parts[i], create, &next);
        (void)close(folder);
        if (error != 0)
            return error;
        folder = next;
    }
    *ret_fd = folder;
    *ret_name = strrchr(path, '/') + 1;
    return 0;
}

#define TRIES 8

static int
open_strictly(int folder, const char *path, int flags, int *ret_fd)
{
    const struct open_how how = {
        .flags = (guint64)(flags | O_CLOEXEC),
        .mode = (flags & O_CREAT) != 0 ? 0600 : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd < 0)
        return errno;
    *ret_fd = fd;
    return 0;
}

/* The kernel walks, from our folder, in which nobody else can make anything. */
static int
open_at_once(int root, const char *path, int flags, int *ret_fd)
{
    int home = -1;
    if (!g_str_has_prefix(path, HOME))
        return EPERM;
    int error = open_strictly(root, "run/hostdevctl", O_PATH | O_DIRECTORY, &home);
    if (error != 0)
        return error;
    error = check_owner(home, S_IFDIR);
    if (error == 0)
        error = open_strictly(home, path + strlen(HOME), flags, ret_fd);
    (void)close(home);
    return error;
}

/* We walk: where the kernel can't (before 5.6), isn't let (a container), or folders lack. */
static int
open_by_steps(int root, const char *path, int flags, int *ret_fd)
{
    int folder = -1;
    const char *name = NULL;
    int error = open_parent(root, path, (flags & O_CREAT) != 0, &folder, &name);
    if (error != 0)
        return error;
    int fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
    error = fd < 0 ? errno : 0;
    (void)close(folder);
    if (error == 0)
        *ret_fd = fd;
    return error;
}

static int
open_and_check(int root, const char *path, int flags, int *ret_fd)
{
    int fd = -1;
    int error = open_at_once(root, path, flags, &fd);
    const bool lacks_folders = error == ENOENT && (flags & O_CREAT) != 0;
    if (error == ENOSYS || error == EPERM || error == ELOOP || lacks_folders)
        error = open_by_steps(root, path, flags, &fd);
    if (error != 0)
        return error;
    error = check_owner(fd, S_IFREG);
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}

int
hd_port_state_open(int root, const char *path, int *ret_fd)
{
    return open_and_check(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, ret_fd);
}

static int
try_open_file(int root, const char *path, bool create, int *ret_fd)
{
    return open_and_check(root, path, O_RDWR | O_APPEND | O_NONBLOCK | (create ? O_CREAT : 0),
                          ret_fd);
}

/* An empty folder may be removed by another process between being made and being used. */
static int
open_file(int root, const char *path, bool create, int *ret_fd)
{
    int error = ENOENT;
    for (int i = 0; error == ENOENT && i < (create ? TRIES : 1); i++)
        error = try_open_file(root, path, create, ret_fd);
    return error;
}

int
hd_port_state_append(int root, const char *path, const char *text)
{
    int fd = -1;
    int error = open_file(root, path, true, &fd);
    if (error != 0)
        return error;
    ssize_t count = write(fd, text, strlen(text));
    if (count < 0)
        error = errno;
    else if ((gsize)count != strlen(text)) {
        /* Half a line would take the next one with it. */
        error = ftruncate(fd, lseek(fd, 0, SEEK_CUR) - count) == 0 ? ENOSPC : EIO;
    } else if (fdatasync(fd) != 0)
        error = errno;
    (void)close(fd);
    return error;
}

int
hd_port_state_remove(int root, const char *path)
{
    int folder = -1;
    const char *name = NULL;
    int error = open_parent(root, path, false, &folder, &name);
    if (error != 0)
        return error;
    error = unlinkat(folder, name, 0) != 0 ? errno : 0;
    (void)close(folder);
    g_autofree char *parent = g_path_get_dirname(path);
    /* Whoever has removed the file may not have come as far as the folder. */
    if ((error == 0 || error == ENOENT) && g_str_has_prefix(parent, CLAIMS))
        (void)unlinkat(root, parent, AT_REMOVEDIR);
    return error;
}

/* The file may have been removed by its last owner while we waited for it. */
static bool
is_still_there(int root, const char *path, int fd)
{
    struct stat ours, current;
    return fstat(fd, &ours) == 0 && fstatat(root, path, &current, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == current.st_dev && ours.st_ino == current.st_ino;
}

static int
try_lock(int root, const char *path, bool create, int *ret_fd)
{
    int fd = -1;
    int error = open_file(root, path, create, &fd);
    if (error != 0)
        return error;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        error = errno;
    else if (!is_still_there(root, path, fd))
        error = EAGAIN;
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}

int
hd_port_state_lock(int root, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    gint64 deadline = g_get_monotonic_time() + (gint64)wait_ms * 1000;
    gint64 pause = FIRST_PAUSE_US;
    int fd = -1;
    int error;
    while ((error = try_lock(root, path, create, &fd)) == EWOULDBLOCK || error == EINTR) {
        gint64 left = deadline - g_get_monotonic_time();
        if (left <= 0)
            return EWOULDBLOCK;
        g_usleep((gulong)MIN(pause, left));
        pause = MIN(pause * 2, LONGEST_PAUSE_US);
    }
    if (error != 0)
        return error;
    *ret_lock = g_new0(HdLock, 1);
    (*ret_lock)->fd = fd;
    return 0;
}

/* A shared lock: who only looks is not in the way of others who do. */
bool
hd_port_state_is_locked(int root, const char *path)
{
    int fd = -1;
    if (open_file(root, path, false, &fd) != 0)
        return false;
    bool is_locked = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(fd);
    return is_locked;
}

void
hd_port_state_unlock(HdLock *lock)
{
    if (lock == NULL)
        return;
    (void)close(lock->fd);
    g_free(lock);
}
