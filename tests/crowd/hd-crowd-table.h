/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CROWD_TABLE_H
#define HD_CROWD_TABLE_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>

#define HD_CROWD_GROUPS  8
#define HD_CROWD_MEMBERS 2
#define HD_CROWD_DEVICES (HD_CROWD_GROUPS * HD_CROWD_MEMBERS)
#define HD_CROWD_VMS     64

/** Latencies are counted by the millisecond, up to this many. */
#define HD_CROWD_LONGEST_MS 20000

/**
 * HdCrowdTable:
 * What the referee knows: in memory that all processes share, and without any code of the
 * product. Who has been told that a device is its own enters itself by one atomic exchange with
 * "nobody"; that it finds somebody else there is a double grant.
 */
typedef struct {
    atomic_uint holders[HD_CROWD_DEVICES]; /* number of a VM from 1; 0: nobody */
    atomic_ullong grants, refusals, busy;
    atomic_ullong bereaved; /* failed, since a worker was killed */
    atomic_ullong failures; /* for any other reason */
    atomic_uint doubles;    /* a device was given to two */
    atomic_uint moved;      /* a device was not on its vfio driver while it was held */
    atomic_bool is_over;
    atomic_llong progress[HD_CROWD_VMS]; /* monotonic time of the last thing done, us */
    atomic_uint lost_ms[HD_CROWD_LONGEST_MS + 1], won_ms[HD_CROWD_LONGEST_MS + 1];
    char failure[512]; /* what the last failure said */
} HdCrowdTable;

/** Returns: (transfer none): a table that forked processes share; it stays. */
HdCrowdTable *hd_crowd_table_new(void);

/** VM @vm (from 1) has been given @devices, a bit each. Notes double grants. */
void hd_crowd_table_take(HdCrowdTable *table, guint vm, guint devices);

/** VM @vm is about to give @devices back. Notes what it doesn't have any more. */
void hd_crowd_table_give(HdCrowdTable *table, guint vm, guint devices);

/** VM @vm has died: it has nothing. */
void hd_crowd_table_forget(HdCrowdTable *table, guint vm);

/** Counts one latency. */
void hd_crowd_table_count(atomic_uint *histogram, gint64 us);

/** Returns: the latency in ms below which @share (0.0 to 1.0) of them are. */
guint hd_crowd_table_percentile(atomic_uint *histogram, double share);

#endif
