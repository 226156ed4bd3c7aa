/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is shown another machine's files reads that machine's and no others: a capture may come from
 * anybody, and root replays it. No link in there leads to this machine.
 */
#include "hd-port-within.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hd-port-open.h"

#define MOST_LINKS 40 /* as the kernel */

/* While anybody on the machine renames a folder, the kernel isn't sure about "..". */
#define TRIES 16

static int
open_at_once(int root, const char *path, bool follow, int *ret_fd)
{
    const struct open_how how = {
        .flags = O_PATH | O_CLOEXEC | (guint64)(follow ? 0 : O_NOFOLLOW),
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    int error = EAGAIN;
    for (int i = 0; error == EAGAIN && i < TRIES; i++) {
        int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
        error = fd < 0 ? errno : 0;
        if (fd >= 0)
            *ret_fd = fd;
    }
    return error;
}

typedef struct {
    GQueue ahead;   /* parts that are still to be walked */
    GArray *behind; /* what was walked through, the root first: descriptors */
    guint links;
} Walk;

static void
close_place(gpointer place)
{
    (void)close(*(int *)place);
}

static int
here(const Walk *walk)
{
    return g_array_index(walk->behind, int, walk->behind->len - 1);
}

/* Puts the parts of @path before those that are still to be walked. */
static void
push_parts(Walk *walk, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (guint i = g_strv_length(parts); i > 0; i--) {
        if (*parts[i - 1] != '\0' && !g_str_equal(parts[i - 1], "."))
            g_queue_push_head(&walk->ahead, g_strdup(parts[i - 1]));
    }
}

static int
step(Walk *walk, const char *part, bool follow)
{
    char target[PATH_MAX];
    if (g_str_equal(part, "..")) {
        g_array_set_size(walk->behind, MAX(walk->behind->len, 2) - 1);
        return 0;
    }
    int fd = openat(here(walk), part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    ssize_t length = follow ? readlinkat(fd, "", target, sizeof target - 1) : -1;
    if (length < 0) {
        g_array_append_val(walk->behind, fd);
        return 0;
    }
    (void)close(fd);
    if (++walk->links > MOST_LINKS)
        return ELOOP;
    target[length] = '\0';
    if (*target == '/')
        g_array_set_size(walk->behind, 1);
    push_parts(walk, target);
    return 0;
}

static int
take_steps(Walk *walk, bool follow)
{
    int error = 0;
    while (error == 0 && !g_queue_is_empty(&walk->ahead)) {
        g_autofree char *part = g_queue_pop_head(&walk->ahead);
        error = step(walk, part, follow || !g_queue_is_empty(&walk->ahead));
    }
    return error;
}

/* We walk: where the kernel can't (before 5.6), or isn't let (a container). */
static int
open_by_steps(int root, const char *path, bool follow, int *ret_fd)
{
    Walk walk = {.ahead = G_QUEUE_INIT, .behind = g_array_new(FALSE, FALSE, sizeof(int))};
    g_array_set_clear_func(walk.behind, close_place);
    int first = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = first < 0 ? errno : 0;
    if (error == 0) {
        g_array_append_val(walk.behind, first);
        push_parts(&walk, path);
        error = take_steps(&walk, follow);
    }
    if (error == 0) {
        *ret_fd = fcntl(here(&walk), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        error = *ret_fd < 0 ? errno : 0;
    }
    g_queue_clear_full(&walk.ahead, g_free);
    g_array_unref(walk.behind);
    return error;
}

int
hd_port_within_open(int root, const char *path, bool follow, int *ret_fd)
{
    int error = open_at_once(root, path, follow, ret_fd);
    if (error == ENOSYS || error == EPERM || error == EAGAIN)
        error = open_by_steps(root, path, follow, ret_fd);
    return error;
}

int
hd_port_within_read(int root, const char *path, int *ret_fd)
{
    int place = -1;
    int error = hd_port_within_open(root, path, true, &place);
    if (error != 0)
        return error;
    error = hd_port_open_place(place, ret_fd);
    (void)close(place);
    return error;
}

char *
hd_port_within_find(const char *root, const char *path)
{
    char target[PATH_MAX];
    int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;
    if (folder < 0)
        return NULL;
    int error = hd_port_within_read(folder, path, &fd);
    (void)close(folder);
    if (error != 0)
        return NULL;
    g_autofree char *opened = g_strdup_printf("/proc/self/fd/%d", fd);
    ssize_t length = readlink(opened, target, sizeof target);
    (void)close(fd);
    return length > 0 ? g_strndup(target, (gsize)length) : NULL;
}
