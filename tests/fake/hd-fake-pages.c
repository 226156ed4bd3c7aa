/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Huge pages as mm/hugetlb.c has them (set_max_huge_pages()): a write makes as many as
 * memory has large pieces for and says yes all the same; fewer than are in use turn the
 * rest into surplus, which ends as it gets free; a node's number is only that node's.
 */
#include "hd-fake-private.h"

#include <errno.h>
#include <string.h>

#define MAX_NODES 4

typedef struct {
    guint64 nr, free, surplus;
} Node;

typedef struct {
    guint64 size_kb, resv;
    Node nodes[MAX_NODES];
    guint next; /* node that is served next */
} Pool;

struct HdFakePages {
    GArray *pools; /* of Pool */
    guint node_count;
    guint64 memory_kb[MAX_NODES], scattered_kb[MAX_NODES];
};

HdFakePages *
hd_fake_pages_new(void)
{
    HdFakePages *pages = g_new0(HdFakePages, 1);
    pages->pools = g_array_new(FALSE, TRUE, sizeof(Pool));
    return pages;
}

void
hd_fake_pages_free(HdFakePages *pages)
{
    g_array_unref(pages->pools);
    g_free(pages);
}

static Pool *
find_pool(HdFake *fake, guint64 size_kb)
{
    for (guint i = 0; i < fake->pages->pools->len; i++) {
        Pool *pool = &g_array_index(fake->pages->pools, Pool, i);
        if (pool->size_kb == size_kb)
            return pool;
    }
    return NULL;
}

static Node
sum_of(HdFake *fake, const Pool *pool, int node)
{
    Node sum = {0, 0, 0};
    for (guint i = 0; i < fake->pages->node_count; i++) {
        if (node >= 0 && (guint)node != i)
            continue;
        sum.nr += pool->nodes[i].nr;
        sum.free += pool->nodes[i].free;
        sum.surplus += pool->nodes[i].surplus;
    }
    return sum;
}

static char *
folder_of(guint64 size_kb, int node)
{
    return node < 0 ? g_strdup_printf("sys/kernel/mm/hugepages/hugepages-%" G_GUINT64_FORMAT "kB",
                                      size_kb)
                    : g_strdup_printf("sys/devices/system/node/node%d/hugepages/"
                                      "hugepages-%" G_GUINT64_FORMAT "kB",
                                      node, size_kb);
}

static void
show_number(HdFake *fake, const char *folder, const char *name, guint64 number)
{
    g_autofree char *path = g_strconcat(folder, "/", name, NULL);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT "\n", number);
    hd_fake_tree_set_file(fake->tree, path, text);
}

static void
show(HdFake *fake, const Pool *pool)
{
    for (int node = -1; node < (int)fake->pages->node_count; node++) {
        g_autofree char *folder = folder_of(pool->size_kb, node);
        const Node sum = sum_of(fake, pool, node);
        show_number(fake, folder, "nr_hugepages", sum.nr);
        show_number(fake, folder, "free_hugepages", sum.free);
        show_number(fake, folder, "surplus_hugepages", sum.surplus);
        if (node < 0)
            show_number(fake, folder, "resv_hugepages", pool->resv);
    }
}

void
hd_fake_add_pages(HdFake *fake, guint64 size_kb, guint node_count)
{
    Pool pool = {.size_kb = size_kb};
    fake->pages->node_count = node_count;
    g_array_append_val(fake->pages->pools, pool);
    show(fake, find_pool(fake, size_kb));
    for (guint i = 0; i < node_count; i++) {
        g_autofree char *compact = g_strdup_printf("sys/devices/system/node/node%u/compact", i);
        hd_fake_tree_set_file(fake->tree, compact, "");
    }
    hd_fake_tree_set_file(fake->tree, "proc/sys/vm/compact_memory", "");
}

void
hd_fake_set_memory(HdFake *fake, guint node, guint64 free_kb, guint64 scattered_kb)
{
    fake->pages->memory_kb[node] = free_kb;
    fake->pages->scattered_kb[node] = scattered_kb;
}

void
hd_fake_use_pages(HdFake *fake, guint64 size_kb, guint node, int count)
{
    Pool *pool = find_pool(fake, size_kb);
    Node *at = &pool->nodes[node];
    for (; count > 0; count--)
        at->free--;
    for (; count < 0; count++) {
        if (at->surplus > 0) {
            at->surplus--;
            at->nr--;
            fake->pages->memory_kb[node] += size_kb;
        } else {
            at->free++;
        }
    }
    show(fake, pool);
}

void
hd_fake_reserve_pages(HdFake *fake, guint64 size_kb, guint64 count)
{
    Pool *pool = find_pool(fake, size_kb);
    pool->resv = count;
    show(fake, pool);
}

guint64
hd_fake_pages_nr(HdFake *fake, guint64 size_kb, int node)
{
    return sum_of(fake, find_pool(fake, size_kb), node).nr;
}

guint64
hd_fake_pages_idle(HdFake *fake, guint64 size_kb, int node)
{
    return sum_of(fake, find_pool(fake, size_kb), node).free;
}

