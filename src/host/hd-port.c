/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The port's callers write paths as formats; here they become paths, and a last
 * belt is put on: none leaves the root.
 */
#include "hd-port.h"

#include <errno.h>
#include <string.h>

/* Returns the formatted path, or NULL when it is not one below the root. */
static char *format_path(const char *format, va_list args) G_GNUC_PRINTF(1, 0);

static char *
format_path(const char *format, va_list args)
{
    g_autofree char *path = g_strdup_vprintf(format, args);
    if (*path == '/')
        return NULL;
    for (const char *dots = strstr(path, ".."); dots != NULL; dots = strstr(dots + 1, "..")) {
        bool begins = dots == path || dots[-1] == '/';
        if (begins && (dots[2] == '\0' || dots[2] == '/'))
            return NULL;
    }
    return g_steal_pointer(&path);
}

int
hd_port_read(HdPort *port, char **ret_text, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->read(port, path, ret_text) : EINVAL;
}

int
hd_port_read_lines(HdPort *port, const char *prefix, char **ret_text, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->read_lines(port, path, prefix, ret_text) : EINVAL;
}

int
hd_port_load(HdPort *port, GString **ret_bytes, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->load(port, path, ret_bytes) : EINVAL;
}

int
hd_port_get_file(HdPort *port, HdFileState *ret_state, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->get_file(port, path, ret_state) : EINVAL;
}

int
hd_port_write(HdPort *port, const char *text, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->write(port, path, text) : EINVAL;
}

int
hd_port_link(HdPort *port, char **ret_target, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->link(port, path, ret_target) : EINVAL;
}

int
hd_port_link_name(HdPort *port, char **ret_name, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    g_autofree char *target = NULL;
    int error = path != NULL ? port->ops->link(port, path, &target) : EINVAL;
    if (error == 0)
        *ret_name = g_path_get_basename(target);
    return error;
}

int
hd_port_list(HdPort *port, GPtrArray **ret_names, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->list(port, path, ret_names) : EINVAL;
}

int
hd_port_list_folders(HdPort *port, GPtrArray **ret_names, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL ? port->ops->list_folders(port, path, ret_names) : EINVAL;
}

bool
hd_port_exists(HdPort *port, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = format_path(path_format, args);
    va_end(args);
    return path != NULL && port->ops->exists(port, path);
}

void
hd_port_focus(HdPort *port, const char *folder)
{
    if (port->ops->focus != NULL)
        port->ops->focus(port, folder);
}

int
hd_port_get_node(HdPort *port, const char *path, HdNodeState *ret_state)
{
    return port->ops->get_node(port, path, ret_state);
}

int
hd_port_set_node(HdPort *port, const char *path, const HdNodeState *state)
{
    return port->ops->set_node(port, path, state);
}

int
hd_port_load_module(HdPort *port, const char *module)
{
    return port->ops->load_module(port, module);
}

int
hd_port_unload_module(HdPort *port, const char *module)
{
    return port->ops->unload_module(port, module);
}

int
hd_port_set_unit(HdPort *port, const char *unit, bool is_active)
{
    return port->ops->set_unit(port, unit, is_active);
}

int
hd_port_node_is_open(HdPort *port, const char *path, bool *ret_open)
{
    return port->ops->node_is_open(port, path, ret_open);
}

int
hd_port_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed)
{
    return port->ops->block_is_claimed(port, path, ret_claimed);
}

int
hd_port_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses)
{
    return port->ops->net_addresses(port, interface, ret_addresses);
}

int
hd_port_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    return port->ops->vf_get(port, interface, index, ret_settings);
}

int
hd_port_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
               HdVfKey key)
{
    return port->ops->vf_set(port, interface, index, settings, key);
}

int
hd_port_net_set_mac(HdPort *port, const char *interface, const HdMac *mac)
{
    return port->ops->net_set_mac(port, interface, mac);
}

int
hd_port_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid,
                   guint *ret_gid)
{
    return port->ops->find_owner(port, user, group, ret_uid, ret_gid);
}

void
hd_port_settle(HdPort *port, guint deadline_ms)
{
    port->ops->settle(port, deadline_ms);
}

void
hd_port_pause(HdPort *port, guint ms)
{
    port->ops->pause(port, ms);
}

guint
hd_port_await_close(HdPort *port, const GPtrArray *nodes, guint ms)
{
    return port->ops->await_close(port, nodes, ms);
}

/* Returns whether @path is a file below a folder that is ours to write to, whatever it is made of.
 */
static bool
is_ours_to_save(const char *path)
{
    static const char *const folders[] = {"etc/", "var/lib/hostdevctl/", "boot/", "efi/"};
    g_autofree char *framed = g_strdup_printf("/%s/", path);
    bool is_below = false;
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        is_below |= g_str_has_prefix(path, folders[i]);
    return is_below && strstr(framed, "/../") == NULL && strstr(framed, "/./") == NULL &&
           strstr(framed, "//") == NULL;
}

int
hd_port_save(HdPort *port, const char *path, const char *text)
{
    return is_ours_to_save(path) ? port->ops->save(port, path, text) : EINVAL;
}

int
hd_port_discard(HdPort *port, const char *path)
{
    return is_ours_to_save(path) ? port->ops->discard(port, path) : EINVAL;
}

int
hd_port_append(HdPort *port, const char *path, const char *text)
{
    return port->ops->append(port, path, text);
}

int
hd_port_remove(HdPort *port, const char *path)
{
    return port->ops->remove(port, path);
}

int
hd_port_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    return port->ops->lock(port, path, create, wait_ms, ret_lock);
}

void
hd_port_unlock(HdPort *port, HdLock *lock)
{
    port->ops->unlock(port, lock);
}

bool
hd_port_is_locked(HdPort *port, const char *path)
{
    return port->ops->is_locked(port, path);
}

void
hd_port_run_jobs(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms)
{
    port->ops->run_jobs(port, jobs, count, deadline_ms);
}

bool
hd_port_is_abandoned(HdPort *port)
{
    return port->ops->is_abandoned(port);
}

gint64
hd_port_now(HdPort *port)
{
    return port->ops->now(port);
}
