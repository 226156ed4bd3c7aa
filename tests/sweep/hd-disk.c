/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A recorder in front of the fake's verbs for files, for the tests of power loss.
 */
#include "hd-disk.h"

#include <string.h>

typedef enum { APPEND, REPLACE, REMOVE } Kind;

typedef struct {
    Kind kind;
    char *path, *text;
} Operation;

struct HdDisk {
    HdFake *fake;
    GPtrArray *operations; /* of Operation* */
    GPtrArray *appends;    /* of char*, owned by those */
    guint tear_at;
    gsize tear_bytes;
};

/* One at a time: verbs know only their port. */
static HdDisk *current;
static const HdPortOps *plain_ops;
static HdPortOps ops;

static void
free_operation(gpointer data)
{
    Operation *operation = data;
    g_free(operation->path);
    g_free(operation->text);
    g_free(operation);
}

static const char *
note(Kind kind, const char *path, const char *text)
{
    Operation *operation = g_new0(Operation, 1);
    *operation = (Operation){kind, g_strdup(path), g_strdup(text)};
    g_ptr_array_add(current->operations, operation);
    return operation->text;
}

static int
disk_append(HdPort *port, const char *path, const char *text)
{
    const bool is_torn = current->appends->len + 1 == current->tear_at;
    g_autofree char *part = g_strndup(text, is_torn ? current->tear_bytes : strlen(text));
    if (is_torn)
        hd_fake_die_at(current->fake, hd_fake_mutations(current->fake) + 1, true);
    int error = plain_ops->append(port, path, part);
    if (error == 0)
        g_ptr_array_add(current->appends, (gpointer)note(APPEND, path, part));
    return error;
}

static int
disk_remove(HdPort *port, const char *path)
{
    int error = plain_ops->remove(port, path);
    if (error == 0)
        note(REMOVE, path, NULL);
    return error;
}

static int
disk_save(HdPort *port, const char *path, const char *text)
{
    int error = plain_ops->save(port, path, text);
    if (error == 0)
        note(REPLACE, path, text);
    return error;
}

static int
disk_discard(HdPort *port, const char *path)
{
    int error = plain_ops->discard(port, path);
    if (error == 0)
        note(REMOVE, path, NULL);
    return error;
}

static int
disk_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    bool is_new = create && !hd_port_exists(port, "%s", path);
    int error = plain_ops->lock(port, path, create, wait_ms, ret_lock);
    if (error == 0 && is_new)
        note(APPEND, path, "");
    return error;
}

HdDisk *
hd_disk_new(HdFake *fake)
{
    HdDisk *disk = g_new0(HdDisk, 1);
    HdPort *port = hd_fake_port(fake);
    g_assert_null(current);
    disk->fake = fake;
    disk->operations = g_ptr_array_new_with_free_func(free_operation);
    disk->appends = g_ptr_array_new();
    plain_ops = port->ops;
    ops = *plain_ops;
    ops.append = disk_append;
    ops.remove = disk_remove;
    ops.save = disk_save;
    ops.discard = disk_discard;
    ops.lock = disk_lock;
    port->ops = &ops;
    current = disk;
    return disk;
}

void
hd_disk_free(HdDisk *disk)
{
    if (disk == NULL)
        return;
    hd_fake_port(disk->fake)->ops = plain_ops;
    current = NULL;
    g_ptr_array_unref(disk->operations);
    g_ptr_array_unref(disk->appends);
    g_free(disk);
}

void
hd_disk_tear(HdDisk *disk, guint number, gsize bytes)
{
    disk->tear_at = number;
    disk->tear_bytes = bytes;
}

guint
hd_disk_operations(const HdDisk *disk)
{
    return disk->operations->len;
}

guint
hd_disk_appends(const HdDisk *disk)
{
    return disk->appends->len;
}

const char *
hd_disk_append_text(const HdDisk *disk, guint number)
{
    return g_ptr_array_index(disk->appends, number - 1);
}

static void
redo(const Operation *operation, HdFake *fake, GHashTable *files)
{
    const char *old = g_hash_table_lookup(files, operation->path);
    if (operation->kind == REMOVE) {
        g_hash_table_remove(files, operation->path);
        hd_fake_unset(fake, operation->path);
        return;
    }
    char *text =
        g_strconcat(operation->kind == APPEND && old != NULL ? old : "", operation->text, NULL);
    hd_fake_set_file(fake, operation->path, text);
    g_hash_table_replace(files, g_strdup(operation->path), text);
}

void
hd_disk_restore(const HdDisk *disk, HdFake *fake, bool (*keep)(guint number, gpointer data),
                gpointer data)
{
    g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < disk->operations->len; i++) {
        const Operation *operation = g_ptr_array_index(disk->operations, i);
        bool is_synced = !g_str_has_prefix(operation->path, "run/");
        bool is_ledger = g_str_has_prefix(operation->path, "run/hostdevctl/pages/");
        if (is_synced || (!is_ledger && keep != NULL && keep(i, data)))
            redo(operation, fake, files);
    }
}
