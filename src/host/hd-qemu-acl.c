/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * cgroup_device_acl of this host's qemu.conf: what it says, and what it has to say. The
 * editing itself is pure (hd-acl.h).
 */
#include "hd-qemu-acl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hd-text.h"

#define FILE_PATH "etc/libvirt/qemu.conf"
#define LOCK      "run/hostdevctl/acl.lock"
#define WAIT_MS   5000

/* "libvirt.so.0.11003.0" is 11.3.0. */
static guint
version_of(const char *target)
{
    const char *digits = strstr(target, "libvirt.so.0.");
    guint64 version = 0;
    if (digits == NULL)
        return 0;
    g_auto(GStrv) parts = g_strsplit(digits + strlen("libvirt.so.0."), ".", 2);
    (void)hd_text_unsigned(parts[0], 10, 0, 999999, &version);
    return (guint)version;
}

guint
hd_qemu_acl_libvirt(HdPort *port)
{
    static const char *const folders[] = {"usr/lib64", "usr/lib", "usr/local/lib64",
                                          "usr/local/lib"};
    guint version = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(folders) && version == 0; i++) {
        g_autofree char *target = NULL;
        g_autoptr(GPtrArray) names = NULL;
        if (hd_port_link(port, &target, "%s/libvirt.so.0", folders[i]) == 0)
            version = version_of(target);
        if (version != 0 || !g_str_equal(folders[i], "usr/lib") ||
            hd_port_list(port, &names, "%s", folders[i]) != 0)
            continue;
        /* Debian's usr/lib/x86_64-linux-gnu */
        for (guint j = 0; j < names->len && version == 0; j++) {
            const char *name = g_ptr_array_index(names, j);
            g_autofree char *there = NULL;
            if (strstr(name, "-linux-gnu") != NULL &&
                hd_port_link(port, &there, "%s/%s/libvirt.so.0", folders[i], name) == 0)
                version = version_of(there);
        }
    }
    return version;
}

static bool
load(HdPort *port, char **ret_text, GError **ret_error)
{
    g_autoptr(GString) bytes = NULL;
    int error = hd_port_load(port, &bytes, FILE_PATH);
    if (error == ENOENT)
        bytes = g_string_new(NULL);
    else if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read /" FILE_PATH);
    if (strlen(bytes->str) != bytes->len)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "/" FILE_PATH ": it holds a NUL");
    *ret_text = g_strndup(bytes->str, bytes->len);
    return true;
}

bool
hd_qemu_acl_read(HdPort *port, HdAcl **ret_acl, GError **ret_error)
{
    g_autofree char *text = NULL;
    return load(port, &text, ret_error) &&
           hd_acl_read(text, hd_qemu_acl_libvirt(port), ret_acl, ret_error);
}

bool
hd_qemu_acl_is_active(HdPort *port, bool *ret_active, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autoptr(HdAcl) acl = NULL;
    if (!load(port, &text, ret_error))
        return false;
    if (strstr(text, "cgroup_device_acl") != NULL && !hd_acl_read(text, 0, &acl, ret_error))
        return false;
    *ret_active = acl != NULL && acl->is_active;
    return true;
}

static bool
save(HdPort *port, const char *path, const char *text, GError **ret_error)
{
    int error = hd_port_save(port, path, text);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "write /%s", path);
}

/* Under the lock. */
static bool
ensure(HdPort *port, const GPtrArray *nodes, bool create, HdAclResult *ret_result,
       GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *changed = NULL;
    g_autoptr(HdAcl) acl = NULL;
    guint libvirt = hd_qemu_acl_libvirt(port);
    if (!load(port, &text, ret_error) || !hd_acl_read(text, libvirt, &acl, ret_error))
        return false;
    if (!acl->is_active && !create) {
        *ret_result = HD_ACL_NOT_NEEDED;
        return true;
    }
    if (!hd_acl_add(text, libvirt, nodes, &changed, ret_error))
        return false;
    bool is_first = changed != NULL && !hd_port_exists(port, HD_QEMU_ACL_BACKUP);
    if (is_first && !save(port, HD_QEMU_ACL_BACKUP, text, ret_error))
        return false;
    if (changed != NULL && !save(port, FILE_PATH, changed, ret_error))
        return false;
    *ret_result = changed != NULL ? HD_ACL_CHANGED : HD_ACL_FINE;
    return true;
}

bool
hd_qemu_acl_ensure(HdPort *port, const GPtrArray *nodes, bool create, HdAclResult *ret_result,
                   GError **ret_error)
{
    HdLock *lock = NULL;
    int error = hd_port_lock(port, LOCK, true, WAIT_MS, &lock);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_LOCKED, error, "lock /" LOCK);
    bool is_done = ensure(port, nodes, create, ret_result, ret_error);
    hd_port_unlock(port, lock);
    return is_done;
}
