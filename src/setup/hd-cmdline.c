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

/* A line in pieces, so that its blanks stay as they are written. */
typedef struct {
    GPtrArray *words; /* of char*: each with the blanks before it */
    char *tail;       /* the blanks after the last one */
} Line;

static Line
split(const char *text)
{
    Line line = {g_ptr_array_new_with_free_func(g_free), NULL};
    for (;;) {
        gsize blanks = 0;
        while (g_ascii_isspace(text[blanks]))
            blanks++;
        gsize length = word_length(text + blanks);
        if (length == 0)
            break;
        g_ptr_array_add(line.words, g_strndup(text, blanks + length));
        text += blanks + length;
    }
    line.tail = g_strdup(text);
    return line;
}

static char *
join(const Line *line)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < line->words->len; i++)
        g_string_append(text, g_ptr_array_index(line->words, i));
    g_string_append(text, line->tail);
    return g_string_free(text, FALSE);
}

static void
clear(Line *line)
{
    g_ptr_array_unref(line->words);
    g_free(line->tail);
}

static const char *
word_at(const Line *line, guint index)
{
    const char *word = g_ptr_array_index(line->words, index);
    while (g_ascii_isspace(*word))
        word++;
    return word;
}

static gint
find_word(const Line *line, const char *name, guint from)
{
    for (guint i = from; i < line->words->len; i++) {
        if (after_name(word_at(line, i), name) != NULL)
            return (gint)i;
    }
    return -1;
}

static void
replace(Line *line, guint index, const char *word)
{
    char *old = g_ptr_array_index(line->words, index);
    gsize blanks = (gsize)(word_at(line, index) - old);
    line->words->pdata[index] = g_strdup_printf("%.*s%s", (int)blanks, old, word);
    g_free(old);
}

/* The first word of a line needs no blank before it, and the one that it was before needs one. */
static void
insert(Line *line, guint index, const char *word)
{
    g_ptr_array_insert(line->words, (gint)index, g_strconcat(index > 0 ? " " : "", word, NULL));
    if (index > 0 || line->words->len == 1)
        return;
    char *next = g_ptr_array_index(line->words, 1);
    if (g_ascii_isspace(*next))
        return;
    line->words->pdata[1] = g_strconcat(" ", next, NULL);
    g_free(next);
}

/* What is put behind a quote that does not end would be part of it. */
static bool
has_open_quote(const char *word)
{
    guint quotes = 0;
    for (const char *c = word; *c != '\0'; c++)
        quotes += *c == '"' ? 1 : 0;
    return quotes % 2 != 0;
}

static void
append(Line *line, const char *word)
{
    guint end = line->words->len;
    insert(line, end > 0 && has_open_quote(word_at(line, end - 1)) ? end - 1 : end, word);
}

/* In the place of the first word of that name; more of them would undo it. */
static void
set_word(Line *line, const char *wanted)
{
    g_autofree char *name = g_strndup(wanted, strcspn(wanted, "="));
    gint index = find_word(line, name, 0);
    if (index < 0) {
        append(line, wanted);
        return;
    }
    replace(line, (guint)index, wanted);
    for (gint more; (more = find_word(line, name, (guint)index + 1)) >= 0;)
        g_ptr_array_remove_index(line->words, (guint)more);
}

/* The size that @word says by @name: "1G", "1GB" and "1024M" are one. 0: it says none. As the
   kernel's memparse(): what follows the number and its letter is ignored. */
static guint64
size_of(const char *word, const char *name)
{
    static const char letters[] = "KMGTPE";
    const char *value = after_name(word, name);
    char *end = NULL;
    if (value == NULL || *value != '=' || has_open_quote(value))
        return 0;
    guint64 number = g_ascii_strtoull(value + 1, &end, 0);
    const char *letter = *end != '\0' ? strchr(letters, g_ascii_toupper(*end)) : NULL;
    return letter != NULL ? number << 10 * (letter - letters + 1) : number;
}

/* The first counts, for the kernel. */
static guint64
default_size(const Line *line)
{
    gint index = find_word(line, "default_hugepagesz", 0);
    return index >= 0 ? size_of(word_at(line, (guint)index), "default_hugepagesz") : 0;
}

/* hugepages= belongs to the hugepagesz= or default_hugepagesz= before it, and where there is none
   to the default size. Returns its index, or -1. @ret_size: index of hugepagesz=, or -1. */
static gint
find_hugepages(const Line *line, guint64 size, gint *ret_size)
{
    guint64 present = default_size(line);
    *ret_size = -1;
    for (guint i = 0; i < line->words->len; i++) {
        const char *word = word_at(line, i);
        const guint64 own = size_of(word, "hugepagesz");
        if (own != 0 && own == size && *ret_size < 0)
            *ret_size = (gint)i;
        if (size != 0 && present == size && after_name(word, "hugepages") != NULL)
            return (gint)i;
        if (own != 0 || after_name(word, "default_hugepagesz") != NULL)
            present = own != 0 ? own : size_of(word, "default_hugepagesz");
    }
    return -1;
}

/* The kernel takes a size's number once, and ignores what follows. */
static void
set_hugepages(Line *line, const char *size, const char *count)
{
    gint place = -1;
    gint index = find_hugepages(line, size_of(size, "hugepagesz"), &place);
    if (index >= 0) {
        replace(line, (guint)index, count);
    } else if (place >= 0) {
        insert(line, (guint)place + 1, count);
    } else {
        append(line, size);
        append(line, count);
    }
}

bool
hd_cmdline_has_hugepages(const char *text, const char *size)
{
    Line line = split(text);
    gint place = -1;
    bool is_there = find_hugepages(&line, size_of(size, "hugepagesz"), &place) >= 0 || place >= 0;
    clear(&line);
    return is_there;
}

char *
hd_cmdline_set(const char *text, const char *const *wanted)
{
    Line line = split(text);
    for (; *wanted != NULL; wanted++) {
        if (g_str_has_prefix(*wanted, "hugepagesz=") && wanted[1] != NULL) {
            set_hugepages(&line, wanted[0], wanted[1]);
            wanted++;
        } else {
            set_word(&line, *wanted);
        }
    }
    char *result = join(&line);
    clear(&line);
    return result;
}
