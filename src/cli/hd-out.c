/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one writer of the command: tables for people, JSON for programs.
 */
#include "hd-out.h"

#include <stdio.h>
#include <unistd.h>

struct HdTable {
    const char *const *titles;
    guint columns;
    GPtrArray *rows; /* of char** */
};

static void
free_row(gpointer data)
{
    char **cells = data;
    g_free(cells);
}

HdTable *
hd_table_new(const char *const *titles)
{
    HdTable *table = g_new0(HdTable, 1);
    table->titles = titles;
    table->columns = g_strv_length((char **)titles);
    table->rows = g_ptr_array_new_with_free_func(free_row);
    return table;
}

void
hd_table_free(HdTable *table)
{
    if (table == NULL)
        return;
    for (guint i = 0; i < table->rows->len; i++) {
        char **cells = g_ptr_array_index(table->rows, i);
        for (guint j = 0; j < table->columns; j++)
            g_free(cells[j]);
    }
    g_ptr_array_unref(table->rows);
    g_free(table);
}

void
hd_table_add(HdTable *table, char **cells)
{
    g_ptr_array_add(table->rows, cells);
}

static const char *
cell_text(char *const *cells, guint column)
{
    return cells[column] != NULL ? cells[column] : "-";
}

static void
print_row(char *const *cells, const guint *widths, guint columns)
{
    for (guint i = 0; i < columns; i++) {
        const char *text = cell_text(cells, i);
        guint pad = widths[i] - (guint)g_utf8_strlen(text, -1);
        (void)printf("%s%*s", text, i + 1 < columns ? (int)pad + 2 : 0, "");
    }
    (void)putchar('\n');
}

void
hd_table_print(const HdTable *table)
{
    g_autofree guint *widths = g_new0(guint, table->columns);
    gboolean is_terminal = isatty(STDOUT_FILENO);
    for (guint i = 0; i < table->columns; i++) {
        widths[i] = (guint)g_utf8_strlen(table->titles[i], -1);
        for (guint j = 0; j < table->rows->len; j++)
            widths[i] =
                MAX(widths[i],
                    (guint)g_utf8_strlen(cell_text(g_ptr_array_index(table->rows, j), i), -1));
    }
    (void)fputs(is_terminal ? "\033[1m" : "", stdout);
    print_row((char *const *)table->titles, widths, table->columns);
    (void)fputs(is_terminal ? "\033[0m" : "", stdout);
    for (guint i = 0; i < table->rows->len; i++)
        print_row(g_ptr_array_index(table->rows, i), widths, table->columns);
}

void
hd_out_json(const HdJson *json)
{
    g_autofree char *text = hd_json_print(json);
    (void)puts(text);
}

void
hd_out_json_text(HdJson *json, const char *name, const char *value)
{
    hd_json_name(json, name);
    hd_json_text(json, value);
}

void
hd_out_json_number(HdJson *json, const char *name, gint64 value)
{
    hd_json_name(json, name);
    hd_json_number(json, value);
}

void
hd_out_json_flag(HdJson *json, const char *name, gboolean value)
{
    hd_json_name(json, name);
    hd_json_flag(json, value);
}
