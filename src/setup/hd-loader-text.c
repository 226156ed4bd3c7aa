/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where GRUB, systemd-boot, kernel-install and the others keep the kernel command line,
 * as pure edits of their files.
 */
#include "hd-loader-text.h"

#include <stdbool.h>
#include <string.h>

#include "hd-cmdline.h"

#define GRUB_ALL     "GRUB_CMDLINE_LINUX="
#define GRUB_DEFAULT "GRUB_CMDLINE_LINUX_DEFAULT="

static const char *const names[] = {GRUB_ALL, GRUB_DEFAULT};

static char *
replace_span(const char *text, const char *start, gsize length, const char *replacement)
{
    GString *result = g_string_new_len(text, start - text);
    g_string_append(result, replacement);
    g_string_append(result, start + length);
    return g_string_free(result, FALSE);
}

/* Start of the last line that begins with @prefix, blanks before it allowed; NULL: none. */
static const char *
find_line(const char *text, const char *prefix)
{
    const char *found = NULL;
    for (const char *line = text; line != NULL && *line != '\0';) {
        const char *word = line + strspn(line, " \t");
        const char *end = strchr(line, '\n');
        if (g_str_has_prefix(word, prefix))
            found = word;
        line = end != NULL ? end + 1 : NULL;
    }
    return found;
}

/* A shell assignment's value: in quotes of either kind, or a bare word. Returns NULL for what only
   a shell could read: a quote that does not end, or words of several kinds in one. */
static const char *
value_span(const char *value, gsize *ret_length, bool *ret_is_bare)
{
    static const char ends[] = " \t\r\n;";
    *ret_is_bare = *value != '"' && *value != '\'';
    if (*ret_is_bare) {
        *ret_length = strcspn(value, ends);
        return strcspn(value, "\"'\\`$#&|<>()") >= *ret_length ? value : NULL;
    }
    char quote = *value;
    const char *end = value + 1;
    while (*end != '\0' && *end != quote)
        end += *end == '\\' && quote == '"' && end[1] != '\0' ? 2 : 1;
    *ret_length = (gsize)(end - value - 1);
    return *end == quote && (end[1] == '\0' || strchr(ends, end[1]) != NULL) ? value + 1 : NULL;
}

/* The value of the last assignment of @name ("NAME="). Returns NULL where there is none that can be
   read. */
static const char *
find_value(const char *text, const char *name, gsize *ret_length, bool *ret_is_bare)
{
    const char *line = find_line(text, name);
    return line != NULL ? value_span(line + strlen(name), ret_length, ret_is_bare) : NULL;
}

/* In the place of a value; several words need quotes, which a bare one doesn't have. */
static char *
replace_value(const char *text, const char *span, gsize length, bool is_bare, const char *value)
{
    bool lacks_quotes = is_bare && strpbrk(value, " \t") != NULL;
    g_autofree char *quoted = g_strdup_printf(lacks_quotes ? "\"%s\"" : "%s", value);
    return replace_span(text, span, length, quoted);
}

/* A last line: @start, @value and @end. */
static char *
append_line(const char *text, const char *start, const char *value, const char *end)
{
    bool is_open = *text != '\0' && !g_str_has_suffix(text, "\n");
    return g_strconcat(text, is_open ? "\n" : "", start, value, end, "\n", NULL);
}

char *
hd_loader_set_grub(const char *text, const char *const *words)
{
    gsize length = 0;
    bool is_bare = false;
    const char *span = find_value(text, GRUB_ALL, &length, &is_bare);
    bool is_set = find_line(text, GRUB_ALL) != NULL;
    if (!is_set)
        span = find_value(text, GRUB_DEFAULT, &length, &is_bare);
    if (span == NULL) {
        g_autofree char *first = hd_cmdline_set("", words);
        return append_line(text, is_set ? GRUB_ALL "\"$GRUB_CMDLINE_LINUX " : GRUB_ALL "\"", first,
                           "\"");
    }
    g_autofree char *before = g_strndup(span, length);
    g_autofree char *value = hd_cmdline_set(before, words);
    return replace_value(text, span, length, is_bare, value);
}

static char *
correct_line(const char *line, const char *const *words)
{
    char *result = g_strdup(line);
    for (; *words != NULL; words++) {
        bool is_pair = g_str_has_prefix(*words, "hugepagesz=");
        const char *const some[] = {words[0], is_pair ? words[1] : NULL, NULL};
        g_autofree char *name = g_strndup(*words, strcspn(*words, "="));
        words += is_pair;
        if (is_pair ? !hd_cmdline_has_hugepages(result, some[0]) : !hd_cmdline_has(result, name))
            continue;
        char *after = hd_cmdline_set(result, some);
        g_free(result);
        result = after;
    }
    return result;
}

