/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parents, types and mdevs there are, and how sysfs shows them: the same places and links
 * as the kernel's mdev core (drivers/vfio/mdev) makes.
 */
#include "hd-fake-private.h"

#include <errno.h>

#define FIRST_GROUP 1000

static void
free_kind(gpointer data)
{
    HdFakeMdevKind *kind = data;
    g_free(kind->id);
    g_free(kind->folder);
    g_free(kind);
}

static void
free_parent(gpointer data)
{
    HdFakeMdevParent *parent = data;
    g_free(parent->name);
    g_free(parent->folder);
    g_free(parent->driver);
    g_ptr_array_unref(parent->kinds);
    g_free(parent);
}

static void
free_mdev(gpointer data)
{
    HdFakeMdev *mdev = data;
    g_free(mdev->uuid);
    g_free(mdev->folder);
    g_free(mdev);
}

HdFakeMdevs *
hd_fake_mdevs_new(void)
{
    HdFakeMdevs *mdevs = g_new0(HdFakeMdevs, 1);
    mdevs->parents = g_ptr_array_new_with_free_func(free_parent);
    mdevs->all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_mdev);
    mdevs->held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mdevs->unseen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mdevs->busy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return mdevs;
}

void
hd_fake_mdevs_free(HdFakeMdevs *mdevs)
{
    g_ptr_array_unref(mdevs->parents);
    g_hash_table_unref(mdevs->all);
    g_hash_table_unref(mdevs->held);
    g_hash_table_unref(mdevs->unseen);
    g_hash_table_unref(mdevs->busy);
    g_free(mdevs);
}

HdFakeMdevParent *
hd_fake_mdev_find_parent(HdFake *fake, const char *name)
{
    for (guint i = 0; i < fake->mdevs->parents->len; i++) {
        HdFakeMdevParent *parent = fake->mdevs->parents->pdata[i];
        if (g_str_equal(parent->name, name))
            return parent;
    }
    return NULL;
}

HdFakeMdevKind *
hd_fake_mdev_find_kind(const HdFakeMdevParent *parent, const char *id)
{
    for (guint i = 0; i < parent->kinds->len; i++) {
        HdFakeMdevKind *kind = parent->kinds->pdata[i];
        if (g_strcmp0(kind->id, id) == 0)
            return kind;
    }
    return NULL;
}

guint
hd_fake_mdev_available(HdFake *fake, const HdFakeMdevParent *parent, const HdFakeMdevKind *kind)
{
    guint units = parent->capacity - parent->drained, own = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->mdevs->all);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const HdFakeMdev *mdev = value;
        units -= mdev->parent == parent ? mdev->kind->weight : 0;
        own += mdev->kind == kind;
    }
    guint available = units / kind->weight;
    return kind->instances > 0 ? MIN(available, kind->instances - own) : available;
}

static void
set_file(HdFake *fake, const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_strdup_printf("%s/%s", folder, name);
    if (text != NULL)
        hd_fake_tree_set_file(fake->tree, path, text);
}

void
hd_fake_mdev_show_available(HdFake *fake, const HdFakeMdevParent *parent)
{
    for (guint i = 0; i < parent->kinds->len; i++) {
        const HdFakeMdevKind *kind = parent->kinds->pdata[i];
        g_autofree char *text = g_strdup_printf("%u", hd_fake_mdev_available(fake, parent, kind));
        set_file(fake, kind->folder, "available_instances", text);
    }
}

/* @path: (transfer full) */
static void
show_link(HdFake *fake, bool show, const char *target, char *path)
{
    if (show)
        hd_fake_tree_point(fake->tree, path, target);
    else
        hd_fake_tree_unset(fake->tree, path);
    g_free(path);
}

