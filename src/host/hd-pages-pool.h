/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PAGES_POOL_H
#define HD_PAGES_POOL_H

#include "hd-pages.h"
#include "hd-port.h"

/*
 * The kernel's pools of huge pages (Documentation/admin-guide/mm/hugetlbpage.rst). @counter is
 * %HD_PAGES_ALL for all NUMA nodes, or 1 + node.
 */

/** Reads the counters. Returns: 0 or an errno value. */
int hd_pages_pool_read(HdPort *port, guint64 size_kb, guint counter, HdPagesPool *ret_pool);

/**
 * Says how many pages there are to be, surplus not counted. The kernel may make fewer and say
 * nothing. Of fewer than are in use it lets those go as they get free. Blocks while it looks for
 * memory: only in a job. Returns: 0 or an errno value.
 */
int hd_pages_pool_write(HdPort *port, guint64 size_kb, guint counter, guint64 pages);

/** Has the kernel move what lies in the way of large pieces of memory. Only in a job. */
void hd_pages_pool_compact(HdPort *port, guint counter);

/**
 * Returns: how much memory, KiB, could become huge pages without starving the host: what is
 * available, less a part that it keeps for itself. Where the kernel doesn't say: no bound.
 */
guint64 hd_pages_pool_spare_kb(HdPort *port);

/** Fills @facts with the sizes and nodes of this host. */
void hd_pages_pool_probe(HdPort *port, HdPagesFacts *facts);

#endif