typedef bool (*Step)(HdFake *fake, Pool *pool, guint node);

static bool
take_from_surplus(HdFake *fake, Pool *pool, guint node)
{
    (void)fake;
    if (pool->nodes[node].surplus == 0)
        return false;
    pool->nodes[node].surplus--;
    return true;
}

static bool
make_page(HdFake *fake, Pool *pool, guint node)
{
    if (fake->pages->memory_kb[node] < pool->size_kb)
        return false;
    fake->pages->memory_kb[node] -= pool->size_kb;
    pool->nodes[node].nr++;
    pool->nodes[node].free++;
    return true;
}

static bool
free_page(HdFake *fake, Pool *pool, guint node)
{
    if (pool->nodes[node].free == 0)
        return false;
    pool->nodes[node].nr--;
    pool->nodes[node].free--;
    fake->pages->memory_kb[node] += pool->size_kb;
    return true;
}

static bool
make_surplus(HdFake *fake, Pool *pool, guint node)
{
    (void)fake;
    if (pool->nodes[node].surplus >= pool->nodes[node].nr)
        return false;
    pool->nodes[node].surplus++;
    return true;
}

/* One step on the next node that can take it, or on @only. */
static bool
step_somewhere(HdFake *fake, Pool *pool, int only, Step step)
{
    for (guint i = 0; i < fake->pages->node_count; i++) {
        guint node = only >= 0 ? (guint)only : pool->next++ % fake->pages->node_count;
        if (step(fake, pool, node))
            return true;
    }
    return false;
}

static guint64
persistent(HdFake *fake, const Pool *pool, int node)
{
    const Node sum = sum_of(fake, pool, node);
    return sum.nr - sum.surplus;
}

static void
set_count(HdFake *fake, Pool *pool, int node, guint64 count)
{
    const Node all = sum_of(fake, pool, -1);
    if (node >= 0)
        count += persistent(fake, pool, -1) - persistent(fake, pool, node);
    while (persistent(fake, pool, -1) < count &&
           (step_somewhere(fake, pool, node, take_from_surplus) ||
            step_somewhere(fake, pool, node, make_page)))
        ;
    guint64 least = MAX(count, pool->resv + all.nr - all.free);
    while (least < persistent(fake, pool, -1) && step_somewhere(fake, pool, node, free_page))
        ;
    while (count < persistent(fake, pool, -1) && step_somewhere(fake, pool, node, make_surplus))
        ;
    show(fake, pool);
}

static void
compact(HdFake *fake, int node)
{
    for (guint i = 0; i < fake->pages->node_count; i++) {
        if (node >= 0 && (guint)node != i)
            continue;
        fake->pages->memory_kb[i] += fake->pages->scattered_kb[i];
        fake->pages->scattered_kb[i] = 0;
    }
}

/* kstrtoul(, 10): a plus and a newline are fine, zeros in front mean nothing. Returns: 0 or errno.
 */
static int
parse_count(const char *text, guint64 *ret_count)
{
    g_autofree char *digits = g_strdup(text + (*text == '+'));
    gsize length = strlen(digits);
    if (length > 0 && digits[length - 1] == '\n')
        digits[--length] = '\0';
    if (length == 0 || strspn(digits, "0123456789") != length)
        return EINVAL;
    return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, ret_count, NULL) ? 0 : ERANGE;
}

/* Whether @path is another file of the pool, all of which are read-only. */
static bool
is_read_only(const char *path, const char *folder)
{
    return g_str_has_prefix(path, folder) && path[strlen(folder)] == '/';
}

bool
hd_fake_pages_store(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    for (int node = -1; node < (int)fake->pages->node_count; node++) {
        g_autofree char *compact_path =
            node < 0 ? g_strdup("proc/sys/vm/compact_memory")
                     : g_strdup_printf("sys/devices/system/node/node%d/compact", node);
        if (g_str_equal(path, compact_path)) {
            compact(fake, node);
            *ret_error = 0;
            return true;
        }
        for (guint i = 0; i < fake->pages->pools->len; i++) {
            Pool *pool = &g_array_index(fake->pages->pools, Pool, i);
            g_autofree char *folder = folder_of(pool->size_kb, node);
            g_autofree char *file = g_strconcat(folder, "/nr_hugepages", NULL);
            guint64 count = 0;
            if (is_read_only(path, folder) && !g_str_equal(path, file)) {
                *ret_error = EACCES;
                return true;
            }
            if (!g_str_equal(path, file))
                continue;
            *ret_error = parse_count(text, &count);
            if (*ret_error == 0)
                set_count(fake, pool, node, count);
            return true;
        }
    }
    return false;
}

void
hd_fake_pages_dump(HdFake *fake, GString *text)
{
    for (guint i = 0; i < fake->pages->pools->len; i++) {
        const Pool *pool = &g_array_index(fake->pages->pools, Pool, i);
        for (guint node = 0; node < fake->pages->node_count; node++)
            g_string_append_printf(
                text, "hugepages %" G_GUINT64_FORMAT " kB node %u: %" G_GUINT64_FORMAT "\n",
                pool->size_kb, node, pool->nodes[node].nr);
    }
}
