/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Editing cgroup_device_acl in place: people's comments and entries stay to the byte,
 * since a lost entry is a VM that doesn't start after the next restart of libvirt.
 */
#include "hd-acl.h"

#include <string.h>

#include "hd-text.h"
#include "hd-virconf.h"

#define NAME   "cgroup_device_acl"
#define FILE_  "/etc/libvirt/qemu.conf"
#define INDENT "    "

/* libvirt's own list by version (qemu_conf.c, qemu_cgroup.c). */
static const char *const built_in[] = {"/dev/null",    "/dev/full", "/dev/zero", "/dev/random",
                                       "/dev/urandom", "/dev/ptmx", NULL};
#define WITH_USERFAULTFD 9001  /* not yet in 9.0 */
#define WITHOUT_KVM      12000 /* added for each domain instead; listed it does no harm */

void
hd_acl_free(HdAcl *acl)
{
    if (acl == NULL)
        return;
    g_ptr_array_unref(acl->nodes);
    g_free(acl);
}

static void
add(GPtrArray *nodes, const char *node)
{
    g_ptr_array_add(nodes, g_strdup(node));
}

static GPtrArray *
list_of_version(guint libvirt)
{
    GPtrArray *nodes = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *node = built_in; *node != NULL; node++)
        add(nodes, *node);
    if (libvirt == 0 || libvirt < WITHOUT_KVM)
        add(nodes, "/dev/kvm");
    if (libvirt >= WITH_USERFAULTFD)
        add(nodes, "/dev/userfaultfd");
    return nodes;
}

/* Whether the line at @offset is within a value: what looks like a comment there is text. */
static bool
is_in_value(const GPtrArray *entries, gsize offset)
{
    for (guint i = 0; i < entries->len; i++) {
        const HdVirconfEntry *entry = g_ptr_array_index(entries, i);
        if (entry->start < offset && offset < entry->end)
            return true;
    }
    return false;
}

/* Where the comment at @line, and those that follow it, has its first ']'; NULL: nowhere. */
static const char *
find_sample_end(const char *line)
{
    for (; *line == '#'; line++) {
        gsize length = strcspn(line, "\n");
        const char *end = memchr(line, ']', length);
        if (end != NULL || line[length] == '\0')
            return end;
        line += length;
    }
    return NULL;
}

/* The lines "#cgroup_device_acl = [" to "#]" of the file that libvirt brings. */
static bool
find_sample(const char *text, const GPtrArray *entries, gsize *ret_start, gsize *ret_end)
{
    for (const char *line = text; line != NULL && *line != '\0';) {
        const char *next = strchr(line, '\n');
        const char *word = line + strspn(line, "# \t");
        if (*line == '#' && g_str_has_prefix(word, NAME " =") &&
            !is_in_value(entries, (gsize)(line - text))) {
            const char *end = find_sample_end(line);
            if (end == NULL)
                return false;
            *ret_start = (gsize)(line - text);
            *ret_end = (gsize)(end - text) + strcspn(end, "\n");
            return true;
        }
        line = next != NULL ? next + 1 : NULL;
    }
    return false;
}

/* libvirt's own list, as the sample says it: its distributor may have built in another. */
static GPtrArray *
list_of_sample(const char *text, const GPtrArray *file)
{
    gsize start = 0, end = 0;
    g_autoptr(GPtrArray) entries = NULL;
    if (!find_sample(text, file, &start, &end))
        return NULL;
    GString *plain = g_string_new(NULL);
    bool at_line_start = true;
    for (gsize i = start; i < end; i++) {
        if (!(at_line_start && text[i] == '#'))
            g_string_append_c(plain, text[i]);
        at_line_start = text[i] == '\n';
    }
    g_autofree char *sample = g_string_free(plain, FALSE);
    if (!hd_virconf_parse(sample, FILE_, &entries, NULL))
        return NULL;
    const HdVirconfEntry *entry = hd_virconf_find(entries, NAME);
    return entry != NULL && entry->items != NULL ? g_ptr_array_ref(entry->items) : NULL;
}

static bool
find_active(const GPtrArray *entries, const HdVirconfEntry **ret_entry, GError **ret_error)
{
    const HdVirconfEntry *entry = hd_virconf_find(entries, NAME);
    if (entry != NULL && entry->items == NULL)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, FILE_ ": " NAME " is no list");
    *ret_entry = entry;
    return true;
}

static HdAcl *
make_acl(const char *text, guint libvirt, const GPtrArray *entries, const HdVirconfEntry *active)
{
    HdAcl *acl = g_new0(HdAcl, 1);
    acl->is_active = active != NULL;
    acl->nodes = active != NULL ? g_ptr_array_ref(active->items) : list_of_sample(text, entries);
    if (acl->nodes == NULL)
        acl->nodes = list_of_version(libvirt);
    return acl;
}

bool
hd_acl_read(const char *text, guint libvirt, HdAcl **ret_acl, GError **ret_error)
{
    g_autoptr(GPtrArray) entries = NULL;
    const HdVirconfEntry *active = NULL;
    if (!hd_virconf_parse(text, FILE_, &entries, ret_error) ||
        !find_active(entries, &active, ret_error))
        return false;
    *ret_acl = make_acl(text, libvirt, entries, active);
    return true;
}

