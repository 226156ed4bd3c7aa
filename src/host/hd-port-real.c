/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real kernel and disk behind the port: thin verbs over one root directory
 * handle. errno is taken here, once, right after the call it belongs to.
 */
#include "hd-port-real.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-port-answers.h"
#include "hd-port-confined.h"
#include "hd-port-files.h"
#include "hd-port-jobs.h"
#include "hd-port-netlink.h"
#include "hd-port-services.h"
#include "hd-port-state.h"
#include "hd-port-system.h"

typedef struct {
    HdPort port;
    int root;
    bool is_machine;   /* root is "/" */
    bool is_unsettled; /* udev was waited for in vain: who waits for libvirt does so once */
    int abandoned_fd;  /* in a worker: hangs up when nobody waits any more; else -1 */
    int focus;         /* the folder that hd_port_focus() has opened; else -1 */
    char *focus_path;  /* (nullable): with a slash at its end */
} HdPortReal;

static HdPortReal *
real_of(HdPort *port)
{
    return (HdPortReal *)port;
}

static int
root_of(HdPort *port)
{
    return real_of(port)->root;
}

/* Where @path is to be looked up from; takes off it what leads there. */
static int
start_of(HdPort *port, const char **path)
{
    const HdPortReal *real = real_of(port);
    if (real->focus_path == NULL || !g_str_has_prefix(*path, real->focus_path))
        return real->root;
    *path += strlen(real->focus_path);
    return real->focus;
}

static void
real_focus(HdPort *port, const char *folder)
{
    HdPortReal *real = real_of(port);
    if (real->focus >= 0)
        (void)close(real->focus);
    g_clear_pointer(&real->focus_path, g_free);
    real->focus = -1;
    if (folder != NULL)
        real->focus = openat(real->root, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (real->focus >= 0)
        real->focus_path = g_strconcat(folder, "/", NULL);
}

static int
real_load(HdPort *port, const char *path, GString **ret_bytes)
{
    const HdPortTrust trust = hd_port_open_trust(path, real_of(port)->is_machine);
    const int start = start_of(port, &path);
    return hd_port_files_load(start, path, trust, ret_bytes);
}

static int
real_read(HdPort *port, const char *path, char **ret_text)
{
    g_autoptr(GString) text = NULL;
    int error = port->ops->load(port, path, &text);
    if (error != 0)
        return error;
    hd_port_files_make_text(text);
    /* Not as large as the room for reading it. */
    *ret_text = g_strndup(text->str, text->len);
    return 0;
}

static int
real_read_lines(HdPort *port, const char *path, const char *prefix, char **ret_text)
{
    const HdPortTrust trust = hd_port_open_trust(path, real_of(port)->is_machine);
    return hd_port_files_read_lines(root_of(port), path, trust, prefix, ret_text);
}

static int
real_get_file(HdPort *port, const char *path, HdFileState *ret_state)
{
    return hd_port_files_get(root_of(port), path, ret_state);
}

static int
real_write(HdPort *port, const char *path, const char *text)
{
    return hd_port_files_write(root_of(port), path, real_of(port)->is_machine, text);
}

static int
real_link(HdPort *port, const char *path, char **ret_target)
{
    char target[4096];
    const int start = start_of(port, &path);
    ssize_t length = readlinkat(start, path, target, sizeof target);
    if (length < 0)
        return errno;
    *ret_target = g_strndup(target, (gsize)length);
    return 0;
}

static int
real_list(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return hd_port_files_list(root_of(port), path, false, ret_names);
}

static int
real_list_folders(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return hd_port_files_list(root_of(port), path, true, ret_names);
}

static bool
real_exists(HdPort *port, const char *path)
{
    return faccessat(root_of(port), path, F_OK, 0) == 0;
}

static int
real_get_node(HdPort *port, const char *path, HdNodeState *ret_state)
{
    int fd = -1;
    struct stat status = {0};
    int error = hd_port_open_node(root_of(port), path, real_of(port)->is_machine, &fd, &status);
    if (error != 0 && error != ENOENT)
        return error;
    *ret_state = (HdNodeState){0};
    if (error == ENOENT)
        return 0;
    (void)close(fd);
    *ret_state = (HdNodeState){true, status.st_uid, status.st_gid, status.st_mode & 07777};
    return 0;
}

static int
real_set_node(HdPort *port, const char *path, const HdNodeState *state)
{
    int fd = -1;
    struct stat status = {0};
    int error = hd_port_open_node(root_of(port), path, real_of(port)->is_machine, &fd, &status);
    if (error != 0)
        return error;
    if (real_of(port)->is_machine &&
        !hd_port_open_check_node(root_of(port), path, status.st_rdev)) {
        (void)close(fd);
        return ENXIO;
    }
    g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", fd);
    if (fchownat(fd, "", state->uid, state->gid, AT_EMPTY_PATH) != 0 ||
        chmod(self, state->mode) != 0)
        error = errno;
    (void)close(fd);
    return error;
}

static int
real_node_is_open(HdPort *port, const char *path, bool *ret_open)
{
    *ret_open = !real_of(port)->is_machine && hd_port_answers_has(port, "open", path);
    if (!real_of(port)->is_machine)
        return 0;
    int fd = openat(root_of(port), path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    *ret_open = error == EBUSY;
    return error == EBUSY || error == ENOENT ? 0 : error;
}

static int
real_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed)
{
    /* O_EXCL without O_CREAT asks the block layer whether anyone has it exclusively. */
    int fd = openat(root_of(port), path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno != EBUSY)
        return errno;
    *ret_claimed =
        fd < 0 || (!real_of(port)->is_machine && hd_port_answers_has(port, "claimed", path));
    if (fd >= 0)
        (void)close(fd);
    return 0;
}

static int
real_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses)
{
    if (real_of(port)->is_machine)
        return hd_port_services_addresses(interface, ret_addresses);
    *ret_addresses = hd_port_answers_addresses(port, interface);
    return 0;
}

