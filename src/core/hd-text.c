/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text that crosses a border: names from outside on their way to a log or a
 * terminal, and values on their way into our own line formats and back.
 */
#include "hd-text.h"

#include <string.h>

#define SEAL_DIGITS 8

static bool
is_plain(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return g_unichar_isprint(c) && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR &&
           type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *
hd_text_printable(const char *text, gsize max_chars)
{
    GString *result = g_string_new(NULL);
    gsize count = 0;
    const char *cursor = text != NULL ? text : "";
    for (; *cursor != '\0' && count < max_chars; count++) {
        /* Most characters are these; the tables of Unicode take their time. */
        if (g_ascii_isprint(*cursor)) {
            g_string_append_c(result, *cursor++);
            continue;
        }
        gunichar c = g_utf8_get_char_validated(cursor, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(result, "\\x%02x", (guint)(guchar)*cursor);
            cursor++;
            continue;
        }
        if (is_plain(c))
            g_string_append_unichar(result, c);
        else
            g_string_append_printf(result, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
        cursor = g_utf8_next_char(cursor);
    }
    if (*cursor != '\0')
        g_string_append(result, "...");
    return g_string_free(result, FALSE);
}

char *
hd_text_pair(const char *key, const char *value)
{
    g_autofree char *escaped = g_uri_escape_string(value, ":/", FALSE);
    return g_strdup_printf("%s=%s", key, escaped);
}

void
hd_text_append_pair(GString *line, const char *key, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *pair = hd_text_pair(key, value);
    g_string_append_printf(line, " %s", pair);
}

char *
hd_text_value(char *const *tokens, const char *key)
{
    gsize length = strlen(key);
    for (; *tokens != NULL; tokens++) {
        if (strncmp(*tokens, key, length) == 0 && (*tokens)[length] == '=')
            return g_uri_unescape_string(*tokens + length + 1, NULL);
    }
    return NULL;
}

/* GLib's function lets a vertical tab pass. */
bool
hd_text_unsigned(const char *text, guint base, guint64 least, guint64 most, guint64 *ret_number)
{
    return g_ascii_isxdigit(*text) &&
           g_ascii_string_to_unsigned(text, base, least, most, ret_number, NULL);
}

bool
hd_text_number(char *const *tokens, const char *key, guint64 *ret_number)
{
    g_autofree char *value = hd_text_value(tokens, key);
    return value != NULL && hd_text_unsigned(value, 10, 0, G_MAXUINT64, ret_number);
}

char *
hd_text_seal(const char *body)
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
    return g_strdup_printf("%.*s %s\n", SEAL_DIGITS, sum, body);
}

const char *
hd_text_unseal(const char *line)
{
    if (strlen(line) <= SEAL_DIGITS + 1 || line[SEAL_DIGITS] != ' ')
        return NULL;
    const char *body = line + SEAL_DIGITS + 1;
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
    return strncmp(sum, line, SEAL_DIGITS) == 0 ? body : NULL;
}

bool
hd_text_is_device_id(const char *text)
{
    if (strlen(text) != 9)
        return false;
    for (guint i = 0; i < 9; i++) {
        if (i == 4 ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return false;
    }
    return true;
}

bool
hd_text_is_plain(const char *text, gsize most)
{
    gsize length = strlen(text);
    if (length < 1 || length > most || !g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *cursor = text; *cursor != '\0'; cursor = g_utf8_next_char(cursor)) {
        if (g_unichar_iscntrl(g_utf8_get_char(cursor)))
            return false;
    }
    return true;
}

bool
hd_text_is_name(const char *name)
{
    gsize length = strlen(name);
    if (length < 1 || length > 64 || g_str_equal(name, ".") || g_str_equal(name, ".."))
        return false;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(name[i]) && strchr("_.-", name[i]) == NULL)
            return false;
    }
    return true;
}
