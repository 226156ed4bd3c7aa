/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Arithmetic of huge pages. The counters are shared by all VMs and by the owner of the
 * host, so what belongs to a VM is kept as what was added for it, never as a level.
 */
#include "hd-pages.h"

#include <string.h>

#include "hd-text.h"

/* No machine has more pages; beyond it a number in a file is nonsense. */
#define MAX_PAGES (G_GUINT64_CONSTANT(1) << 48)

/* Makes *kb a number of the largest unit that it is a whole number of. Returns that unit's letter.
 */
static char
take_unit(guint64 *kb)
{
    static const char units[] = {'K', 'M', 'G', 'T'};
    gsize unit = 0;
    while (*kb != 0 && *kb % 1024 == 0 && unit + 1 < sizeof units) {
        *kb /= 1024;
        unit++;
    }
    return units[unit];
}

char *
hd_pages_size_text(guint64 kb)
{
    const char unit = take_unit(&kb);
    return g_strdup_printf("%" G_GUINT64_FORMAT " %ciB", kb, unit);
}

char *
hd_pages_size_short(guint64 kb)
{
    const char unit = take_unit(&kb);
    return g_strdup_printf("%" G_GUINT64_FORMAT "%c", kb, unit);
}

bool
hd_pages_size_parse(const char *text, guint64 *ret_kb)
{
    static const char units[] = "KMGT";
    gsize length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    g_autofree char *digits = g_strndup(text, length > 0 ? length - 1 : 0);
    guint64 number;
    if (unit == NULL || !hd_text_unsigned(digits, 10, 1, 1 << 20, &number))
        return false;
    *ret_kb = number << 10 * (unit - units);
    return true;
}

char *
hd_pages_nodes_text(guint64 nodes)
{
    GString *text = g_string_new(NULL);
    guint count = 0;
    for (guint node = 0; node < 64; node++) {
        if ((nodes >> node & 1) != 0)
            g_string_append_printf(text, "%s%u", count++ > 0 ? "," : "", node);
    }
    if (count > 0)
        g_string_prepend(text, count > 1 ? " on NUMA nodes " : " on NUMA node ");
    return g_string_free(text, FALSE);
}

guint64
hd_pages_entry_added(const HdPagesEntry *entry)
{
    guint64 sum = 0;
    for (guint i = 0; i < HD_PAGES_COUNTERS; i++)
        sum += entry->added[i];
    return sum;
}

/* A crash may have left half a line before it. */
static char *
sealed_line(const char *body)
{
    g_autofree char *line = hd_text_seal(body);
    return g_strconcat("\n", line, NULL);
}

char *
hd_pages_line_need(guint64 need)
{
    g_autofree char *body = g_strdup_printf("need pages=%" G_GUINT64_FORMAT, need);
    return sealed_line(body);
}

char *
hd_pages_line_change(guint counter, guint64 from, guint64 to)
{
    g_autofree char *body = g_strdup_printf(
        "change counter=%u from=%" G_GUINT64_FORMAT " to=%" G_GUINT64_FORMAT, counter, from, to);
    return sealed_line(body);
}

char *
hd_pages_line_end(guint64 now)
{
    g_autofree char *body = g_strdup_printf("end now=%" G_GUINT64_FORMAT, now);
    return sealed_line(body);
}

static bool
read_pages(char *const *tokens, const char *key, guint64 *ret_pages)
{
    guint64 pages;
    if (!hd_text_number(tokens, key, &pages) || pages > MAX_PAGES)
        return false;
    *ret_pages = pages;
    return true;
}

static void
parse_change(char *const *tokens, HdPagesEntry *entry)
{
    guint64 counter;
    if (!hd_text_number(tokens, "counter", &counter) || counter >= HD_PAGES_COUNTERS ||
        !read_pages(tokens, "from", &entry->open_from) ||
        !read_pages(tokens, "to", &entry->open_to))
        return;
    entry->open_counter = (guint)counter;
    entry->is_open = true;
}

/* The counter may have gone further in between, by the owner's hand: that is not the VM's. */
static void
parse_end(char *const *tokens, HdPagesEntry *entry)
{
    guint64 now;
    if (!entry->is_open || !read_pages(tokens, "now", &now))
        return;
    guint64 *added = &entry->added[entry->open_counter];
    now = CLAMP(now, MIN(entry->open_from, entry->open_to), MAX(entry->open_from, entry->open_to));
    *added = *added + now > entry->open_from ? *added + now - entry->open_from : 0;
    entry->is_open = false;
}

void
hd_pages_entry_parse(const char *text, HdPagesEntry *ret_entry)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    *ret_entry = (HdPagesEntry){0};
    for (char **line = lines; *line != NULL; line++) {
        const char *body = hd_text_unseal(*line);
        if (body == NULL)
            continue;
        g_auto(GStrv) tokens = g_strsplit(body, " ", -1);
        if (g_str_equal(tokens[0], "need"))
            (void)read_pages(tokens, "pages", &ret_entry->need);
        else if (g_str_equal(tokens[0], "change"))
            parse_change(tokens, ret_entry);
        else if (g_str_equal(tokens[0], "end"))
            parse_end(tokens, ret_entry);
    }
}

/* What VMs with these nodes (0: all VMs) were promised and have not taken yet. */
static guint64
promised(const GArray *uses, guint64 nodes)
{
    guint64 sum = 0;
    for (guint i = 0; i < uses->len; i++) {
        const HdPagesUse *use = &g_array_index(uses, HdPagesUse, i);
        if (use->need > use->taken && (nodes == 0 || (use->nodes & nodes) != 0))
            sum += use->need - use->taken;
    }
    return sum;
}

static guint64
less(guint64 a, guint64 b)
{
    return a > b ? a - b : 0;
}

guint64
hd_pages_missing(guint64 need, guint64 nodes, const HdPagesPool *all, const guint64 *node_free,
                 const GArray *uses)
{
    /* What a VM maps is reserved by the kernel until it is touched: that is the same promise. */
    guint64 there = less(all->free, MAX(all->resv, promised(uses, 0)));
    guint64 near = 0;
    for (guint node = 0; node < 64; node++) {
        if ((nodes >> node & 1) != 0)
            near += node_free[node];
    }
    if (nodes != 0)
        there = MIN(there, less(near, promised(uses, nodes)));
    return less(need, there);
}