static void
show_links(HdFake *fake, const HdFakeMdev *mdev, bool show)
{
    const char *home = mdev->folder, *uuid = mdev->uuid;
    g_autofree char *driver = g_strconcat("sys/bus/mdev/drivers/", mdev->parent->driver, NULL);
    show_link(fake, show, mdev->kind->folder, g_strconcat(home, "/mdev_type", NULL));
    show_link(fake, show, driver, g_strconcat(home, "/driver", NULL));
    show_link(fake, show, home, g_strconcat("sys/bus/mdev/devices/", uuid, NULL));
    show_link(fake, show, home, g_strconcat(mdev->kind->folder, "/devices/", uuid, NULL));
    show_link(fake, show, home, g_strconcat(driver, "/", uuid, NULL));
}

/* VFIO makes a group of its own for each mdev. */
static void
show_group(HdFake *fake, const HdFakeMdev *mdev)
{
    guint number = FIRST_GROUP + mdev->number;
    g_autofree char *group = g_strdup_printf("sys/kernel/iommu_groups/%u", number);
    g_autofree char *node = g_strdup_printf("dev/vfio/%u", number);
    set_file(fake, group, "name", "vfio-noiommu");
    set_file(fake, group, "type", "unknown");
    show_link(fake, true, group, g_strconcat(mdev->folder, "/iommu_group", NULL));
    show_link(fake, true, mdev->folder, g_strconcat(group, "/devices/", mdev->uuid, NULL));
    hd_fake_show_node(fake, node);
}

static void
show_mdev(HdFake *fake, const HdFakeMdev *mdev)
{
    g_autofree char *vfio = g_strdup_printf("%s/vfio-dev/vfio%u", mdev->folder, mdev->number);
    set_file(fake, mdev->folder, "remove", "");
    set_file(fake, mdev->folder, "power/control", "auto");
    hd_fake_tree_set_folder(fake->tree, vfio);
    show_link(fake, true, mdev->folder, g_strconcat(vfio, "/device", NULL));
    show_links(fake, mdev, true);
    show_group(fake, mdev);
}

void
hd_fake_mdev_hide(HdFake *fake, const HdFakeMdev *mdev)
{
    const char *const below[] = {"remove", "power", "vfio-dev"};
    for (gsize i = 0; i < G_N_ELEMENTS(below); i++)
        show_link(fake, false, NULL, g_strdup_printf("%s/%s", mdev->folder, below[i]));
    show_links(fake, mdev, false);
}

/* Folder, group and node outlive all else of a used mdev: only its user lets them go. */
static void
hide_group(HdFake *fake, const HdFakeMdev *mdev)
{
    guint group = FIRST_GROUP + mdev->number;
    g_autofree char *node = g_strdup_printf("dev/vfio/%u", group);
    g_autofree char *folder = g_strdup_printf("sys/kernel/iommu_groups/%u", group);
    hd_fake_tree_unset(fake->tree, mdev->folder);
    hd_fake_tree_unset(fake->tree, folder);
    hd_fake_hide_node(fake, node);
}

bool
hd_fake_mdev_node_is_held(HdFake *fake, const char *path)
{
    g_autoptr(GList) all = g_hash_table_get_values(fake->mdevs->all);
    for (GList *item = all; item != NULL; item = item->next) {
        const HdFakeMdev *mdev = item->data;
        g_autofree char *node = g_strdup_printf("dev/vfio/%u", FIRST_GROUP + mdev->number);
        if (g_str_equal(node, path))
            return g_hash_table_contains(fake->mdevs->held, mdev->uuid) &&
                   !g_hash_table_contains(fake->mdevs->unseen, mdev->uuid);
    }
    return false;
}

void
hd_fake_mdev_add(HdFake *fake, HdFakeMdevParent *parent, HdFakeMdevKind *kind, const char *uuid)
{
    HdFakeMdev *mdev = g_new0(HdFakeMdev, 1);
    *mdev = (HdFakeMdev){.parent = parent, .kind = kind, .number = fake->mdevs->created++};
    mdev->uuid = g_strdup(uuid);
    mdev->folder = g_strdup_printf("%s/%s", parent->folder, uuid);
    g_hash_table_insert(fake->mdevs->all, mdev->uuid, mdev);
    show_mdev(fake, mdev);
    hd_fake_mdev_show_available(fake, parent);
}

