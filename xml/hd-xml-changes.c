/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a rewrite changes in a domain's XML, apart from finding it: the one who may be
 * deceived by the XML says where, the one who is root looks what, and writes.
 */
#include "hd-xml-changes.h"

#include <string.h>

#include "hd-text.h"

#define ADDED_DOMAIN " domain='0x%04x'"
#define MAX_OLD      64
/* Of the reader's answer: each device has an address of four parts; a change has four words. */
#define MAX_LINES (8 * HD_REQUEST_MAX_WISHES)
#define MAX_WORDS 8

void
hd_xml_changes_add(GString *changes, gsize at, gsize length, const char *text)
{
    g_string_append_printf(changes, "change at=%" G_GSIZE_FORMAT " length=%" G_GSIZE_FORMAT, at,
                           length);
    hd_text_append_pair(changes, "text", text);
    g_string_append_c(changes, '\n');
}

static bool
is_number(const char *text, guint value, int digits)
{
    g_autofree char *number = g_strdup_printf("0x%0*x", digits, value);
    return g_str_equal(text, number);
}

/* Whether @text says a part of @to, or all of it. */
static bool
is_of(const char *text, const HdPciAddress *to, bool is_added)
{
    g_autofree char *domain = g_strdup_printf(ADDED_DOMAIN, to->domain);
    if (is_added)
        return g_str_equal(text, domain);
    return g_str_equal(text, hd_pci_address_text(to).text) || is_number(text, to->domain, 4) ||
           is_number(text, to->bus, 2) || is_number(text, to->slot, 2) ||
           is_number(text, to->function, 1);
}

static bool
is_wanted(const char *text, const GArray *moves, bool is_added)
{
    for (guint i = 0; i < moves->len; i++) {
        if (is_of(text, &g_array_index(moves, HdMove, i).to, is_added))
            return true;
    }
    return false;
}

/* A whole attribute value that is a number or an address, in its quotes. */
static bool
is_value(const char *bytes, gsize total, gsize at, gsize length)
{
    if (length > MAX_OLD || at == 0 || at + length >= total)
        return false;
    for (gsize i = at; i < at + length; i++) {
        if (!g_ascii_isxdigit(bytes[i]) && strchr("xX:.", bytes[i]) == NULL)
            return false;
    }
    const char quote = bytes[at - 1];
    return (quote == '\'' || quote == '"') && bytes[at + length] == quote;
}

/* Appends what is before the change and the change. @done: how far the source has been taken. */
static bool
apply_one(const char *line, const char *bytes, gsize total, const GArray *moves, GString *text,
          gsize *done)
{
    g_auto(GStrv) words = g_strsplit(line, " ", MAX_WORDS);
    guint64 at, length;
    g_autofree char *new = hd_text_value(words, "text");
    if (g_strcmp0(words[0], "change") != 0 || !hd_text_number(words, "at", &at) ||
        !hd_text_number(words, "length", &length) || new == NULL || at < *done || at > total ||
        length > total - at)
        return false;
    if (!is_wanted(new, moves, length == 0) || (length > 0 && !is_value(bytes, total, at, length)))
        return false;
    g_string_append_len(text, bytes + *done, (gssize)(at - *done));
    g_string_append(text, new);
    *done = at + length;
    return true;
}

bool
hd_xml_changes_apply(const char *changes, const char *bytes, gsize length, const GArray *moves,
                     GString **ret_text)
{
    g_auto(GStrv) lines = g_strsplit(changes, "\n", MAX_LINES);
    GString *text = g_string_sized_new(length + 64);
    gsize done = 0;
    bool is_fine = true;
    for (char **line = lines; is_fine && *line != NULL; line++)
        is_fine = (**line == '\0' && line[1] == NULL) ||
                  apply_one(*line, bytes, length, moves, text, &done);
    g_string_append_len(text, bytes + done, (gssize)(length - done));
    if (is_fine)
        *ret_text = text;
    else
        (void)g_string_free(text, TRUE);
    return is_fine;
}
