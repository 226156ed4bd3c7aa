/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The few settings of libvirt's qemu.conf that decide who owns a device node.
 */
#include "hd-qemu-conf.h"

#include <errno.h>

#include "hd-virconf.h"

#define FILE_PATH "etc/libvirt/qemu.conf"
void
hd_qemu_conf_clear(HdQemuConf *conf)
{
    g_clear_pointer(&conf->user, g_free);
    g_clear_pointer(&conf->group, g_free);
}

static char *
value_of(const GPtrArray *entries, const char *name)
{
    const HdVirconfEntry *entry = hd_virconf_find(entries, name);
    return entry != NULL ? g_strdup(entry->value) : NULL;
}

bool
hd_qemu_conf_parse(const char *text, HdQemuConf *ret_conf, GError **ret_error)
{
    g_autoptr(GPtrArray) entries = NULL;
    if (!hd_virconf_parse(text, "/" FILE_PATH, &entries, ret_error))
        return false;
    g_autofree char *dynamic = value_of(entries, "dynamic_ownership");
    *ret_conf = (HdQemuConf){value_of(entries, "user"), value_of(entries, "group"),
                             g_strcmp0(dynamic, "0") != 0};
    return true;
}

/* libvirt's built-in user depends on the distribution: Debian's, Fedora's, upstream's. */
static int
find_owner(HdPort *port, const HdQemuConf *conf, guint *ret_uid, guint *ret_gid)
{
    static const char *const defaults[] = {"libvirt-qemu", "qemu", "root"};
    int error = ENOENT;
    for (gsize i = 0; i < G_N_ELEMENTS(defaults) && error != 0; i++)
        error =
            hd_port_find_owner(port, conf->user != NULL ? conf->user : defaults[i],
                               conf->group != NULL ? conf->group : defaults[i], ret_uid, ret_gid);
    return error;
}

bool
hd_qemu_conf_node_owner(HdPort *port, bool *ret_applies, guint *ret_uid, guint *ret_gid,
                        GError **ret_error)
{
    g_autofree char *text = NULL;
    g_auto(HdQemuConf) conf = {0};
    int error = hd_port_read(port, &text, FILE_PATH);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read /" FILE_PATH);
    if (!hd_qemu_conf_parse(text != NULL ? text : "", &conf, ret_error))
        return false;
    if (conf.dynamic_ownership) {
        *ret_applies = false;
        return true;
    }
    error = find_owner(port, &conf, ret_uid, ret_gid);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error,
                                  "/" FILE_PATH ": find the user and group of QEMU");
    *ret_applies = true;
    return true;
}
