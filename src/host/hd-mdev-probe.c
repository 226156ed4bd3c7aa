/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mediated devices of the host as facts. Parents are read only when something has to
 * be made, and only the parent that is named, if one is: a card may have hundreds of
 * VFs with twenty types each.
 */
#include "hd-mdev-probe.h"

#include <errno.h>

#include "hd-mdev-store.h"
#include "hd-text.h"

#define MDEVS   "sys/bus/mdev/devices"
#define PARENTS "sys/class/mdev_bus"
#define TYPES   PARENTS "/%s/mdev_supported_types"

/* The mdev's own link ends in <parent>/<uuid>. */
static bool
parse_home(const char *target, char **ret_parent)
{
    g_autofree char *folder = g_path_get_dirname(target);
    g_autofree char *parent = g_path_get_basename(folder);
    if (!hd_mdev_is_parent_name(parent))
        return false;
    *ret_parent = g_steal_pointer(&parent);
    return true;
}

bool
hd_mdev_probe_one(HdPort *port, const HdUuid *uuid, HdMdev **ret_mdev, GError **ret_error)
{
    g_autoptr(HdMdev) mdev = g_new0(HdMdev, 1);
    g_autofree char *home = NULL;
    g_autofree char *group = NULL;
    mdev->uuid = *uuid;
    mdev->iommu_group = -1;
    int error = hd_port_link(port, &home, MDEVS "/%s", uuid->text);
    if (error == 0)
        error = hd_port_link_name(port, &mdev->type, MDEVS "/%s/mdev_type", uuid->text);
    if (error == ENOENT) {
        *ret_mdev = NULL;
        return true;
    }
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "mdev %s: read its type",
                                  uuid->text);
    if (!parse_home(home, &mdev->parent))
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "mdev %s: its parent has no name we know",
                            uuid->text);
    (void)hd_port_read(port, &mdev->device_api, MDEVS "/%s/mdev_type/device_api", uuid->text);
    guint64 number;
    if (hd_port_link_name(port, &group, MDEVS "/%s/iommu_group", uuid->text) == 0 &&
        hd_text_unsigned(group, 10, 0, G_MAXINT, &number))
        mdev->iommu_group = (int)number;
    *ret_mdev = g_steal_pointer(&mdev);
    return true;
}

static bool
add_mdev(HdPort *port, const HdUuid *uuid, HdMdevBus *bus, GError **ret_error)
{
    HdMdev *mdev = NULL;
    if (!hd_mdev_probe_one(port, uuid, &mdev, ret_error))
        return false;
    if (mdev != NULL)
        g_ptr_array_add(bus->mdevs, mdev);
    return true;
}

/* Of mdevs that nobody asks about it matters only that they exist. */
static bool
add_mdevs(HdPort *port, const HdRequest *request, HdMdevBus *bus, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, MDEVS);
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "list mediated devices");
    for (guint i = 0; i < names->len; i++) {
        HdUuid uuid;
        if (!hd_uuid_parse(g_ptr_array_index(names, i), &uuid))
            continue;
        if (request == NULL || hd_request_find_mdev(request, &uuid) != NULL) {
            if (!add_mdev(port, &uuid, bus, ret_error))
                return false;
            continue;
        }
        HdMdev *other = g_new0(HdMdev, 1);
        other->uuid = uuid;
        other->iommu_group = -1;
        g_ptr_array_add(bus->mdevs, other);
    }
    return true;
}

static bool
read_type(HdPort *port, const char *parent, const char *id, HdMdevParent *facts, GError **ret_error)
{
    g_autoptr(HdMdevType) type = g_new0(HdMdevType, 1);
    g_autofree char *available = NULL;
    guint64 number;
    type->id = g_strdup(id);
    (void)hd_port_read(port, &type->name, TYPES "/%s/name", parent, id);
    (void)hd_port_read(port, &type->description, TYPES "/%s/description", parent, id);
    int error = hd_port_read(port, &type->device_api, TYPES "/%s/device_api", parent, id);
    if (error == 0)
        error = hd_port_read(port, &available, TYPES "/%s/available_instances", parent, id);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its mdev type %s",
                                  parent, id);
    if (!hd_text_unsigned(available, 10, 0, G_MAXUINT, &number))
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s: available_instances of its mdev type %s is no number", parent, id);
    type->available = (guint)number;
    g_ptr_array_add(facts->types, g_steal_pointer(&type));
    return true;
}

static int
read_numa_node(HdPort *port, const char *parent)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, PARENTS "/%s/numa_node", parent) != 0)
        return -1;
    return (int)g_ascii_strtoll(text, NULL, 10);
}

bool
hd_mdev_probe_parent(HdPort *port, const char *name, HdMdevBus *bus, GError **ret_error)
{
    g_autoptr(GPtrArray) ids = NULL;
    if (hd_mdev_bus_find_parent(bus, name) != NULL)
        return true;
    int error = hd_port_list(port, &ids, TYPES, name);
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: list its mdev types",
                                  name);
    g_autoptr(HdMdevParent) parent = hd_mdev_parent_new(name, read_numa_node(port, name));
    for (guint i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);
        if (hd_text_is_name(id) && !read_type(port, name, id, parent, ret_error))
            return false;
    }
    g_ptr_array_add(bus->parents, g_steal_pointer(&parent));
    return true;
}

static bool
add_parents(HdPort *port, HdMdevBus *bus, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, PARENTS);
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "list parents of mdevs");
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (hd_mdev_is_parent_name(name) && !hd_mdev_probe_parent(port, name, bus, ret_error))
            return false;
    }
    return true;
}

/* What making the mdev of @wish may need. */
static bool
add_means(HdPort *port, const HdWish *wish, HdMdevBus *bus, GError **ret_error)
{
    guint count;
    if (wish->mdev == NULL && !hd_mdev_store_find(port, &wish->uuid, bus->definitions, ret_error))
        return false;
    const HdMdevSpec *spec = wish->mdev != NULL
                                 ? wish->mdev
                                 : hd_mdev_bus_find_definition(bus, &wish->uuid, NULL, &count);
    if (spec == NULL)
        return true;
    return spec->parent != NULL ? hd_mdev_probe_parent(port, spec->parent, bus, ret_error)
                                : add_parents(port, bus, ret_error);
}

bool
hd_mdev_probe_request(HdPort *port, const HdRequest *request, HdMdevBus *bus, GError **ret_error)
{
    bool has_list = false;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->kind != HD_WISH_MDEV)
            continue;
        if (!has_list && !add_mdevs(port, request, bus, ret_error))
            return false;
        has_list = true;
        const HdMdev *mdev = hd_mdev_bus_find(bus, &wish->uuid);
        if (mdev != NULL ? !hd_mdev_probe_parent(port, mdev->parent, bus, ret_error)
                         : !add_means(port, wish, bus, ret_error))
            return false;
    }
    return true;
}

bool
hd_mdev_probe_all(HdPort *port, HdMdevBus *bus, GError **ret_error)
{
    return add_parents(port, bus, ret_error) && add_mdevs(port, NULL, bus, ret_error) &&
           hd_mdev_store_find(port, NULL, bus->definitions, ret_error);
}
