/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The referee of the crowd: it must not trust what it judges, so it is a few words of
 * shared memory.
 */
#include "hd-crowd-table.h"

#include <sys/mman.h>

HdCrowdTable *
hd_crowd_table_new(void)
{
    void *memory =
        mmap(NULL, sizeof(HdCrowdTable), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    g_assert_true(memory != MAP_FAILED);
    return memory;
}

void
hd_crowd_table_take(HdCrowdTable *table, guint vm, guint devices)
{
    for (guint i = 0; i < HD_CROWD_DEVICES; i++) {
        guint nobody = 0;
        if ((devices >> i & 1) != 0 &&
            !atomic_compare_exchange_strong(&table->holders[i], &nobody, vm))
            atomic_fetch_add(&table->doubles, 1);
    }
}

void
hd_crowd_table_give(HdCrowdTable *table, guint vm, guint devices)
{
    for (guint i = 0; i < HD_CROWD_DEVICES; i++) {
        guint holder = vm;
        if ((devices >> i & 1) != 0 &&
            !atomic_compare_exchange_strong(&table->holders[i], &holder, 0))
            atomic_fetch_add(&table->doubles, 1);
    }
}

void
hd_crowd_table_forget(HdCrowdTable *table, guint vm)
{
    for (guint i = 0; i < HD_CROWD_DEVICES; i++) {
        guint holder = vm;
        (void)atomic_compare_exchange_strong(&table->holders[i], &holder, 0);
    }
}

void
hd_crowd_table_count(atomic_uint *histogram, gint64 us)
{
    atomic_fetch_add(&histogram[MIN(us / 1000, HD_CROWD_LONGEST_MS)], 1);
}

guint
hd_crowd_table_percentile(atomic_uint *histogram, double share)
{
    guint64 all = 0, sum = 0;
    for (guint i = 0; i <= HD_CROWD_LONGEST_MS; i++)
        all += atomic_load(&histogram[i]);
    for (guint i = 0; i <= HD_CROWD_LONGEST_MS; i++) {
        sum += atomic_load(&histogram[i]);
        if ((double)sum >= share * (double)all)
            return i;
    }
    return HD_CROWD_LONGEST_MS;
}
