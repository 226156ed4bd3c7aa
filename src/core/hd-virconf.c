/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The grammar of libvirt's configuration files, with the place of each value, so that
 * one list can be edited while every other byte stays.
 */
#include "hd-virconf.h"

#include <string.h>

#define LONG_QUOTE "\"\"\""
#define DIGITS     "-+0123456789"

typedef struct {
    const char *file;
    const char *text;
    const char *cursor;
    guint line;
} Reader;

void
hd_virconf_entry_free(HdVirconfEntry *entry)
{
    if (entry == NULL)
        return;
    g_free(entry->name);
    g_free(entry->value);
    if (entry->items != NULL)
        g_ptr_array_unref(entry->items);
    g_free(entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVirconfEntry, hd_virconf_entry_free)

static gsize
offset_of(const Reader *reader)
{
    return (gsize)(reader->cursor - reader->text);
}

/* Blanks, newlines and comments. */
static void
skip_space(Reader *reader)
{
    for (;; reader->cursor++) {
        if (*reader->cursor == '#')
            reader->cursor += strcspn(reader->cursor, "\n");
        if (*reader->cursor == '\n')
            reader->line++;
        if (*reader->cursor == '\0' || !g_ascii_isspace(*reader->cursor))
            return;
    }
}

static bool
fail(const Reader *reader, const char *what, GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s, line %u: %s", reader->file, reader->line,
                        what);
}

/* Text between triple quotes, which may go over lines. */
static bool
read_long_string(Reader *reader, char **ret_value, GError **ret_error)
{
    const char *start = reader->cursor + strlen(LONG_QUOTE);
    const char *end = strstr(start, LONG_QUOTE);
    if (end == NULL)
        return fail(reader, "a text that does not end", ret_error);
    for (const char *c = start; c < end; c++)
        reader->line += *c == '\n';
    *ret_value = g_strndup(start, (gsize)(end - start));
    reader->cursor = end + strlen(LONG_QUOTE);
    return true;
}

static bool
read_string(Reader *reader, char **ret_value, GError **ret_error)
{
    if (g_str_has_prefix(reader->cursor, LONG_QUOTE))
        return read_long_string(reader, ret_value, ret_error);
    char quote = *reader->cursor;
    const char *start = reader->cursor + 1;
    const char *end = strchr(start, quote);
    if (end == NULL || memchr(start, '\n', (gsize)(end - start)) != NULL)
        return fail(reader, "a text that does not end", ret_error);
    *ret_value = g_strndup(start, (gsize)(end - start));
    reader->cursor = end + 1;
    return true;
}

static bool
read_item(Reader *reader, HdVirconfEntry *entry, GError **ret_error)
{
    char *item = NULL;
    gsize digits = strspn(reader->cursor, DIGITS);
    if (digits > 0) {
        item = g_strndup(reader->cursor, digits);
        reader->cursor += digits;
    } else if (*reader->cursor != '"' && *reader->cursor != '\'') {
        return fail(reader, "a list that does not end or holds something odd", ret_error);
    } else if (!read_string(reader, &item, ret_error)) {
        return false;
    }
    g_ptr_array_add(entry->items, item);
    entry->tail = offset_of(reader);
    entry->ends_in_comma = false;
    return true;
}

static bool
read_list(Reader *reader, HdVirconfEntry *entry, GError **ret_error)
{
    reader->cursor++;
    entry->items = g_ptr_array_new_with_free_func(g_free);
    entry->tail = offset_of(reader);
    for (;;) {
        skip_space(reader);
        if (*reader->cursor == ']')
            break;
        if (*reader->cursor == ',') {
            reader->cursor++;
            entry->ends_in_comma = true;
            entry->tail = offset_of(reader);
        } else if (!read_item(reader, entry, ret_error)) {
            return false;
        }
    }
    reader->cursor++;
    return true;
}

static bool
read_value(Reader *reader, HdVirconfEntry *entry, GError **ret_error)
{
    if (*reader->cursor == '"' || *reader->cursor == '\'')
        return read_string(reader, &entry->value, ret_error);
    if (*reader->cursor == '[')
        return read_list(reader, entry, ret_error);
    gsize length = strspn(reader->cursor, DIGITS);
    if (length == 0)
        return fail(reader, "no value that can be understood", ret_error);
    entry->value = g_strndup(reader->cursor, length);
    reader->cursor += length;
    return true;
}

static bool
read_assignment(Reader *reader, HdVirconfEntry *entry, GError **ret_error)
{
    gsize length = 0;
    while (reader->cursor[length] != '\0' && (g_ascii_isalnum(reader->cursor[length]) ||
                                              strchr("_-.", reader->cursor[length]) != NULL))
        length++;
    if (length == 0)
        return fail(reader, "no name of a setting", ret_error);
    entry->name = g_strndup(reader->cursor, length);
    reader->cursor += length;
    reader->cursor += strspn(reader->cursor, " \t");
    if (*reader->cursor != '=')
        return fail(reader, "'=' is missing", ret_error);
    reader->cursor++;
    reader->cursor += strspn(reader->cursor, " \t");
    entry->start = offset_of(reader);
    if (!read_value(reader, entry, ret_error))
        return false;
    entry->end = offset_of(reader);
    reader->cursor += strspn(reader->cursor, " \t");
    if (*reader->cursor == ';')
        reader->cursor++;
    return true;
}

bool
hd_virconf_parse(const char *text, const char *file, GPtrArray **ret_entries, GError **ret_error)
{
    Reader reader = {file, text, text, 1};
    g_autoptr(GPtrArray) entries =
        g_ptr_array_new_with_free_func((GDestroyNotify)hd_virconf_entry_free);
    for (skip_space(&reader); *reader.cursor != '\0'; skip_space(&reader)) {
        g_autoptr(HdVirconfEntry) entry = g_new0(HdVirconfEntry, 1);
        if (!read_assignment(&reader, entry, ret_error))
            return false;
        g_ptr_array_add(entries, g_steal_pointer(&entry));
    }
    *ret_entries = g_steal_pointer(&entries);
    return true;
}

const HdVirconfEntry *
hd_virconf_find(const GPtrArray *entries, const char *name)
{
    for (guint i = 0; i < entries->len; i++) {
        const HdVirconfEntry *entry = g_ptr_array_index(entries, i);
        if (g_str_equal(entry->name, name))
            return entry;
    }
    return NULL;
}
