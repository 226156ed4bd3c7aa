/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Huge pages for one VM, and back. What lacks is found under the lock of the size, so
 * that two VMs that start at once don't both count on the same free pages.
 */
#include "hd-pages-reach.h"

#include <string.h>

#include "hd-pages-ledger.h"
#include "hd-pages-pool.h"
#include "hd-qemu-process.h"

/* Memory is found better after it has been compacted, and when a QEMU that ends has let go. */
#define TRIES    3
#define PAUSE_MS 200

/* One write of the kernel's: so much at once, and then a look whether anyone still waits. */
#define CHUNK_KB (G_GUINT64_CONSTANT(4) << 20)

typedef struct {
    HdPort *port;
    const HdGoal *goal;
    GPtrArray *rows; /* of HdPagesRow*: all VMs with pages of this size */
    HdPagesRow *own; /* (nullable) */
} Work;

static void
clear_work(Work *work)
{
    if (work->rows != NULL)
        g_ptr_array_unref(work->rows);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, clear_work)

static bool
load(Work *work, GError **ret_error)
{
    if (!hd_pages_ledger_load(work->port, work->goal->page_kb, &work->rows, ret_error))
        return false;
    work->own = hd_pages_ledger_find(work->rows, work->goal);
    return true;
}

/* What @row's VM has taken: nothing while it is starting, and nothing of our own, which is to
 * start. */
static guint64
taken_by(const Work *work, const HdPagesRow *row)
{
    g_autofree char *pid = NULL;
    if (!hd_uuid_equal(&row->owner, &work->goal->owner))
        (void)hd_qemu_process_find(work->port, row->owner.text, &pid);
    return pid != NULL ? hd_qemu_process_pages(work->port, pid, work->goal->page_kb) : 0;
}

/* The row of the same VM that comes first. */
static const HdPagesRow *
first_of(const Work *work, const HdPagesRow *row)
{
    for (guint i = 0; i < work->rows->len; i++) {
        const HdPagesRow *other = g_ptr_array_index(work->rows, i);
        if (hd_uuid_equal(&row->owner, &other->owner))
            return other;
    }
    return row;
}

/* All that a running VM was promised counts as one: its pages don't tell for which part they are.
 */
static HdPagesUse
sum_up(const Work *work, const HdPagesRow *row, guint64 taken)
{
    HdPagesUse use = {row->nodes, 0, taken};
    for (guint i = 0; i < work->rows->len; i++) {
        const HdPagesRow *other = g_ptr_array_index(work->rows, i);
        if (!hd_uuid_equal(&row->owner, &other->owner))
            continue;
        use.need += other->entry.need;
        use.nodes = use.nodes == 0 || other->nodes == 0 ? 0 : use.nodes | other->nodes;
    }
    return use;
}

static GArray *
find_uses(const Work *work)
{
    GArray *uses = g_array_new(FALSE, FALSE, sizeof(HdPagesUse));
    for (guint i = 0; i < work->rows->len; i++) {
        const HdPagesRow *row = g_ptr_array_index(work->rows, i);
        guint64 taken = row != work->own ? taken_by(work, row) : 0;
        if (row == work->own || (taken > 0 && first_of(work, row) != row))
            continue;
        HdPagesUse use = {row->nodes, row->entry.need, 0};
        if (taken > 0)
            use = sum_up(work, row, taken);
        g_array_append_val(uses, use);
    }
    return uses;
}

static bool
read_pool(const Work *work, guint counter, HdPagesPool *ret_pool, GError **ret_error)
{
    int error = hd_pages_pool_read(work->port, work->goal->page_kb, counter, ret_pool);
    if (error == 0)
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                              "read the huge pages of %" G_GUINT64_FORMAT " KiB",
                              work->goal->page_kb);
}

static bool
is_on(const HdGoal *goal, guint node)
{
    return (goal->page_nodes >> node & 1) != 0;
}