char *
hd_loader_correct_grub(const char *text, const char *const *words)
{
    char *result = g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize length = 0;
        bool is_bare = false;
        const char *span = find_value(result, names[i], &length, &is_bare);
        if (span == NULL)
            continue;
        g_autofree char *before = g_strndup(span, length);
        g_autofree char *value = correct_line(before, words);
        char *after = replace_value(result, span, length, is_bare, value);
        g_free(result);
        result = after;
    }
    return result;
}

bool
hd_loader_is_linux_entry(const char *text)
{
    const char *options = find_line(text, "options");
    return find_line(text, "linux") != NULL || (find_line(text, "efi") != NULL && options != NULL);
}

char *
hd_loader_grub_line(const char *text)
{
    GString *result = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize length = 0;
        bool is_bare = false;
        const char *span = find_value(text, names[i], &length, &is_bare);
        if (span == NULL)
            continue;
        g_string_append_len(result, span, (gssize)length);
        g_string_append_c(result, ' ');
    }
    return g_string_free(result, FALSE);
}

char *
hd_loader_grub_drop_in(const char *const *words)
{
    if (*words == NULL)
        return NULL;
    g_autofree char *value = hd_cmdline_set("", words);
    return g_strdup_printf("# Written by 'hostdevctl setup'; '--undo' removes it.\n" GRUB_ALL
                           "\"$GRUB_CMDLINE_LINUX %s\"\n",
                           value);
}

char *
hd_loader_set_entry(const char *text, const char *const *words)
{
    const char *line = find_line(text, "options");
    if (line == NULL || !g_ascii_isspace(line[strlen("options")])) {
        g_autofree char *value = hd_cmdline_set("", words);
        return append_line(text, "options ", value, "");
    }
    line += strlen("options");
    gsize length = strcspn(line, "\n");
    gsize blanks = strspn(line, " \t");
    g_autofree char *before = g_strndup(line + blanks, length - blanks);
    g_autofree char *set = hd_cmdline_set(before, words);
    g_autofree char *value = blanks > 0 ? g_strdup_printf("%.*s%s", (int)blanks, line, set)
                                        : g_strconcat(" ", set, NULL);
    return replace_span(text, line, length, value);
}

/* Length of the lines from @text on that are comments, or that are none. */
static gsize
lines_length(const char *text, bool are_comments)
{
    const char *line = text;
    while (*line != '\0' && (*line == '#') == are_comments) {
        const char *end = strchr(line, '\n');
        line = end != NULL ? end + 1 : line + strlen(line);
    }
    return (gsize)(line - text);
}

/* An edit of whole lines: the break at their end stays, though a quote that does not end holds it.
 */
static char *
edit_lines(char *(*edit)(const char *line, const char *const *words), const char *text,
           gsize length, const char *const *words)
{
    const bool has_break = length > 0 && text[length - 1] == '\n';
    g_autofree char *before = g_strndup(text, has_break ? length - 1 : length);
    g_autofree char *after = edit(before, words);
    return g_strconcat(after, has_break ? "\n" : "", NULL);
}

/* What follows a comment: words that would undo ours. */
static char *
correct_rest(const char *text, const char *const *words)
{
    GString *result = g_string_new(NULL);
    for (bool is_comment = true; *text != '\0'; is_comment = !is_comment) {
        gsize length = lines_length(text, is_comment);
        g_autofree char *after =
            is_comment ? g_strndup(text, length) : edit_lines(correct_line, text, length, words);
        g_string_append(result, after);
        text += length;
    }
    return g_string_free(result, FALSE);
}

/* All its lines are one, without comments where mkinitcpio reads it. */
char *
hd_loader_set_cmdline(const char *text, const char *const *words)
{
    const char *start = text + lines_length(text, true);
    gsize length = lines_length(start, false);
    if (length == 0) {
        g_autofree char *value = hd_cmdline_set("", words);
        return append_line(text, "", value, "");
    }
    g_autofree char *value = edit_lines(hd_cmdline_set, start, length, words);
    g_autofree char *rest = correct_rest(start + length, words);
    g_autofree char *edited = replace_span(text, start, strlen(start), value);
    return g_strconcat(edited, rest, NULL);
}
