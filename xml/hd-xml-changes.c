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

/* Whether @old is a part of where @move leads from, or all of it, and @new the same of where to. */
static bool
is_move(const HdMove *move, const char *old, const char *new)
{
    const HdPciAddress *from = &move->from, *to = &move->to;
    const struct {
        guint from, to;
        int digits;
    } parts[] = {{from->domain, to->domain, 4},
                 {from->bus, to->bus, 2},
                 {from->slot, to->slot, 2},
                 {from->function, to->function, 1}};
    HdPciAddress whole;
    if (hd_pci_address_parse(old, &whole))
        return hd_pci_address_equal(&whole, from) && g_str_equal(new, hd_pci_address_text(to).text);
    char *end = NULL;
    const guint64 number = g_ascii_strtoull(old, &end, 0);
    for (guint i = 0; *end == '\0' && i < G_N_ELEMENTS(parts); i++) {
        if (number == parts[i].from && is_number(new, parts[i].to, parts[i].digits))
            return true;
    }
    return false;
}

/* An address without a domain gets one, right behind the element's name. */
static bool
is_added(const HdMove *move, const char *bytes, gsize total, gsize at, const char *new)
{
    static const char element[] = "<address";
    const gsize length = strlen(element);
    g_autofree char *domain = g_strdup_printf(ADDED_DOMAIN, move->to.domain);
    return at >= length && at < total && memcmp(bytes + at - length, element, length) == 0 &&
           g_ascii_isspace(bytes[at]) && move->from.domain == 0 && g_str_equal(new, domain);
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

static bool
is_wanted(const char *bytes, gsize total, gsize at, gsize length, const char *new,
          const GArray *moves)
{
    if (length > 0 && !is_value(bytes, total, at, length))
        return false;
    g_autofree char *old = g_strndup(bytes + at, length);
    for (guint i = 0; i < moves->len; i++) {
        const HdMove *move = &g_array_index(moves, HdMove, i);
        if (length > 0 ? is_move(move, old, new) : is_added(move, bytes, total, at, new))
            return true;
    }
    return false;
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
        length > total - at || !is_wanted(bytes, total, at, length, new, moves))
        return false;
    g_string_append_len(text, bytes + *done, (gssize)(at - *done));
    g_string_append(text, new);
    /* What was added is behind it, once. */
    *done = at + MAX(length, 1);
    if (length == 0)
        g_string_append_c(text, bytes[at]);
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
