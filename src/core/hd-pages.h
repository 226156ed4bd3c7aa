/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PAGES_H
#define HD_PAGES_H

#include <glib.h>
#include <stdbool.h>

/** HdPagesNeed: memory that a VM wants in huge pages, as its XML says it. */
typedef struct {
    guint64 size_kb; /* of one page; 0: the host's default size */
    guint64 nodes;   /* host NUMA nodes it has to be on, a bit each; 0: any */
    guint64 kb;      /* how much memory */
} HdPagesNeed;

/** HdPagesPool: the kernel's counters of one size, on one node or on all. */
typedef struct {
    guint64 nr;      /* pages there are, surplus included */
    guint64 free;    /* of these nobody has */
    guint64 resv;    /* of the free ones promised to mappings; only counted for all nodes */
    guint64 surplus; /* of nr on their way out: they end when they get free */
} HdPagesPool;

/** HdPagesFacts: huge pages of the host, as a plan sees them. */
typedef struct {
    bool is_asked;         /* the policy says that missing pages are allocated */
    guint64 limit_kb;      /* at most so much memory for pages of VMs; 0: no bound */
    guint64 default_kb;    /* default size; 0: this kernel has no huge pages */
    GArray *sizes;         /* (nullable): of guint64: sizes that it has, KiB */
    guint64 present_nodes; /* NUMA nodes, a bit each */
} HdPagesFacts;

/** Returns: (transfer full): a size for a person: "2 MiB", "1 GiB", "64 KiB". */
char *hd_pages_size_text(guint64 kb);

/** Returns: (transfer full): a size as people type it: "2M", "1G", "64K". */
char *hd_pages_size_short(guint64 kb);

/**
 * hd_pages_size_parse:
 * @text: "2M", "1G", "64K", "1T": a number up to 2^20 and a power of 1024
 *
 * Returns: whether it is one; @ret_kb is untouched when not.
 */
bool hd_pages_size_parse(const char *text, guint64 *ret_kb);

/** Returns: (transfer full): what @nodes are: "", " on NUMA node 0", " on NUMA nodes 0,2". */
char *hd_pages_nodes_text(guint64 nodes);

/** Counters that may be changed: one of all nodes, and one of each node. */
#define HD_PAGES_ALL      0
#define HD_PAGES_COUNTERS 65

/**
 * HdPagesEntry:
 * What one VM has been given of one size: read from its file of changes. A change is
 * written before it is made; one that is open has been begun, and how far it came is to be
 * told from the counter.
 */
typedef struct {
    guint64 need;                     /* pages that its VM uses */
    guint64 added[HD_PAGES_COUNTERS]; /* pages added to a counter (HD_PAGES_ALL, 1 + node) */
    bool is_open;
    guint open_counter;
    guint64 open_from, open_to;
} HdPagesEntry;

/** Returns: the sum of what was added to all counters. */
guint64 hd_pages_entry_added(const HdPagesEntry *entry);

/** Returns: (transfer full): the line that says how many pages the VM uses. */
char *hd_pages_line_need(guint64 need);

/** Returns: (transfer full): the line that says: @counter is going to be changed. */
char *hd_pages_line_change(guint counter, guint64 from, guint64 to);

/** Returns: (transfer full): the line that ends a change: @counter was found at @now. */
char *hd_pages_line_end(guint64 now);

/**
 * hd_pages_entry_parse:
 * @text: the file's content; torn lines count as not written
 */
void hd_pages_entry_parse(const char *text, HdPagesEntry *ret_entry);

/** HdPagesUse: what another VM of ours has been promised, and how much of that it has taken. */
typedef struct {
    guint64 nodes; /* 0: any */
    guint64 need, taken;
} HdPagesUse;

/**
 * hd_pages_missing:
 * @need: pages that a VM is to find free
 * @nodes: on these; 0: any
 * @all: counters of all nodes
 * @node_free: free pages of each of 64 nodes
 * @uses: (element-type HdPagesUse): of the other VMs
 *
 * Free pages that others were promised, by us or by the kernel, don't count.
 *
 * Returns: how many of @need are missing.
 */
guint64 hd_pages_missing(guint64 need, guint64 nodes, const HdPagesPool *all,
                         const guint64 *node_free, const GArray *uses);

#endif
