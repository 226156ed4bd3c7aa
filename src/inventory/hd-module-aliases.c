/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A kernel has some ten thousand aliases, a host some thousand functions: nearly all
 * aliases name vendor and device, by which they are found.
 */
#include "hd-module-aliases.h"

#include <fnmatch.h>
#include <string.h>

#define PREFIX "pci:"
/* "v" and "d" with eight digits each */
#define VENDOR_LENGTH (strlen(PREFIX) + 9)
#define DEVICE_LENGTH (VENDOR_LENGTH + 9)

struct HdModuleAliases {
    GPtrArray *all;       /* of HdModuleAlias* */
    GHashTable *by_start; /* start of the pattern -> GPtrArray of HdModuleAlias*, borrowed */
};

static void
free_alias(gpointer data)
{
    HdModuleAlias *alias = data;
    g_free(alias->pattern);
    g_free(alias->module);
    g_free(alias);
}

static void
unref_list(gpointer list)
{
    g_ptr_array_unref(list);
}

/* As much of @pattern as says the same in every modalias that it fits: up to the device, up to the
   vendor, or nothing. */
static char *
start_of(const char *pattern)
{
    gsize plain = strcspn(pattern, "*?[\\");
    gsize length = plain >= DEVICE_LENGTH   ? DEVICE_LENGTH
                   : plain >= VENDOR_LENGTH ? VENDOR_LENGTH
                                            : 0;
    return g_strndup(pattern, length);
}

static void
add_alias(HdModuleAliases *aliases, guint line, char *const *words)
{
    HdModuleAlias *alias = g_new0(HdModuleAlias, 1);
    alias->line = line;
    alias->pattern = g_strdup(words[1]);
    alias->module = g_strdup(words[2]);
    g_ptr_array_add(aliases->all, alias);
    g_autofree char *start = start_of(alias->pattern);
    GPtrArray *list = g_hash_table_lookup(aliases->by_start, start);
    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(aliases->by_start, g_steal_pointer(&start), list);
    }
    g_ptr_array_add(list, alias);
}

HdModuleAliases *
hd_module_aliases_parse(const char *text)
{
    HdModuleAliases *aliases = g_new0(HdModuleAliases, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    aliases->all = g_ptr_array_new_with_free_func(free_alias);
    aliases->by_start = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_list);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (!g_str_has_prefix(lines[i], "alias " PREFIX))
            continue;
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);
        if (g_strv_length(words) == 3)
            add_alias(aliases, i, words);
    }
    return aliases;
}

HdModuleAliases *
hd_module_aliases_read(HdPort *port)
{
    g_autofree char *release = NULL;
    g_autofree char *text = NULL;
    if (hd_port_read(port, &release, "proc/sys/kernel/osrelease") == 0)
        (void)hd_port_read(port, &text, "lib/modules/%s/modules.alias", release);
    return hd_module_aliases_parse(text != NULL ? text : "");
}

void
hd_module_aliases_free(HdModuleAliases *aliases)
{
    if (aliases == NULL)
        return;
    g_hash_table_unref(aliases->by_start);
    g_ptr_array_unref(aliases->all);
    g_free(aliases);
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    guint first = (*(HdModuleAlias *const *)a)->line, second = (*(HdModuleAlias *const *)b)->line;
    return first < second ? -1 : first > second;
}

static void
add_fitting(const HdModuleAliases *aliases, const char *modalias, gsize length, GPtrArray *found)
{
    g_autofree char *start = g_strndup(modalias, length);
    const GPtrArray *list =
        strlen(start) == length ? g_hash_table_lookup(aliases->by_start, start) : NULL;
    for (guint i = 0; list != NULL && i < list->len; i++) {
        HdModuleAlias *alias = g_ptr_array_index(list, i);
        if (fnmatch(alias->pattern, modalias, 0) == 0)
            g_ptr_array_add(found, alias);
    }
}

GPtrArray *
hd_module_aliases_find(const HdModuleAliases *aliases, const char *modalias)
{
    GPtrArray *found = g_ptr_array_new();
    add_fitting(aliases, modalias, DEVICE_LENGTH, found);
    add_fitting(aliases, modalias, VENDOR_LENGTH, found);
    add_fitting(aliases, modalias, 0, found);
    g_ptr_array_sort(found, compare_lines);
    return found;
}
