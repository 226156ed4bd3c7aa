/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The counters of huge pages in sysfs. nr_hugepages reads with surplus pages and is
 * written without them; here both are the same number.
 */
#include "hd-pages-pool.h"

#include <errno.h>
#include <string.h>

#include "hd-text.h"

#define SIZES "sys/kernel/mm/hugepages"
#define NODES "sys/devices/system/node"

/* Memory that stays with the host: a twentieth of all, and not less than 256 MiB. */
#define KEPT_PART 20
#define KEPT_KB   (G_GUINT64_CONSTANT(256) << 10)

static char *
folder_of(guint64 size_kb, guint counter)
{
    if (counter == HD_PAGES_ALL)
        return g_strdup_printf(SIZES "/hugepages-%" G_GUINT64_FORMAT "kB", size_kb);
    return g_strdup_printf(NODES "/node%u/hugepages/hugepages-%" G_GUINT64_FORMAT "kB", counter - 1,
                           size_kb);
}

static int
read_count(HdPort *port, const char *folder, const char *name, guint64 *ret_count)
{
    g_autofree char *text = NULL;
    int error = hd_port_read(port, &text, "%s/%s", folder, name);
    if (error != 0)
        return error;
    return hd_text_unsigned(text, 10, 0, G_MAXUINT64, ret_count) ? 0 : EPROTO;
}

int
hd_pages_pool_read(HdPort *port, guint64 size_kb, guint counter, HdPagesPool *ret_pool)
{
    g_autofree char *folder = folder_of(size_kb, counter);
    HdPagesPool pool = {0};
    int error = read_count(port, folder, "nr_hugepages", &pool.nr);
    if (error == 0)
        error = read_count(port, folder, "free_hugepages", &pool.free);
    if (error == 0)
        error = read_count(port, folder, "surplus_hugepages", &pool.surplus);
    if (error == 0 && counter == HD_PAGES_ALL)
        error = read_count(port, folder, "resv_hugepages", &pool.resv);
    if (error == 0)
        *ret_pool = pool;
    return error;
}

int
hd_pages_pool_write(HdPort *port, guint64 size_kb, guint counter, guint64 pages)
{
    g_autofree char *folder = folder_of(size_kb, counter);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, pages);
    return hd_port_write(port, text, "%s/nr_hugepages", folder);
}

/* A kernel without compaction has no such file, and then there is nothing to be done. */
void
hd_pages_pool_compact(HdPort *port, guint counter)
{
    if (counter == HD_PAGES_ALL)
        (void)hd_port_write(port, "1", "proc/sys/vm/compact_memory");
    else
        (void)hd_port_write(port, "1", NODES "/node%u/compact", counter - 1);
}

/* "hugepages-2048kB" */
static bool
parse_size(const char *name, guint64 *ret_kb)
{
    if (!g_str_has_prefix(name, "hugepages-") || !g_str_has_suffix(name, "kB"))
        return false;
    const char *start = name + strlen("hugepages-");
    g_autofree char *digits = g_strndup(start, strlen(start) - strlen("kB"));
    return hd_text_unsigned(digits, 10, 1, G_MAXINT64, ret_kb);
}

/* A line of /proc/meminfo such as "Hugepagesize:       2048 kB". */
static guint64
read_meminfo(HdPort *port, const char *key, guint64 fallback)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "proc/meminfo") != 0)
        return fallback;
    const char *line = strstr(text, key);
    return line != NULL ? g_ascii_strtoull(line + strlen(key), NULL, 10) : fallback;
}

/* Making pages of the last free memory has the kernel kill programs, libvirt's daemon among them.
 */
guint64
hd_pages_pool_spare_kb(HdPort *port)
{
    guint64 total = read_meminfo(port, "MemTotal:", 0);
    guint64 available = read_meminfo(port, "MemAvailable:", G_MAXUINT64);
    guint64 kept = MAX(total / KEPT_PART, KEPT_KB);
    if (available == G_MAXUINT64)
        return available;
    return available > kept ? available - kept : 0;
}

void
hd_pages_pool_probe(HdPort *port, HdPagesFacts *facts)
{
    g_autoptr(GPtrArray) sizes = NULL;
    g_autoptr(GPtrArray) nodes = NULL;
    facts->default_kb = read_meminfo(port, "Hugepagesize:", 0);
    facts->sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
    if (hd_port_list(port, &sizes, SIZES) == 0) {
        for (guint i = 0; i < sizes->len; i++) {
            guint64 kb;
            if (parse_size(g_ptr_array_index(sizes, i), &kb))
                g_array_append_val(facts->sizes, kb);
        }
    }
    if (hd_port_list(port, &nodes, NODES) != 0)
        return;
    for (guint i = 0; i < nodes->len; i++) {
        const char *name = g_ptr_array_index(nodes, i);
        guint64 node;
        if (g_str_has_prefix(name, "node") &&
            hd_text_unsigned(name + strlen("node"), 10, 0, 63, &node))
            facts->present_nodes |= G_GUINT64_CONSTANT(1) << node;
    }
}
