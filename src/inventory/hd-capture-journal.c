/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines of our journals are sealed: with other words in them they need other seals.
 */
#include "hd-capture-journal.h"

#include <string.h>

#include "hd-text.h"

#define NAME    "name="
#define MESSAGE "message="

/* Our messages quote names: "VM 'web'". Only what is a VM's is replaced. */
static char *
rename_quoted(HdPseudonyms *pseudonyms, const char *message)
{
    g_auto(GStrv) parts = g_strsplit(message, "'", -1);
    for (guint i = 1; parts[i - 1] != NULL && parts[i] != NULL; i++) {
        if (!hd_pseudonyms_knows(pseudonyms, "vm", parts[i]))
            continue;
        const char *other = hd_pseudonyms_name(pseudonyms, "vm", parts[i]);
        g_free(parts[i]);
        parts[i] = g_strdup(other);
    }
    return g_strjoinv("'", parts);
}

/* The value of a pair whose key is known: "my%20vm". */
static char *
value_of(const char *word)
{
    g_autofree char *value = g_uri_unescape_string(strchr(word, '=') + 1, NULL);
    return g_strdup(value != NULL ? value : "");
}

static char *
scrub_word(HdPseudonyms *pseudonyms, const char *word, bool is_vm)
{
    if (is_vm && g_str_has_prefix(word, NAME)) {
        g_autofree char *name = value_of(word);
        return hd_text_pair("name", hd_pseudonyms_name(pseudonyms, "vm", name));
    }
    if (g_str_has_prefix(word, MESSAGE)) {
        g_autofree char *message = value_of(word);
        g_autofree char *renamed = rename_quoted(pseudonyms, message);
        g_autofree char *other = hd_pseudonyms_apply(pseudonyms, renamed);
        return hd_text_pair("message", other);
    }
    return hd_pseudonyms_apply(pseudonyms, word);
}

static char *
scrub_body(HdPseudonyms *pseudonyms, const char *body)
{
    g_auto(GStrv) words = g_strsplit(body, " ", -1);
    g_autofree char *kind = hd_text_value(words, "kind");
    bool is_vm = words[0] != NULL && g_str_equal(words[0], "begin") && g_strcmp0(kind, "vm") == 0;
    for (char **word = words; *word != NULL; word++) {
        char *other = scrub_word(pseudonyms, *word, is_vm);
        g_free(*word);
        *word = other;
    }
    return g_strjoinv(" ", words);
}

char *
hd_capture_journal_scrub(HdPseudonyms *pseudonyms, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *result = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *body = hd_text_unseal(lines[i]);
        g_autofree char *other = scrub_body(pseudonyms, body != NULL ? body : lines[i]);
        g_autofree char *sealed = body != NULL ? hd_text_seal(other) : NULL;
        g_string_append(result, sealed != NULL ? sealed : other);
        if (sealed == NULL && lines[i + 1] != NULL)
            g_string_append_c(result, '\n');
    }
    return g_string_free(result, FALSE);
}
