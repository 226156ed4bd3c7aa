/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Definitions that survive a reboot are mdevctl's; we read and write its files, so
 * that no second list can disagree with it.
 */
#include "hd-mdev-store.h"

#include <errno.h>

#include "hd-mdev-json.h"

#define STORE "etc/mdevctl.d"

static bool
read_one(HdPort *port, const char *parent, const HdUuid *uuid, GPtrArray *specs, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *source = g_strdup_printf("/" STORE "/%s/%s", parent, uuid->text);
    HdMdevSpec *spec = NULL;
    int error = hd_port_read(port, &text, STORE "/%s/%s", parent, uuid->text);
    if (error == ENOENT || error == ENOTDIR)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read %s", source);
    if (!hd_mdev_json_parse(text, source, uuid, parent, &spec, ret_error))
        return false;
    g_ptr_array_add(specs, spec);
    return true;
}

static bool
read_parent(HdPort *port, const char *parent, GPtrArray *specs, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    HdUuid uuid;
    if (hd_port_list(port, &names, STORE "/%s", parent) != 0)
        return true;
    for (guint i = 0; i < names->len; i++) {
        if (hd_uuid_parse(g_ptr_array_index(names, i), &uuid) &&
            !read_one(port, parent, &uuid, specs, ret_error))
            return false;
    }
    return true;
}

bool
hd_mdev_store_find(HdPort *port, const HdUuid *uuid, GPtrArray *specs, GError **ret_error)
{
    g_autoptr(GPtrArray) parents = NULL;
    int error = hd_port_list(port, &parents, STORE);
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "list /" STORE);
    for (guint i = 0; i < parents->len; i++) {
        const char *parent = g_ptr_array_index(parents, i);
        if (!hd_mdev_is_parent_name(parent))
            continue;
        if (uuid != NULL ? !read_one(port, parent, uuid, specs, ret_error)
                         : !read_parent(port, parent, specs, ret_error))
            return false;
    }
    return true;
}

bool
hd_mdev_store_save(HdPort *port, const HdMdevSpec *spec, GError **ret_error)
{
    g_autofree char *path = g_strdup_printf(STORE "/%s/%s", spec->parent, spec->uuid.text);
    g_autofree char *text = hd_mdev_json_format(spec);
    int error = hd_port_save(port, path, text);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "write /%s", path);
}

bool
hd_mdev_store_remove(HdPort *port, const HdUuid *uuid, const char *parent, GError **ret_error)
{
    g_autofree char *path = g_strdup_printf(STORE "/%s/%s", parent, uuid->text);
    int error = hd_port_discard(port, path);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "remove /%s", path);
}