static bool
count_missing(const Work *work, guint64 *ret_missing, GError **ret_error)
{
    const HdGoal *goal = work->goal;
    HdPagesPool all;
    guint64 node_free[64] = {0};
    if (!read_pool(work, HD_PAGES_ALL, &all, ret_error))
        return false;
    for (guint node = 0; node < 64; node++) {
        HdPagesPool pool;
        if (!is_on(goal, node))
            continue;
        if (!read_pool(work, 1 + node, &pool, ret_error))
            return false;
        node_free[node] = pool.free;
    }
    g_autoptr(GArray) uses = find_uses(work);
    *ret_missing = hd_pages_missing(goal->page_count, goal->page_nodes, &all, node_free, uses);
    return true;
}

static guint64
persistent(const HdPagesPool *pool)
{
    return pool->nr > pool->surplus ? pool->nr - pool->surplus : 0;
}

/* Makes up to *missing pages on one counter and takes those that came off it. The kernel begins
   with surplus pages, which are in use by somebody, so they are asked for besides. */
static bool
add_on(const Work *work, guint counter, guint64 *missing, GError **ret_error)
{
    const guint64 chunk = MAX(1, CHUNK_KB / work->goal->page_kb);
    while (*missing > 0) {
        HdPagesPool pool;
        guint64 step = MIN(*missing, chunk), now = 0;
        if (hd_port_is_abandoned(work->port))
            return hd_error_set(ret_error, HD_ERROR_STUCK, "given up meanwhile");
        if (!read_pool(work, counter, &pool, ret_error) ||
            !hd_pages_ledger_change(work->port, work->own, work->goal->page_kb, counter,
                                    persistent(&pool), pool.nr + step, &now, ret_error))
            return false;
        guint64 got = now > pool.nr ? now - pool.nr : 0;
        *missing -= MIN(got, *missing);
        if (got < step)
            break;
    }
    return true;
}

static bool
add_missing(const Work *work, guint64 missing, GError **ret_error)
{
    if (work->goal->page_nodes == 0)
        return add_on(work, HD_PAGES_ALL, &missing, ret_error);
    for (guint node = 0; node < 64 && missing > 0; node++) {
        if (is_on(work->goal, node) && !add_on(work, 1 + node, &missing, ret_error))
            return false;
    }
    return true;
}

static void
compact(const Work *work)
{
    if (work->goal->page_nodes == 0)
        hd_pages_pool_compact(work->port, HD_PAGES_ALL);
    for (guint node = 0; node < 64; node++) {
        if (is_on(work->goal, node))
            hd_pages_pool_compact(work->port, 1 + node);
    }
    hd_port_pause(work->port, PAUSE_MS);
}

static bool
check_memory(const Work *work, guint64 missing, GError **ret_error)
{
    const HdGoal *goal = work->goal;
    guint64 spare = hd_pages_pool_spare_kb(work->port);
    if (missing <= spare / goal->page_kb)
        return true;
    g_autofree char *size = hd_pages_size_text(goal->page_kb);
    g_autofree char *nodes = hd_pages_nodes_text(goal->page_nodes);
    return hd_error_set(
        ret_error, HD_ERROR_REFUSED,
        "hugepages: %" G_GUINT64_FORMAT " of the %" G_GUINT64_FORMAT
        " huge pages of %s that this VM needs are missing%s, and this host has only "
        "%" G_GUINT64_FORMAT " MiB to spare for them; stop what uses its memory, or "
        "give the VM less (rule: hugepages)",
        missing, goal->page_count, size, nodes, spare / 1024);
}

static bool
check_limit(const Work *work, guint64 missing, GError **ret_error)
{
    const HdGoal *goal = work->goal;
    guint64 total = hd_pages_ledger_total_kb(work->port);
    if (goal->page_max_kb == 0 || total + missing * goal->page_kb <= goal->page_max_kb)
        return true;
    g_autofree char *size = hd_pages_size_text(goal->page_kb);
    g_autofree char *max = hd_pages_size_text(goal->page_max_kb);
    g_autofree char *used = hd_pages_size_text(total);
    return hd_error_set(
        ret_error, HD_ERROR_REFUSED,
        "hugepages: %" G_GUINT64_FORMAT " of %s lack for this VM, which is more "
        "than [hugepages] max = %s leaves (%s are allocated for VMs already); raise "
        "it, or allocate them at boot (rule: hugepages)",
        missing, size, max, used);
}

