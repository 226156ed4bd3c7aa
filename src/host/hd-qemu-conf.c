/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the few settings of libvirt's qemu.conf that decide who owns a device node.
 * Only reading: nothing here ever changes that file.
 */
#include "hd-qemu-conf.h"

#include <errno.h>
#include <string.h>

#define FILE_PATH  "etc/libvirt/qemu.conf"
#define LONG_QUOTE "\"\"\""
#define DIGITS     "-+0123456789"

typedef struct {
    const char *cursor;
    guint line;
} Reader;

void
hd_qemu_conf_clear(HdQemuConf *conf)
{
    g_clear_pointer(&conf->user, g_free);
    g_clear_pointer(&conf->group, g_free);
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
    return hd_error_set(ret_error, HD_ERROR_CONFIG, "/" FILE_PATH ", line %u: %s", reader->line,
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
skip_list(Reader *reader, GError **ret_error)
{
    for (reader->cursor++;;) {
        g_autofree char *item = NULL;
        skip_space(reader);
        if (*reader->cursor == ']') {
            reader->cursor++;
            return true;
        }
        if (*reader->cursor == ',') {
            reader->cursor++;
            continue;
        }
        gsize digits = strspn(reader->cursor, DIGITS);
        reader->cursor += digits;
        if (digits > 0)
            continue;
        if (*reader->cursor != '"' && *reader->cursor != '\'')
            return fail(reader, "a list that does not end or holds something odd", ret_error);
        if (!read_string(reader, &item, ret_error))
            return false;
    }
}

/* @ret_value: (nullable): NULL for lists, which nobody here asks for. */
static bool
read_value(Reader *reader, char **ret_value, GError **ret_error)
{
    if (*reader->cursor == '"' || *reader->cursor == '\'')
        return read_string(reader, ret_value, ret_error);
    if (*reader->cursor == '[')
        return skip_list(reader, ret_error);
    gsize length = strspn(reader->cursor, DIGITS);
    if (length == 0)
        return fail(reader, "no value that can be understood", ret_error);
    *ret_value = g_strndup(reader->cursor, length);
    reader->cursor += length;
    return true;
}

static bool
read_assignment(Reader *reader, char **ret_name, char **ret_value, GError **ret_error)
{
    gsize length = 0;
    while (g_ascii_isalnum(reader->cursor[length]) ||
           strchr("_-.", reader->cursor[length]) != NULL) {
        if (reader->cursor[length] == '\0')
            break;
        length++;
    }
    if (length == 0)
        return fail(reader, "no name of a setting", ret_error);
    g_autofree char *name = g_strndup(reader->cursor, length);
    reader->cursor += length;
    reader->cursor += strspn(reader->cursor, " \t");
    if (*reader->cursor != '=')
        return fail(reader, "'=' is missing", ret_error);
    reader->cursor++;
    reader->cursor += strspn(reader->cursor, " \t");
    if (!read_value(reader, ret_value, ret_error))
        return false;
    reader->cursor += strspn(reader->cursor, " \t");
    if (*reader->cursor == ';')
        reader->cursor++;
    *ret_name = g_steal_pointer(&name);
    return true;
}

static void
keep_first(char **place, char *value)
{
    if (*place == NULL)
        *place = g_strdup(value);
}

bool
hd_qemu_conf_parse(const char *text, HdQemuConf *ret_conf, GError **ret_error)
{
    Reader reader = {text, 1};
    g_auto(HdQemuConf) conf = {0};
    g_autofree char *dynamic = NULL;
    for (skip_space(&reader); *reader.cursor != '\0'; skip_space(&reader)) {
        g_autofree char *name = NULL;
        g_autofree char *value = NULL;
        if (!read_assignment(&reader, &name, &value, ret_error))
            return false;
        if (value != NULL && g_str_equal(name, "user"))
            keep_first(&conf.user, value);
        else if (value != NULL && g_str_equal(name, "group"))
            keep_first(&conf.group, value);
        else if (value != NULL && g_str_equal(name, "dynamic_ownership"))
            keep_first(&dynamic, value);
    }
    conf.dynamic_ownership = dynamic == NULL || !g_str_equal(dynamic, "0");
    *ret_conf = conf;
    conf = (HdQemuConf){0};
    return true;
}

/* libvirt's built-in user depends on the distribution: Debian's, Fedora's, upstream's. */
static int
find_owner(HdPort *port, const HdQemuConf *conf, guint *ret_uid, guint *ret_gid)
{
    static const char *const defaults[] = {"libvirt-qemu", "qemu", "root"};
    int error = ENOENT;
    for (gsize i = 0; i < G_N_ELEMENTS(defaults) && error != 0; i++)
        error =
            hd_port_find_owner(port, conf->user != NULL ? conf->user : defaults[i],
                               conf->group != NULL ? conf->group : defaults[i], ret_uid, ret_gid);
    return error;
}

bool
hd_qemu_conf_node_owner(HdPort *port, bool *ret_applies, guint *ret_uid, guint *ret_gid,
                        GError **ret_error)
{
    g_autofree char *text = NULL;
    g_auto(HdQemuConf) conf = {0};
    int error = hd_port_read(port, &text, FILE_PATH);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read /" FILE_PATH);
    if (!hd_qemu_conf_parse(text != NULL ? text : "", &conf, ret_error))
        return false;
    if (conf.dynamic_ownership) {
        *ret_applies = false;
        return true;
    }
    error = find_owner(port, &conf, ret_uid, ret_gid);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error,
                                  "/" FILE_PATH ": find the user and group of QEMU");
    *ret_applies = true;
    return true;
}