bool
hd_acl_has(const HdAcl *acl, const char *node)
{
    return g_ptr_array_find_with_equal_func(acl->nodes, node, g_str_equal, NULL);
}

static bool
check_node(const char *node, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(node, 80);
    bool is_fine = g_str_has_prefix(node, "/dev/") && strstr(node, "..") == NULL;
    for (const char *c = node; *c != '\0'; c++)
        is_fine &= g_ascii_isalnum(*c) || strchr("/_.:@+-", *c) != NULL;
    return is_fine ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "'%s' is no device node's path", shown);
}

/* What lacks, each once. */
static bool
find_missing(const HdAcl *acl, const GPtrArray *nodes, GPtrArray *missing, GError **ret_error)
{
    for (guint i = 0; i < nodes->len; i++) {
        const char *node = g_ptr_array_index(nodes, i);
        if (!check_node(node, ret_error))
            return false;
        if (!hd_acl_has(acl, node) &&
            !g_ptr_array_find_with_equal_func(missing, node, g_str_equal, NULL))
            g_ptr_array_add(missing, (gpointer)node);
    }
    return true;
}

/* The blanks that the line of @offset begins with. */
static char *
indent_at(const char *text, gsize offset)
{
    while (offset > 0 && text[offset - 1] != '\n')
        offset--;
    gsize length = strspn(text + offset, " \t");
    return length > 0 ? g_strndup(text + offset, length) : g_strdup(INDENT);
}

/* A list over lines: each new node gets a line below the last one, whose comment stays with it. */
static void
add_lines(GString *result, gsize at, const char *text, const HdVirconfEntry *entry,
          const GPtrArray *missing)
{
    g_autofree char *indent = indent_at(text, entry->tail);
    g_autoptr(GString) lines = g_string_new(NULL);
    at += strcspn(result->str + at, "\n") + 1;
    for (guint i = 0; i < missing->len; i++)
        g_string_append_printf(lines, "%s\"%s\",\n", indent, (char *)g_ptr_array_index(missing, i));
    (void)g_string_insert(result, (gssize)at, lines->str);
}

static void
add_inline(GString *result, gsize at, const GPtrArray *missing, bool needs_comma)
{
    g_autoptr(GString) items = g_string_new(NULL);
    for (guint i = 0; i < missing->len; i++)
        g_string_append_printf(items, "%s\"%s\"", i == 0 && !needs_comma ? " " : ", ",
                               (char *)g_ptr_array_index(missing, i));
    (void)g_string_insert(result, (gssize)at, items->str);
}

static char *
extend(const char *text, const HdVirconfEntry *entry, const GPtrArray *missing)
{
    GString *result = g_string_new(text);
    gsize at = entry->tail;
    bool is_empty = entry->items->len == 0;
    bool has_lines = memchr(text + at, '\n', entry->end - at) != NULL;
    if (has_lines && !is_empty && !entry->ends_in_comma)
        (void)g_string_insert(result, (gssize)at, ",");
    if (has_lines)
        add_lines(result, at, text, entry, missing);
    else
        add_inline(result, at, missing, !is_empty && !entry->ends_in_comma);
    return g_string_free(result, FALSE);
}

/* A text may be written in any quotes that are not in it; it came out of some. */
static const char *
quote_for(const char *item)
{
    if (strpbrk(item, "\"\n") == NULL)
        return "\"";
    return strpbrk(item, "'\n") == NULL ? "'" : "\"\"\"";
}

/* The first list of this file: libvirt's own, and what lacks. */
static char *
begin(const char *text, const GPtrArray *entries, const HdAcl *own, const GPtrArray *missing)
{
    gsize start = 0, at = strlen(text);
    (void)find_sample(text, entries, &start, &at);
    g_autoptr(GString) list = g_string_new(at > 0 && text[at - 1] != '\n' ? "\n" : "");
    g_string_append(list, NAME " = [\n");
    for (guint i = 0; i < own->nodes->len; i++) {
        const char *node = g_ptr_array_index(own->nodes, i);
        g_string_append_printf(list, INDENT "%s%s%s,\n", quote_for(node), node, quote_for(node));
    }
    for (guint i = 0; i < missing->len; i++)
        g_string_append_printf(list, INDENT "\"%s\",\n", (char *)g_ptr_array_index(missing, i));
    g_string_append(list, text[at] == '\n' ? "]" : "]\n");
    GString *result = g_string_new(text);
    (void)g_string_insert(result, (gssize)at, list->str);
    return g_string_free(result, FALSE);
}

bool
hd_acl_add(const char *text, guint libvirt, const GPtrArray *nodes, char **ret_text,
           GError **ret_error)
{
    g_autoptr(GPtrArray) entries = NULL;
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    const HdVirconfEntry *active = NULL;
    if (!hd_virconf_parse(text, FILE_, &entries, ret_error) ||
        !find_active(entries, &active, ret_error))
        return false;
    g_autoptr(HdAcl) acl = make_acl(text, libvirt, entries, active);
    if (!find_missing(acl, nodes, missing, ret_error))
        return false;
    if (missing->len == 0)
        *ret_text = NULL;
    else
        *ret_text =
            active != NULL ? extend(text, active, missing) : begin(text, entries, acl, missing);
    return true;
}
