/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files behind the arithmetic of hd-pages.h. A change is written down before it is
 * made: a crash neither leaks pages nor takes any away twice.
 */
#include "hd-pages-ledger.h"

#include <errno.h>
#include <string.h>

#include "hd-pages-pool.h"
#include "hd-text.h"

#define FOLDER "run/hostdevctl/pages"

#define UUID_LENGTH 36

static void
free_row(gpointer data)
{
    HdPagesRow *row = data;
    g_free(row->path);
    g_free(row);
}

static bool
reload(HdPort *port, HdPagesRow *row, GError **ret_error)
{
    g_autofree char *text = NULL;
    int error = hd_port_read(port, &text, "%s", row->path);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "read /%s", row->path);
    hd_pages_entry_parse(text, &row->entry);
    return true;
}

static bool
append(HdPort *port, HdPagesRow *row, const char *line, GError **ret_error)
{
    int error = hd_port_append(port, row->path, line);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "write /%s", row->path);
    return reload(port, row, ret_error);
}

static bool
read_counter(HdPort *port, guint64 size_kb, guint counter, guint64 *ret_pages, GError **ret_error)
{
    HdPagesPool pool;
    int error = hd_pages_pool_read(port, size_kb, counter, &pool);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                                  "read the number of huge pages of %" G_GUINT64_FORMAT " KiB",
                                  size_kb);
    *ret_pages = pool.nr > pool.surplus ? pool.nr - pool.surplus : 0;
    return true;
}

static bool
close_change(HdPort *port, HdPagesRow *row, guint64 size_kb, guint64 *ret_now, GError **ret_error)
{
    guint64 now = 0;
    if (!read_counter(port, size_kb, row->entry.open_counter, &now, ret_error))
        return false;
    g_autofree char *line = hd_pages_line_end(now);
    if (!append(port, row, line, ret_error))
        return false;
    *ret_now = now;
    return true;
}

static HdPagesRow *
new_row(guint64 size_kb, const char *name, const HdUuid *owner, guint64 nodes)
{
    HdPagesRow *row = g_new0(HdPagesRow, 1);
    row->path = g_strdup_printf(FOLDER "/%" G_GUINT64_FORMAT "/%s", size_kb, name);
    row->owner = *owner;
    row->nodes = nodes;
    return row;
}

/* "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa-3": a uuid, and its nodes in hexadecimal. NULL: another's
 * file. */
static HdPagesRow *
parse_row(guint64 size_kb, const char *name)
{
    g_autofree char *uuid = g_strndup(name, UUID_LENGTH);
    HdUuid owner;
    guint64 nodes;
    if (strlen(name) < UUID_LENGTH + 2 || name[UUID_LENGTH] != '-' ||
        !hd_uuid_parse(uuid, &owner) ||
        !hd_text_unsigned(name + UUID_LENGTH + 1, 16, 0, G_MAXUINT64, &nodes))
        return NULL;
    return new_row(size_kb, name, &owner, nodes);
}

bool
hd_pages_ledger_load(HdPort *port, guint64 size_kb, GPtrArray **ret_rows, GError **ret_error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, FOLDER "/%" G_GUINT64_FORMAT, size_kb);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "list /" FOLDER);
    for (guint i = 0; error == 0 && i < names->len; i++) {
        HdPagesRow *row = parse_row(size_kb, g_ptr_array_index(names, i));
        guint64 now = 0;
        if (row == NULL)
            continue;
        g_ptr_array_add(rows, row);
        if (!reload(port, row, ret_error) ||
            (row->entry.is_open && !close_change(port, row, size_kb, &now, ret_error)))
            return false;
    }
    *ret_rows = g_steal_pointer(&rows);
    return true;
}

HdPagesRow *
hd_pages_ledger_find(const GPtrArray *rows, const HdGoal *goal)
{
    for (guint i = 0; i < rows->len; i++) {
        HdPagesRow *row = g_ptr_array_index(rows, i);
        if (hd_uuid_equal(&row->owner, &goal->owner) && row->nodes == goal->page_nodes)
            return row;
    }
    return NULL;
}

bool
hd_pages_ledger_add(HdPort *port, GPtrArray *rows, const HdGoal *goal, GError **ret_error)
{
    g_autofree char *name =
        g_strdup_printf("%s-%" G_GINT64_MODIFIER "x", goal->owner.text, goal->page_nodes);
    g_autofree char *line = hd_pages_line_need(goal->page_count);
    HdPagesRow *row = new_row(goal->page_kb, name, &goal->owner, goal->page_nodes);
    g_ptr_array_add(rows, row);
    return append(port, row, line, ret_error);
}

bool
hd_pages_ledger_change(HdPort *port, HdPagesRow *row, guint64 size_kb, guint counter, guint64 from,
                       guint64 to, guint64 *ret_now, GError **ret_error)
{
    g_autofree char *line = hd_pages_line_change(counter, from, to);
    if (!append(port, row, line, ret_error))
        return false;
    int error = hd_pages_pool_write(port, size_kb, counter, to);
    guint64 now = 0;
    /* Also what fails may have been done in part. */
    if (!close_change(port, row, size_kb, &now, ret_error))
        return false;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                                  "set the number of huge pages of %" G_GUINT64_FORMAT " KiB",
                                  size_kb);
    *ret_now = now;
    return true;
}

bool
hd_pages_ledger_remove(HdPort *port, const HdPagesRow *row, GError **ret_error)
{
    int error = hd_port_remove(port, row->path);
    if (error == 0 || !hd_port_exists(port, "%s", row->path))
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "remove /%s", row->path);
}

static guint64
added_of_file(HdPort *port, const char *size, const char *name)
{
    g_autofree char *text = NULL;
    HdPagesEntry entry;
    if (hd_port_read(port, &text, FOLDER "/%s/%s", size, name) != 0)
        return 0;
    hd_pages_entry_parse(text, &entry);
    return hd_pages_entry_added(&entry);
}

guint64
hd_pages_ledger_total_kb(HdPort *port)
{
    g_autoptr(GPtrArray) sizes = NULL;
    guint64 total = 0;
    if (hd_port_list(port, &sizes, FOLDER) != 0)
        return 0;
    for (guint i = 0; i < sizes->len; i++) {
        const char *size = g_ptr_array_index(sizes, i);
        g_autoptr(GPtrArray) names = NULL;
        guint64 kb;
        if (!hd_text_unsigned(size, 10, 1, G_MAXINT64, &kb) ||
            hd_port_list(port, &names, FOLDER "/%s", size) != 0)
            continue;
        for (guint j = 0; j < names->len; j++)
            total += kb * added_of_file(port, size, g_ptr_array_index(names, j));
    }
    return total;
}

guint64
hd_pages_ledger_added(HdPort *port, const HdGoal *goal)
{
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, goal->page_kb);
    g_autofree char *name =
        g_strdup_printf("%s-%" G_GINT64_MODIFIER "x", goal->owner.text, goal->page_nodes);
    return added_of_file(port, size, name);
}
