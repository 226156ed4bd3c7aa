/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words in which tests speak of mdevs that are full, busy, in use, or raced for, and what a
 * user would see of them.
 */
#include "hd-fake-private.h"

#include <string.h>

void
hd_fake_set_mdev_full_error(HdFake *fake, const char *parent, int error)
{
    hd_fake_mdev_find_parent(fake, parent)->full_error = error;
}

void
hd_fake_drain_mdev(HdFake *fake, const char *parent, const char *type, guint count)
{
    hd_fake_mdev_find_kind(hd_fake_mdev_find_parent(fake, parent), type)->drain = count;
}

void
hd_fake_hold_mdev(HdFake *fake, const char *uuid)
{
    g_hash_table_add(fake->mdevs->held, g_ascii_strdown(uuid, -1));
}

void
hd_fake_hold_mdev_unseen(HdFake *fake, const char *uuid)
{
    hd_fake_hold_mdev(fake, uuid);
    g_hash_table_add(fake->mdevs->unseen, g_ascii_strdown(uuid, -1));
}

void
hd_fake_let_go_mdev(HdFake *fake, const char *uuid)
{
    g_autofree char *name = g_ascii_strdown(uuid, -1);
    g_autofree char *lock = g_strdup_printf("run/hostdevctl/device/%s", name);
    const HdFakeMdev *mdev = g_hash_table_lookup(fake->mdevs->all, name);
    g_hash_table_remove(fake->mdevs->held, name);
    g_hash_table_remove(fake->mdevs->unseen, name);
    g_hash_table_remove(fake->locks, lock);
    if (mdev != NULL && mdev->is_ghost)
        hd_fake_mdev_remove(fake, mdev);
}

void
hd_fake_mdev_busy_times(HdFake *fake, const char *uuid, guint times)
{
    g_hash_table_replace(fake->mdevs->busy, g_ascii_strdown(uuid, -1), GUINT_TO_POINTER(times));
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

void
hd_fake_mdev_dump(HdFake *fake, GString *text)
{
    g_autoptr(GList) uuids = g_list_sort(g_hash_table_get_keys(fake->mdevs->all), compare_texts);
    for (GList *item = uuids; item != NULL; item = item->next) {
        const HdFakeMdev *mdev = g_hash_table_lookup(fake->mdevs->all, item->data);
        g_autofree char *power = g_strconcat(mdev->folder, "/power/control", NULL);
        if (!mdev->is_ghost)
            g_string_append_printf(text, "mdev %s %s %s %s\n", mdev->uuid, mdev->parent->name,
                                   mdev->kind->id, hd_fake_tree_content(fake->tree, power));
    }
}

void
hd_fake_let_go_mdev_after(HdFake *fake, const char *uuid, guint ms)
{
    g_free(fake->let_go_uuid);
    fake->let_go_uuid = g_strdup(uuid);
    fake->let_go_ms = fake->paused_ms + ms;
}

guint
hd_fake_paused_ms(const HdFake *fake)
{
    return fake->paused_ms;
}
