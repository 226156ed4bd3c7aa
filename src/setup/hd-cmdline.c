/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading and editing kernel command lines, wherever they are kept.
 */
#include "hd-cmdline.h"

#include <string.h>

/* Length of the word at @text, quoted blanks included. */
static gsize
word_length(const char *text)
{
    bool is_quoted = false;
    gsize length = 0;
    for (; text[length] != '\0' && (is_quoted || !g_ascii_isspace(text[length])); length++)
        is_quoted ^= text[length] == '"';
    return length;
}

GPtrArray *
hd_cmdline_words(const char *line)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        while (g_ascii_isspace(*line))
            line++;
        gsize length = word_length(line);
        if (length == 0)
            return words;
        g_ptr_array_add(words, g_strndup(line, length));
        line += length;
    }
}

/* Returns what follows @name in @word: "" or "=VALUE"; NULL when it is another name. */
static const char *
after_name(const char *word, const char *name)
{
    for (; *name != '\0'; name++, word++) {
        bool is_dash = (*name == '-' || *name == '_') && (*word == '-' || *word == '_');
        if (*name != *word && !is_dash)
            return NULL;
    }
    return *word == '\0' || *word == '=' ? word : NULL;
}

bool
hd_cmdline_has(const char *line, const char *name)
{
    g_autoptr(GPtrArray) words = hd_cmdline_words(line);
    for (guint i = 0; i < words->len; i++) {
        if (after_name(g_ptr_array_index(words, i), name) != NULL)
            return true;
    }
    return false;
}

char *
hd_cmdline_value(const char *line, const char *name)
{
    g_autoptr(GPtrArray) words = hd_cmdline_words(line);
    char *value = NULL;
    for (guint i = 0; i < words->len; i++) {
        const char *rest = after_name(g_ptr_array_index(words, i), name);
        if (rest == NULL || *rest != '=')
            continue;
        g_free(value);
        value = g_strdup(rest + 1);
    }
    return value;
}

static gint
find_word(const GPtrArray *words, const char *name, guint from)
{
    for (guint i = from; i < words->len; i++) {
        if (after_name(g_ptr_array_index(words, i), name) != NULL)
            return (gint)i;
    }
    return -1;
}

static void
put(GPtrArray *words, gint index, const char *word)
{
    if (index < 0 || index >= (gint)words->len) {
        g_ptr_array_add(words, g_strdup(word));
        return;
    }
    g_free(words->pdata[index]);
    words->pdata[index] = g_strdup(word);
}

/* In the place of the first word of that name; more of them would undo it. */
static void
set_word(GPtrArray *words, const char *wanted)
{
    g_autofree char *name = g_strndup(wanted, strcspn(wanted, "="));
    gint index = find_word(words, name, 0);
    put(words, index, wanted);
    for (gint more = index; index >= 0 && (more = find_word(words, name, (guint)index + 1)) >= 0;)
        g_ptr_array_remove_index(words, (guint)more);
}

/* hugepages= belongs to the hugepagesz= right before it. */
static void
set_hugepages(GPtrArray *words, const char *size, const char *count)
{
    guint index = 0;
    if (!g_ptr_array_find_with_equal_func(words, size, g_str_equal, &index)) {
        put(words, -1, size);
        put(words, -1, count);
    } else if (index + 1 < words->len &&
               after_name(g_ptr_array_index(words, index + 1), "hugepages") != NULL) {
        put(words, (gint)index + 1, count);
    } else {
        g_ptr_array_insert(words, (gint)index + 1, g_strdup(count));
    }
}

static char *
join(const GPtrArray *words)
{
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? " " : "", (char *)g_ptr_array_index(words, i));
    return g_string_free(line, FALSE);
}

char *
hd_cmdline_set(const char *line, const char *const *wanted)
{
    g_autoptr(GPtrArray) words = hd_cmdline_words(line);
    g_autofree char *before = join(words);
    for (; *wanted != NULL; wanted++) {
        if (g_str_has_prefix(*wanted, "hugepagesz=") && wanted[1] != NULL) {
            set_hugepages(words, wanted[0], wanted[1]);
            wanted++;
        } else {
            set_word(words, *wanted);
        }
    }
    g_autofree char *after = join(words);
    /* What needs no word keeps its blanks, too. */
    return g_strdup(g_str_equal(before, after) ? line : after);
}
