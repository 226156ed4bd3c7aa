/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * pci.conf: which devices OpenNebula is told about. Values that make OpenNebula's own
 * probe crash are taken for what they were meant to be.
 */
#include "hd-one-config.h"

#include <string.h>

#include "hd-error.h"
#include "hd-one-yaml.h"

static void
clear_words(HdOneWords *words)
{
    g_ptr_array_unref(words->words);
    g_ptr_array_unref(words->others);
    g_free(words->phrase);
}

void
hd_one_config_free(HdOneConfig *config)
{
    if (config == NULL)
        return;
    if (config->filters != NULL)
        g_ptr_array_unref(config->filters);
    g_ptr_array_unref(config->device_names);
    clear_words(&config->short_address);
    clear_words(&config->nvidia_vendors);
    g_free(config);
}

/* "a,b" is two filters. lspci gets them from a shell, which takes spaces at both ends away. */
static void
add_filters(GPtrArray *filters, const HdOneYaml *node)
{
    for (guint i = 0; node->kind == HD_ONE_YAML_LIST && i < node->children->len; i++)
        add_filters(filters, g_ptr_array_index(node->children, i));
    if (node->text == NULL || node->kind == HD_ONE_YAML_NULL)
        return;
    g_auto(GStrv) items = g_strsplit(node->text, ",", -1);
    guint count = g_strv_length(items);
    /* As Ruby splits: empty items at the end are none. */
    while (count > 0 && *items[count - 1] == '\0')
        count--;
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(filters, g_strdup(g_strstrip(items[i])));
}

static GPtrArray *
read_filters(const HdOneYaml *node)
{
    if (node->kind == HD_ONE_YAML_NULL || node->kind == HD_ONE_YAML_FALSE)
        return NULL;
    GPtrArray *filters = g_ptr_array_new_with_free_func(g_free);
    add_filters(filters, node);
    return filters;
}

static HdOneWords
read_words(const HdOneYaml *node)
{
    HdOneWords words = {g_ptr_array_new_with_free_func(g_free),
                        g_ptr_array_new_with_free_func(g_free), NULL};
    if (node->kind == HD_ONE_YAML_TEXT)
        words.phrase = g_strdup(node->text);
    else if (node->kind == HD_ONE_YAML_OTHER || node->kind == HD_ONE_YAML_SYMBOL)
        g_ptr_array_add(words.words, g_strdup(node->text));
    for (guint i = 0; node->kind == HD_ONE_YAML_LIST && i < node->children->len; i++) {
        const HdOneYaml *child = g_ptr_array_index(node->children, i);
        bool is_word = child->kind == HD_ONE_YAML_TEXT;
        g_ptr_array_add(is_word ? words.words : words.others,
                        g_strdup(child->text != NULL ? child->text : ""));
    }
    return words;
}

static GPtrArray *
read_names(const HdOneYaml *node)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    bool is_list = node->kind == HD_ONE_YAML_LIST;
    for (guint i = 0; is_list && i < node->children->len; i++) {
        const HdOneYaml *child = g_ptr_array_index(node->children, i);
        bool is_nothing = child->text == NULL || child->kind == HD_ONE_YAML_NULL;
        g_ptr_array_add(names, g_strdup(is_nothing ? "" : child->text));
    }
    if (!is_list && node->text != NULL && *node->text != '\0' && node->kind != HD_ONE_YAML_NULL)
        g_ptr_array_add(names, g_strdup(node->text));
    return names;
}

static HdOneYaml *
defaults(void)
{
    static const char text[] =
        ":filter: '0:0'\n:short_address: []\n:device_name: []\n:nvidia_vendors: ['10de']\n";
    HdOneYaml *node = NULL;
    bool is_read = hd_one_yaml_parse(text, strlen(text), &node, NULL);
    g_assert(is_read);
    return node;
}

static const HdOneYaml *
get(const HdOneYaml *given, const HdOneYaml *otherwise, const char *key)
{
    const HdOneYaml *value = hd_one_yaml_get(given, key);
    return value != NULL ? value : hd_one_yaml_get(otherwise, key);
}

bool
hd_one_config_parse(const char *text, gsize length, HdOneConfig **ret_config, GError **ret_error)
{
    g_autoptr(HdOneYaml) given = NULL;
    if (!hd_one_yaml_parse(text, length, &given, ret_error))
        return false;
    if (given->kind != HD_ONE_YAML_MAP)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "it holds no keys such as ':filter:'");
    g_autoptr(HdOneYaml) otherwise = defaults();
    HdOneConfig *config = g_new0(HdOneConfig, 1);
    config->filters = read_filters(get(given, otherwise, "filter"));
    config->short_address = read_words(get(given, otherwise, "short_address"));
    config->device_names = read_names(get(given, otherwise, "device_name"));
    config->nvidia_vendors = read_words(get(given, otherwise, "nvidia_vendors"));
    *ret_config = config;
    return true;
}

bool
hd_one_words_is_empty(const HdOneWords *words)
{
    return words->words->len == 0 && words->others->len == 0 &&
           (words->phrase == NULL || *words->phrase == '\0');
}

bool
hd_one_words_has(const HdOneWords *words, const char *word)
{
    if (words->phrase != NULL)
        return strstr(words->phrase, word) != NULL;
    return g_ptr_array_find_with_equal_func(words->words, word, g_str_equal, NULL);
}
