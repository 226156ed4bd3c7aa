/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What tells one machine from all others, replaced: names of VMs, serial numbers, UUIDs and
 * MAC addresses.
 */
#include "hd-pseudonyms.h"

#include <string.h>

#define UUID "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
#define MAC  "(?<![0-9a-fA-F:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![0-9a-fA-F:])"

struct HdPseudonyms {
    GHashTable *others; /* word, lower case where case says nothing -> its pseudonym */
    GHashTable *counts; /* kind -> how many there are */
    GPtrArray *words;   /* of char*: those that were added, longest first */
    GRegex *uuid, *mac;
    GRegex *added; /* (nullable): made at first use */
};

HdPseudonyms *
hd_pseudonyms_new(void)
{
    HdPseudonyms *pseudonyms = g_new0(HdPseudonyms, 1);
    pseudonyms->others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    pseudonyms->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pseudonyms->words = g_ptr_array_new_with_free_func(g_free);
    pseudonyms->uuid = g_regex_new(UUID, G_REGEX_OPTIMIZE, 0, NULL);
    pseudonyms->mac = g_regex_new(MAC, G_REGEX_OPTIMIZE, 0, NULL);
    return pseudonyms;
}

void
hd_pseudonyms_free(HdPseudonyms *pseudonyms)
{
    if (pseudonyms == NULL)
        return;
    g_hash_table_unref(pseudonyms->others);
    g_hash_table_unref(pseudonyms->counts);
    g_ptr_array_unref(pseudonyms->words);
    g_regex_unref(pseudonyms->uuid);
    g_regex_unref(pseudonyms->mac);
    g_clear_pointer(&pseudonyms->added, g_regex_unref);
    g_free(pseudonyms);
}

static guint
count_one(HdPseudonyms *pseudonyms, const char *kind)
{
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(pseudonyms->counts, kind)) + 1;
    g_hash_table_replace(pseudonyms->counts, g_strdup(kind), GUINT_TO_POINTER(count));
    return count;
}

void
hd_pseudonyms_add(HdPseudonyms *pseudonyms, const char *word, const char *kind)
{
    if (strlen(word) < 2 || g_hash_table_contains(pseudonyms->others, word))
        return;
    g_hash_table_insert(pseudonyms->others, g_strdup(word),
                        g_strdup_printf("%s-%u", kind, count_one(pseudonyms, kind)));
    g_ptr_array_add(pseudonyms->words, g_strdup(word));
    g_clear_pointer(&pseudonyms->added, g_regex_unref);
}

/* Whoever is longer goes first, or "web" would spoil "web-2". */
static gint
compare_lengths(gconstpointer a, gconstpointer b)
{
    gsize first = strlen(*(char *const *)a), second = strlen(*(char *const *)b);
    return first > second ? -1 : first < second;
}

static GRegex *
regex_of_words(HdPseudonyms *pseudonyms)
{
    g_autoptr(GString) pattern = g_string_new("(?<![0-9A-Za-z_])(?:");
    if (pseudonyms->added != NULL || pseudonyms->words->len == 0)
        return pseudonyms->added;
    g_ptr_array_sort(pseudonyms->words, compare_lengths);
    for (guint i = 0; i < pseudonyms->words->len; i++) {
        g_autofree char *escaped =
            g_regex_escape_string(g_ptr_array_index(pseudonyms->words, i), -1);
        g_string_append_printf(pattern, "%s%s", i > 0 ? "|" : "", escaped);
    }
    g_string_append(pattern, ")(?![0-9A-Za-z_])");
    pseudonyms->added = g_regex_new(pattern->str, G_REGEX_OPTIMIZE, 0, NULL);
    return pseudonyms->added;
}

static gboolean
replace_word(const GMatchInfo *match, GString *text, gpointer data)
{
    const HdPseudonyms *pseudonyms = data;
    g_autofree char *word = g_match_info_fetch(match, 0);
    g_string_append(text, g_hash_table_lookup(pseudonyms->others, word));
    return FALSE;
}

static const char *
other_for(HdPseudonyms *pseudonyms, const char *word, char *(*make)(const char *, guint),
          const char *kind)
{
    g_autofree char *key = g_ascii_strdown(word, -1);
    const char *other = g_hash_table_lookup(pseudonyms->others, key);
    if (other == NULL) {
        char *made = make(key, count_one(pseudonyms, kind));
        g_hash_table_insert(pseudonyms->others, g_steal_pointer(&key), made);
        other = made;
    }
    return other;
}

static char *
make_uuid(const char *uuid, guint count)
{
    (void)uuid;
    return g_strdup_printf("00000000-0000-4000-8000-%012u", count);
}

static char *
make_mac(const char *mac, guint count)
{
    return g_strdup_printf("%.8s:fa:%02x:%02x", mac, count >> 8 & 0xff, count & 0xff);
}

static gboolean
replace_uuid(const GMatchInfo *match, GString *text, gpointer data)
{
    g_autofree char *uuid = g_match_info_fetch(match, 0);
    g_string_append(text, other_for(data, uuid, make_uuid, "uuid"));
    return FALSE;
}

/* All zeros and all ones are nobody's. */
static gboolean
replace_mac(const GMatchInfo *match, GString *text, gpointer data)
{
    g_autofree char *mac = g_match_info_fetch(match, 0);
    bool is_nobodys = strspn(mac, "0:") == strlen(mac) || strspn(mac, "fF:") == strlen(mac);
    g_string_append(text, is_nobodys ? mac : other_for(data, mac, make_mac, "mac"));
    return FALSE;
}

static char *
replace(HdPseudonyms *pseudonyms, GRegex *regex, const char *text, GRegexEvalCallback with)
{
    g_autofree char *result = g_regex_replace_eval(regex, text, -1, 0, 0, with, pseudonyms, NULL);
    return result != NULL ? g_steal_pointer(&result) : g_strdup("");
}

char *
hd_pseudonyms_apply(HdPseudonyms *pseudonyms, const char *text, bool with_words)
{
    GRegex *added = with_words ? regex_of_words(pseudonyms) : NULL;
    g_autofree char *replaced =
        added != NULL ? replace(pseudonyms, added, text, replace_word) : g_strdup(text);
    g_autofree char *with_uuids = replace(pseudonyms, pseudonyms->uuid, replaced, replace_uuid);
    return replace(pseudonyms, pseudonyms->mac, with_uuids, replace_mac);
}