/* A counter that somebody has lowered below what is ours has nothing more of ours. */
static bool
give_back_on(const Work *work, guint counter, GError **ret_error)
{
    HdPagesPool pool;
    guint64 added = work->own->entry.added[counter], now = 0;
    if (!read_pool(work, counter, &pool, ret_error))
        return false;
    guint64 from = persistent(&pool), to = from > added ? from - added : 0;
    if (from == to)
        return true;
    if (!hd_pages_ledger_change(work->port, work->own, work->goal->page_kb, counter, from, to, &now,
                                ret_error))
        return false;
    if (now <= to)
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%" G_GUINT64_FORMAT " huge pages of %" G_GUINT64_FORMAT
                        " KiB could not be given back",
                        now - to, work->goal->page_kb);
}

static bool
give_back(const Work *work, GError **ret_error)
{
    for (guint counter = 0; counter < HD_PAGES_COUNTERS; counter++) {
        if (work->own->entry.added[counter] > 0 && !give_back_on(work, counter, ret_error))
            return false;
    }
    return hd_pages_ledger_remove(work->port, work->own, ret_error);
}

static bool
refuse(const Work *work, guint64 missing, GError **ret_error)
{
    const HdGoal *goal = work->goal;
    g_autofree char *size = hd_pages_size_text(goal->page_kb);
    g_autofree char *option = hd_pages_size_short(goal->page_kb);
    g_autofree char *nodes = hd_pages_nodes_text(goal->page_nodes);
    return hd_error_set(
        ret_error, HD_ERROR_REFUSED,
        "hugepages: %" G_GUINT64_FORMAT " of the %" G_GUINT64_FORMAT
        " huge pages of %s that this VM needs are missing%s, and memory has no free "
        "pieces of that size; free some, or allocate them at boot ('hostdevctl "
        "setup --hugepages %s=%" G_GUINT64_FORMAT "') (rule: hugepages)",
        missing, goal->page_count, size, nodes, option, goal->page_count);
}

static bool
allocate(const Work *work, guint64 *ret_missing, GError **ret_error)
{
    guint64 missing = 0;
    for (guint try = 0; try < TRIES; try++) {
        if (try > 0)
            compact(work);
        if (!count_missing(work, &missing, ret_error))
            return false;
        if (missing == 0)
            break;
        if (!check_limit(work, missing, ret_error) || !check_memory(work, missing, ret_error) ||
            !add_missing(work, missing, ret_error) || !count_missing(work, &missing, ret_error))
            return false;
        if (missing == 0)
            break;
    }
    *ret_missing = missing;
    return true;
}

/* What is not back yet stays in the row, and the next one to undo goes on with it. */
static bool
undo(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    g_auto(Work) work = {port, goal, NULL, NULL};
    if (!load(&work, ret_error))
        return false;
    return work.own == NULL || give_back(&work, ret_error);
}

static bool
try_to_reach(Work *work, GError **ret_error)
{
    guint64 missing = 0;
    if (work->own == NULL) {
        if (!hd_pages_ledger_add(work->port, work->rows, work->goal, ret_error))
            return false;
        work->own = hd_pages_ledger_find(work->rows, work->goal);
    }
    return allocate(work, &missing, ret_error) &&
           (missing == 0 || refuse(work, missing, ret_error));
}

bool
hd_pages_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    g_auto(Work) work = {port, goal, NULL, NULL};
    if (!forward)
        return undo(port, goal, ret_error);
    if (!load(&work, ret_error))
        return false;
    if (try_to_reach(&work, ret_error))
        return true;
    (void)undo(port, goal, NULL);
    return false;
}
