/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real port over a folder that is not this machine's root: a capture laid out, a
 * mounted disk. Each path is looked up as that machine would have, and then used by its place.
 */
#include "hd-port-confined.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-port-answers.h"
#include "hd-port-files.h"
#include "hd-port-real.h"
#include "hd-port-state.h"
#include "hd-port-within.h"

typedef struct {
    int fd;
    char path[32]; /* leads to what the descriptor knows */
} Place;

#define NOWHERE ((Place){.fd = -1})

static void
leave(Place *place)
{
    if (place->fd >= 0)
        (void)close(place->fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, leave)

static int
reach(HdPort *port, const char *path, Place *place)
{
    int error = hd_port_within_open(hd_port_real_root(port), path, true, &place->fd);
    (void)g_snprintf(place->path, sizeof place->path, "/proc/self/fd/%d", place->fd);
    return error;
}

static int
confined_load(HdPort *port, const char *path, GString **ret_bytes)
{
    g_auto(Place) place = NOWHERE;
    int error = reach(port, path, &place);
    return error != 0 ? error : hd_port_files_load(AT_FDCWD, place.path, HD_PORT_PLAIN, ret_bytes);
}

static int
confined_read_lines(HdPort *port, const char *path, const char *prefix, char **ret_text)
{
    g_auto(Place) place = NOWHERE;
    int error = reach(port, path, &place);
    return error != 0
               ? error
               : hd_port_files_read_lines(AT_FDCWD, place.path, HD_PORT_PLAIN, prefix, ret_text);
}

static int
confined_get_file(HdPort *port, const char *path, HdFileState *ret_state)
{
    g_auto(Place) place = NOWHERE;
    int error = reach(port, path, &place);
    return error != 0 ? error : hd_port_files_get(AT_FDCWD, place.path, ret_state);
}

static int
confined_write(HdPort *port, const char *path, const char *text)
{
    g_auto(Place) place = NOWHERE;
    int error = reach(port, path, &place);
    return error != 0 ? error : hd_port_files_write(AT_FDCWD, place.path, false, text);
}

static int
confined_link(HdPort *port, const char *path, char **ret_target)
{
    char target[4096];
    int fd = -1;
    int error = hd_port_within_open(hd_port_real_root(port), path, false, &fd);
    if (error != 0)
        return error;
    ssize_t length = readlinkat(fd, "", target, sizeof target);
    error = length >= 0 ? 0 : errno;
    (void)close(fd);
    if (error == 0)
        *ret_target = g_strndup(target, (gsize)length);
    /* So the kernel says that the descriptor is no link's. */
    return error == ENOENT ? EINVAL : error;
}

static int
list_names(HdPort *port, const char *path, bool only_folders, GPtrArray **ret_names)
{
    g_auto(Place) place = NOWHERE;
    int error = reach(port, path, &place);
    return error != 0 ? error : hd_port_files_list(AT_FDCWD, place.path, only_folders, ret_names);
}

static int
confined_list(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return list_names(port, path, false, ret_names);
}

static int
confined_list_folders(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return list_names(port, path, true, ret_names);
}

static bool
confined_exists(HdPort *port, const char *path)
{
    g_auto(Place) place = NOWHERE;
    return reach(port, path, &place) == 0;
}

/* No device is replaced here. */
static void
confined_focus(HdPort *port, const char *folder)
{
    (void)port;
    (void)folder;
}

static int
confined_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed)
{
    g_auto(Place) place = NOWHERE;
    int error = reach(port, path, &place);
    if (error == 0)
        *ret_claimed = hd_port_answers_has(port, "claimed", path);
    return error;
}

/* Our folders in run are walked without links, but run itself may be one on a machine. */
static int
check_run(HdPort *port)
{
    struct stat status;
    if (fstatat(hd_port_real_root(port), "run", &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno;
    return S_ISLNK(status.st_mode) ? ELOOP : 0;
}

static int
confined_append(HdPort *port, const char *path, const char *text)
{
    int error = check_run(port);
    return error != 0 ? error : hd_port_state_append(hd_port_real_root(port), path, text);
}

static int
confined_remove(HdPort *port, const char *path)
{
    int error = check_run(port);
    return error != 0 ? error : hd_port_state_remove(hd_port_real_root(port), path);
}

static int
confined_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    int error = check_run(port);
    return error != 0
               ? error
               : hd_port_state_lock(hd_port_real_root(port), path, create, wait_ms, ret_lock);
}

static bool
confined_is_locked(HdPort *port, const char *path)
{
    return check_run(port) == 0 && hd_port_state_is_locked(hd_port_real_root(port), path);
}

const HdPortOps *
hd_port_confined_ops(const HdPortOps *real)
{
    static HdPortOps ops;
    ops = *real;
    ops.load = confined_load;
    ops.read_lines = confined_read_lines;
    ops.get_file = confined_get_file;
    ops.write = confined_write;
    ops.link = confined_link;
    ops.list = confined_list;
    ops.list_folders = confined_list_folders;
    ops.exists = confined_exists;
    ops.focus = confined_focus;
    ops.block_is_claimed = confined_block_is_claimed;
    ops.append = confined_append;
    ops.remove = confined_remove;
    ops.lock = confined_lock;
    ops.is_locked = confined_is_locked;
    return &ops;
}
