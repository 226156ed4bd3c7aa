/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts that the hook runs as root are looked up here. O_NOFOLLOW alone would not do:
 * users link one VM's folder to another's, so links are followed, but each by hand and
 * each looked at.
 */
#include "hd-trusted-path.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINKS 40 /* as the kernel */

static bool
is_trusted(const struct stat *status)
{
    bool is_ours = status->st_uid == 0 || status->st_uid == geteuid();
    bool is_kept = (status->st_mode & 022) == 0 || S_ISLNK(status->st_mode) ||
                   (S_ISDIR(status->st_mode) && (status->st_mode & S_ISVTX) != 0);
    return is_ours && is_kept;
}

/* Opens @name in @folder, itself and not what it links to. */
static int
look_up(int folder, const char *name, int *ret_fd, bool *ret_link)
{
    struct stat status;
    int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = fstat(fd, &status) != 0 ? errno : 0;
    if (error == 0 && !is_trusted(&status))
        error = EPERM;
    if (error != 0) {
        (void)close(fd);
        return error;
    }
    *ret_fd = fd;
    *ret_link = S_ISLNK(status.st_mode);
    return 0;
}

/* Puts the target of @link before what is left of the path; an absolute one starts at the top. */
static int
follow(int link, int *folder, char **left)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(link, "", target, sizeof target - 1);
    if (length < 0)
        return errno;
    target[length] = '\0';
    char *joined = g_strconcat(target, "/", *left, NULL);
    g_free(*left);
    *left = joined;
    if (target[0] != '/')
        return 0;
    int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        return errno;
    (void)close(*folder);
    *folder = top;
    return 0;
}

/* Takes the first component off @left. */
static char *
take_name(char **left)
{
    const char *start = *left + strspn(*left, "/");
    gsize length = strcspn(start, "/");
    char *name = g_strndup(start, length);
    char *rest = g_strdup(start + length);
    g_free(*left);
    *left = rest;
    return name;
}

static int
walk(int *fd, char **left)
{
    guint links = 0;
    for (;;) {
        g_autofree char *name = take_name(left);
        bool is_link = false;
        int next = -1;
        if (name[0] == '\0')
            return 0;
        int error = look_up(*fd, name, &next, &is_link);
        if (error == 0 && is_link) {
            error = ++links > MAX_LINKS ? ELOOP : follow(next, fd, left);
            (void)close(next);
        } else if (error == 0) {
            (void)close(*fd);
            *fd = next;
        }
        if (error != 0)
            return error;
    }
}

int
hd_trusted_path_open(const char *path, int *ret_fd, struct stat *ret_status)
{
    g_autofree char *left = g_strdup(path);
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = walk(&fd, &left);
    if (error == 0 && ret_status != NULL && fstat(fd, ret_status) != 0)
        error = errno;
    if (error != 0)
        (void)close(fd);
    else
        *ret_fd = fd;
    return error;
}