void
hd_fake_mdev_remove(HdFake *fake, const HdFakeMdev *mdev)
{
    const HdFakeMdevParent *parent = mdev->parent;
    hd_fake_mdev_hide(fake, mdev);
    hide_group(fake, mdev);
    g_hash_table_remove(fake->mdevs->all, mdev->uuid);
    hd_fake_mdev_show_available(fake, parent);
}

static void
add_kind(HdFake *fake, HdFakeMdevParent *parent, const HdFakeMdevType *facts)
{
    HdFakeMdevKind *kind = g_new0(HdFakeMdevKind, 1);
    kind->id = g_strdup(facts->id);
    kind->folder = g_strdup_printf("%s/mdev_supported_types/%s", parent->folder, facts->id);
    kind->instances = facts->instances;
    kind->weight = facts->weight;
    g_autofree char *devices = g_strconcat(kind->folder, "/devices", NULL);
    hd_fake_tree_set_folder(fake->tree, devices);
    set_file(fake, kind->folder, "create", "");
    set_file(fake, kind->folder, "name", facts->name);
    set_file(fake, kind->folder, "description", facts->description);
    set_file(fake, kind->folder, "device_api", facts->device_api);
    g_ptr_array_add(parent->kinds, kind);
}

static void
show_parent(HdFake *fake, const HdFakeMdevParent *parent)
{
    g_autofree char *link = g_strconcat("sys/class/mdev_bus/", parent->name, NULL);
    g_autofree char *driver = g_strconcat("sys/bus/mdev/drivers/", parent->driver, NULL);
    hd_fake_tree_point(fake->tree, link, parent->folder);
    hd_fake_tree_set_folder(fake->tree, "sys/bus/mdev/devices");
    hd_fake_tree_set_folder(fake->tree, driver);
    hd_fake_mdev_show_available(fake, parent);
}

void
hd_fake_add_mdev_parent(HdFake *fake, const char *name, int numa_node, const HdFakeMdevType *types,
                        guint count, guint capacity)
{
    bool is_pci = hd_fake_find(fake, name) != NULL;
    HdFakeMdevParent *parent = g_new0(HdFakeMdevParent, 1);
    parent->name = g_strdup(name);
    parent->folder = is_pci ? g_strdup_printf("sys/devices/pci0000:00/%s", name)
                            : g_strdup_printf("sys/devices/virtual/%s/%s", name, name);
    parent->driver = g_strdup(is_pci ? "vfio_mdev" : name);
    parent->kinds = g_ptr_array_new_with_free_func(free_kind);
    parent->capacity = capacity;
    parent->full_error = ENOSPC;
    for (guint i = 0; i < count; i++)
        add_kind(fake, parent, &types[i]);
    g_ptr_array_add(fake->mdevs->parents, parent);
    g_autofree char *numa = g_strdup_printf("%d", numa_node);
    if (is_pci || numa_node >= 0)
        set_file(fake, parent->folder, "numa_node", numa);
    show_parent(fake, parent);
}

void
hd_fake_mdev_forget_parent(HdFake *fake, const char *name)
{
    HdFakeMdevParent *parent = hd_fake_mdev_find_parent(fake, name);
    if (parent == NULL)
        return;
    g_autofree char *link = g_strdup_printf("sys/class/mdev_bus/%s", name);
    g_autoptr(GList) all = g_hash_table_get_values(fake->mdevs->all);
    for (GList *item = all; item != NULL; item = item->next)
        if (((HdFakeMdev *)item->data)->parent == parent)
            hd_fake_mdev_remove(fake, item->data);
    hd_fake_tree_unset(fake->tree, link);
    (void)g_ptr_array_remove(fake->mdevs->parents, parent);
}
