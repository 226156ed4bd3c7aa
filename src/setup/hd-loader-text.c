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

/* A shell assignment's value: in quotes of either kind, or a bare word. */
static const char *
value_span(const char *value, gsize *ret_length, bool *ret_is_bare)
{
    *ret_is_bare = *value != '"' && *value != '\'';
    if (*ret_is_bare) {
        *ret_length = strcspn(value, " \t\n#;");
        return value;
    }
    char quote = *value;
    const char *end = value + 1;
    while (*end != '\0' && *end != quote)
        end += *end == '\\' && quote == '"' && end[1] != '\0' ? 2 : 1;
    *ret_length = (gsize)(end - value - 1);
    return value + 1;
}

char *
hd_loader_set_grub(const char *text, const char *const *words)
{
    const char *line = find_line(text, GRUB_ALL);
    const char *name = line != NULL ? GRUB_ALL : GRUB_DEFAULT;
    gsize length = 0;
    bool is_bare = false;
    if (line == NULL)
        line = find_line(text, GRUB_DEFAULT);
    if (line == NULL) {
        g_autofree char *value = hd_cmdline_set("", words);
        return g_strdup_printf("%s%s" GRUB_ALL "\"%s\"\n", text,
                               *text != '\0' && !g_str_has_suffix(text, "\n") ? "\n" : "", value);
    }
    const char *span = value_span(line + strlen(name), &length, &is_bare);
    g_autofree char *before = g_strndup(span, length);
    g_autofree char *value = hd_cmdline_set(before, words);
    g_autofree char *quoted = g_strdup_printf(is_bare ? "\"%s\"" : "%s", value);
    return replace_span(text, span, length, quoted);
}

static char *
correct_line(const char *line, const char *const *words)
{
    char *result = g_strdup(line);
    for (; *words != NULL; words++) {
        const char *const one[] = {*words, NULL};
        g_autofree char *name = g_strndup(*words, strcspn(*words, "="));
        if (g_str_has_prefix(name, "hugepages") || !hd_cmdline_has(result, name))
            continue;
        char *after = hd_cmdline_set(result, one);
        g_free(result);
        result = after;
    }
    return result;
}

char *
hd_loader_correct_grub(const char *text, const char *const *words)
{
    static const char *const names[] = {GRUB_ALL, GRUB_DEFAULT};
    char *result = g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *line = find_line(result, names[i]);
        gsize length = 0;
        bool is_bare = false;
        if (line == NULL)
            continue;
        const char *span = value_span(line + strlen(names[i]), &length, &is_bare);
        g_autofree char *before = g_strndup(span, length);
        g_autofree char *value = correct_line(before, words);
        char *after = replace_span(result, span, length, value);
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
    static const char *const names[] = {GRUB_ALL, GRUB_DEFAULT};
    GString *result = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *line = find_line(text, names[i]);
        gsize length = 0;
        bool is_bare = false;
        if (line == NULL)
            continue;
        const char *span = value_span(line + strlen(names[i]), &length, &is_bare);
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
        return g_strdup_printf("%s%soptions %s\n", text,
                               *text != '\0' && !g_str_has_suffix(text, "\n") ? "\n" : "", value);
    }
    line += strlen("options");
    line += strspn(line, " \t");
    gsize length = strcspn(line, "\n");
    g_autofree char *before = g_strndup(line, length);
    g_autofree char *value = hd_cmdline_set(before, words);
    return replace_span(text, line, length, value);
}

char *
hd_loader_set_cmdline(const char *text, const char *const *words)
{
    gsize length = strcspn(text, "\n");
    g_autofree char *before = g_strndup(text, length);
    g_autofree char *value = hd_cmdline_set(before, words);
    return replace_span(text, text, length, value);
}
