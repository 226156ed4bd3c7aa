/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PAGES_LEDGER_H
#define HD_PAGES_LEDGER_H

#include "hd-goal.h"
#include "hd-pages.h"
#include "hd-port.h"

/*
 * Who has been given which huge pages: run/hostdevctl/pages/SIZE/UUID-NODES, one file for each
 * goal, appended only. Whoever reads or writes it holds the lock of the size
 * (run/hostdevctl/device/hugepages-SIZEkB), so that a change that is still open is one whose worker
 * has died, and the counter tells how far that came.
 */

/** HdPagesRow: the pages of one goal. */
typedef struct {
    HdUuid owner;
    guint64 nodes;
    char *path;
    HdPagesEntry entry;
} HdPagesRow;

/**
 * hd_pages_ledger_load:
 * @ret_rows: (transfer full) (element-type HdPagesRow): all of that size. Changes that were left
 * open have been closed.
 *
 * Returns: false on %HD_ERROR_STATE or %HD_ERROR_KERNEL.
 */
bool hd_pages_ledger_load(HdPort *port, guint64 size_kb, GPtrArray **ret_rows, GError **ret_error);

/** Returns: (transfer none) (nullable): the row of @goal. */
HdPagesRow *hd_pages_ledger_find(const GPtrArray *rows, const HdGoal *goal);

/** Adds a row for @goal, which says how many pages it is about. (errors as above) */
bool hd_pages_ledger_add(HdPort *port, GPtrArray *rows, const HdGoal *goal, GError **ret_error);

/**
 * hd_pages_ledger_change:
 * Says in the row's file what is going to happen, has @counter (see hd-pages-pool.h) set from @from
 * to @to, and says what has come of it.
 *
 * @ret_now: pages there are now: fewer than @to where memory lacks
 */
bool hd_pages_ledger_change(HdPort *port, HdPagesRow *row, guint64 size_kb, guint counter,
                            guint64 from, guint64 to, guint64 *ret_now, GError **ret_error);

/** Removes the file of a row to which nothing belongs any more. (errors as above) */
bool hd_pages_ledger_remove(HdPort *port, const HdPagesRow *row, GError **ret_error);

/** Returns: how much memory all VMs together have been given in pages, KiB. Needs no lock. */
guint64 hd_pages_ledger_total_kb(HdPort *port);

/**
 * Returns: how many pages have been allocated for @goal. Needs no lock; a change that is going on
 * may be missed.
 */
guint64 hd_pages_ledger_added(HdPort *port, const HdGoal *goal);

#endif
