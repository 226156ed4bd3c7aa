/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules of the kernel's mdev core (drivers/vfio/mdev), of VFIO below it, and of a vendor driver
 * whose types share one pool, as mtty's do. One thing is not modelled: no parent loses its mdevs
 * when its PCI function changes the driver.
 */
#include "hd-fake-private.h"

#include <errno.h>
#include <string.h>

#define UUID_LENGTH 36

/* The lost race: the other program's create comes just before ours. */
static void
take_drain(HdFake *fake, HdFakeMdevParent *parent, HdFakeMdevKind *kind)
{
    guint taken = MIN(kind->drain, hd_fake_mdev_available(fake, parent, kind));
    parent->drained += taken * kind->weight;
    kind->drain = 0;
    hd_fake_mdev_show_available(fake, parent);
}

static int
store_create(HdFake *fake, HdFakeMdevParent *parent, HdFakeMdevKind *kind, const char *text)
{
    g_autofree char *uuid = g_ascii_strdown(text, UUID_LENGTH);
    if (strlen(text) > UUID_LENGTH + 1 || !g_uuid_string_is_valid(uuid))
        return EINVAL;
    take_drain(fake, parent, kind);
    if (g_hash_table_contains(fake->mdevs->all, uuid))
        return EEXIST;
    if (hd_fake_mdev_available(fake, parent, kind) == 0)
        return parent->full_error;
    hd_fake_mdev_add(fake, parent, kind, uuid);
    return 0;
}

/* Vendor drivers of old kernels could refuse; the others wait. */
static bool
is_refused(HdFake *fake, const HdFakeMdev *mdev)
{
    guint times = GPOINTER_TO_UINT(g_hash_table_lookup(fake->mdevs->busy, mdev->uuid));
    if (times > 0)
        g_hash_table_replace(fake->mdevs->busy, g_strdup(mdev->uuid), GUINT_TO_POINTER(times - 1));
    return times > 0;
}

static int
store_remove(HdFake *fake, HdFakeMdev *mdev, const char *text)
{
    guint64 number = 0;
    if (!hd_fake_parse_number(text, &number))
        return EINVAL;
    if (number == 0)
        return 0;
    if (is_refused(fake, mdev))
        return EBUSY;
    if (!g_hash_table_contains(fake->mdevs->held, mdev->uuid)) {
        hd_fake_mdev_remove(fake, mdev);
        return 0;
    }
    hd_fake_mdev_hide(fake, mdev);
    mdev->is_ghost = fake->is_abandoned = true;
    return 0;
}

static int
store_power(HdFake *fake, const HdFakeMdev *mdev, const char *text)
{
    g_autofree char *word = g_strndup(text, strcspn(text, "\n"));
    if (!g_str_equal(word, "on") && !g_str_equal(word, "auto"))
        return EINVAL;
    g_autofree char *path = g_strconcat(mdev->folder, "/power/control", NULL);
    hd_fake_tree_set_file(fake->tree, path, word);
    return 0;
}

/* @rest: what follows the parent's folder; it exists. */
static bool
store_below(HdFake *fake, HdFakeMdevParent *parent, const char *rest, const char *text,
            int *ret_error)
{
    g_auto(GStrv) parts = g_strsplit(rest, "/", 3);
    HdFakeMdev *mdev = g_hash_table_lookup(fake->mdevs->all, parts[0]);
    if (g_str_equal(parts[0], "mdev_supported_types")) {
        HdFakeMdevKind *kind = hd_fake_mdev_find_kind(parent, parts[1]);
        bool is_create = kind != NULL && g_strcmp0(parts[2], "create") == 0;
        *ret_error = is_create ? store_create(fake, parent, kind, text) : EACCES;
        return true;
    }
    if (mdev == NULL)
        return false;
    const char *file = rest + strlen(parts[0]);
    if (g_str_equal(file, "/remove"))
        *ret_error = store_remove(fake, mdev, text);
    else if (g_str_equal(file, "/power/control"))
        *ret_error = store_power(fake, mdev, text);
    else
        *ret_error = EACCES;
    return true;
}

bool
hd_fake_mdev_store(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    for (guint i = 0; i < fake->mdevs->parents->len; i++) {
        HdFakeMdevParent *parent = fake->mdevs->parents->pdata[i];
        gsize length = strlen(parent->folder);
        if (strncmp(path, parent->folder, length) == 0 && path[length] == '/')
            return store_below(fake, parent, path + length + 1, text, ret_error);
    }
    return false;
}