static int
real_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    return real_of(port)->is_machine ? hd_port_netlink_vf_get(interface, index, ret_settings)
                                     : hd_port_answers_vf(port, interface, index, ret_settings);
}

static int
real_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
            HdVfKey key)
{
    return real_of(port)->is_machine ? hd_port_netlink_vf_set(interface, index, settings, key)
                                     : ENODEV;
}

static int
real_net_set_mac(HdPort *port, const char *interface, const HdMac *mac)
{
    return real_of(port)->is_machine ? hd_port_netlink_set_mac(interface, mac) : ENODEV;
}

static int
real_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid, guint *ret_gid)
{
    return hd_port_services_find_owner(root_of(port), user, group, ret_uid, ret_gid);
}

static void
real_settle(HdPort *port, guint deadline_ms)
{
    /* udevd keeps this file for as long as it has events to handle. */
    HdPortReal *real = real_of(port);
    if (real->is_machine && !real->is_unsettled && real_exists(port, "run/udev/queue"))
        real->is_unsettled = !hd_port_services_settle(deadline_ms);
}

static int
real_save(HdPort *port, const char *path, const char *text)
{
    return hd_port_files_save(root_of(port), path, text);
}

static int
real_discard(HdPort *port, const char *path)
{
    return hd_port_files_discard(root_of(port), path);
}

static int
real_append(HdPort *port, const char *path, const char *text)
{
    return hd_port_state_append(root_of(port), path, text);
}

static int
real_remove(HdPort *port, const char *path)
{
    return hd_port_state_remove(root_of(port), path);
}

static int
real_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    return hd_port_state_lock(root_of(port), path, create, wait_ms, ret_lock);
}

static bool
real_is_locked(HdPort *port, const char *path)
{
    return hd_port_state_is_locked(root_of(port), path);
}

static void
real_unlock(HdPort *port, HdLock *lock)
{
    (void)port;
    hd_port_state_unlock(lock);
}

static void
real_run_jobs(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms)
{
    hd_port_jobs_run(port, jobs, count, deadline_ms, root_of(port), &real_of(port)->abandoned_fd);
}

static bool
real_is_abandoned(HdPort *port)
{
    return hd_port_jobs_is_abandoned(real_of(port)->abandoned_fd);
}

static const HdPortOps real_ops = {
    .read = real_read,
    .load = real_load,
    .read_lines = real_read_lines,
    .get_file = real_get_file,
    .write = real_write,
    .link = real_link,
    .list = real_list,
    .list_folders = real_list_folders,
    .exists = real_exists,
    .focus = real_focus,
    .get_node = real_get_node,
    .set_node = real_set_node,
    .load_module = hd_port_system_load_module,
    .unload_module = hd_port_system_unload_module,
    .set_unit = hd_port_system_set_unit,
    .node_is_open = real_node_is_open,
    .block_is_claimed = real_block_is_claimed,
    .net_addresses = real_net_addresses,
    .vf_get = real_vf_get,
    .vf_set = real_vf_set,
    .net_set_mac = real_net_set_mac,
    .find_owner = real_find_owner,
    .settle = real_settle,
    .pause = hd_port_system_pause,
    .await_close = hd_port_system_await_close,
    .save = real_save,
    .discard = real_discard,
    .append = real_append,
    .remove = real_remove,
    .lock = real_lock,
    .unlock = real_unlock,
    .is_locked = real_is_locked,
    .run_jobs = real_run_jobs,
    .is_abandoned = real_is_abandoned,
    .now = hd_port_system_now,
};

HdPort *
hd_port_real_new(const char *root, GError **ret_error)
{
    int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        (void)hd_error_set_errno(ret_error, HD_ERROR_INPUT, errno, "open the root %s", root);
        return NULL;
    }
    HdPortReal *real = g_new0(HdPortReal, 1);
    real->root = fd;
    real->is_machine = g_str_equal(root, "/");
    real->port.ops = real->is_machine ? &real_ops : hd_port_confined_ops(&real_ops);
    real->abandoned_fd = -1;
    real->focus = -1;
    return &real->port;
}

void
hd_port_real_trust(HdPort *port)
{
    port->ops = &real_ops;
}

bool
hd_port_real_is_machine(HdPort *port)
{
    return real_of(port)->is_machine;
}

int
hd_port_real_root(HdPort *port)
{
    return root_of(port);
}

void
hd_port_real_free(HdPort *port)
{
    if (port == NULL)
        return;
    real_focus(port, NULL);
    (void)close(root_of(port));
    g_free(real_of(port));
}
