/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What tells one machine from all others, replaced: names that somebody has given, and numbers
 * that are unique in the world. Names are replaced where they are known to stand, for a VM may
 * be called as anything is; numbers are known by their form.
 */
#include "hd-pseudonyms.h"

#include <string.h>

#define HEX "[0-9a-fA-F]"

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

/* Flags, queue pair and subnet; behind them the port's GUID, which holds the card's. */
static char *
make_infiniband(const char *address, guint count)
{
    return g_strdup_printf("%.35s:00:00:00:00:00:00:%02x:%02x", address, count >> 8 & 0xff,
                           count & 0xff);
}

static char *
make_wwn(const char *wwn, guint count)
{
    (void)wwn;
    return g_strdup_printf("%016u", count);
}

static char *
make_id(const char *id, guint count)
{
    (void)id;
    return g_strdup_printf("id-%03u", count);
}

static const struct {
    const char *kind, *pattern;
    char *(*make)(const char *key, guint count);
} forms[] = {
    {"id", "(?<=/by-id/)[^/\"'<>\\s]+", make_id},
    {"uuid", HEX "{8}-" HEX "{4}-" HEX "{4}-" HEX "{4}-" HEX "{12}", make_uuid},
    {"infiniband", "(?<![0-9a-fA-F:])(?:" HEX "{2}:){19}" HEX "{2}(?![0-9a-fA-F:])",
     make_infiniband},
    {"mac", "(?<![0-9a-fA-F:])(?:" HEX "{2}:){5}" HEX "{2}(?![0-9a-fA-F:])", make_mac},
    {"wwn", "(?<=wwn-0x|naa\\.|eui\\.)" HEX "{16,32}", make_wwn},
};

struct HdPseudonyms {
    GHashTable *others; /* kind and word -> its pseudonym */
    GHashTable *counts; /* kind -> how many there are */
    GRegex *regexes[G_N_ELEMENTS(forms)];
};

HdPseudonyms *
hd_pseudonyms_new(void)
{
    HdPseudonyms *pseudonyms = g_new0(HdPseudonyms, 1);
    pseudonyms->others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    pseudonyms->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
        pseudonyms->regexes[i] = g_regex_new(forms[i].pattern, G_REGEX_OPTIMIZE, 0, NULL);
    return pseudonyms;
}

void
hd_pseudonyms_free(HdPseudonyms *pseudonyms)
{
    if (pseudonyms == NULL)
        return;
    g_hash_table_unref(pseudonyms->others);
    g_hash_table_unref(pseudonyms->counts);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
        g_regex_unref(pseudonyms->regexes[i]);
    g_free(pseudonyms);
}

static guint
count_one(HdPseudonyms *pseudonyms, const char *kind)
{
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(pseudonyms->counts, kind)) + 1;
    g_hash_table_replace(pseudonyms->counts, g_strdup(kind), GUINT_TO_POINTER(count));
    return count;
}

static char *
key_of(const char *kind, const char *name)
{
    return g_strconcat(kind, " ", name, NULL);
}

/* So many digits that their order is that of first use. */
const char *
hd_pseudonyms_name(HdPseudonyms *pseudonyms, const char *kind, const char *name)
{
    char *key = key_of(kind, name);
    if (*name != '\0' && !g_hash_table_contains(pseudonyms->others, key))
        g_hash_table_insert(pseudonyms->others, g_strdup(key),
                            g_strdup_printf("%s-%03u", kind, count_one(pseudonyms, kind)));
    const char *other = *name != '\0' ? g_hash_table_lookup(pseudonyms->others, key) : "";
    g_free(key);
    return other;
}

bool
hd_pseudonyms_knows(const HdPseudonyms *pseudonyms, const char *kind, const char *name)
{
    g_autofree char *key = key_of(kind, name);
    return g_hash_table_contains(pseudonyms->others, key);
}

typedef struct {
    HdPseudonyms *pseudonyms;
    gsize form;
} Replacing;

/* All zeros and all ones are nobody's. */
static bool
is_nobodys(const char *number)
{
    return strspn(number, "0:-") == strlen(number) || strspn(number, "fF:-") == strlen(number);
}

static gboolean
replace_match(const GMatchInfo *match, GString *text, gpointer data)
{
    const Replacing *replacing = data;
    GHashTable *others = replacing->pseudonyms->others;
    const char *kind = forms[replacing->form].kind;
    g_autofree char *word = g_match_info_fetch(match, 0);
    g_autofree char *lower = g_ascii_strdown(word, -1);
    g_autofree char *key = g_strconcat("form ", kind, " ", lower, NULL);
    if (is_nobodys(word)) {
        g_string_append(text, word);
        return FALSE;
    }
    if (!g_hash_table_contains(others, key)) {
        guint count = count_one(replacing->pseudonyms, kind);
        g_hash_table_insert(others, g_strdup(key), forms[replacing->form].make(lower, count));
    }
    g_string_append(text, g_hash_table_lookup(others, key));
    return FALSE;
}

char *
hd_pseudonyms_apply(HdPseudonyms *pseudonyms, const char *text)
{
    char *result = g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        Replacing replacing = {pseudonyms, i};
        char *after = g_regex_replace_eval(pseudonyms->regexes[i], result, -1, 0, 0, replace_match,
                                           &replacing, NULL);
        g_free(result);
        result = after != NULL ? after : g_strdup("");
    }
    return result;
}
