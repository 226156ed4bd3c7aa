/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table about pools of huge pages: what numbers the kernel takes, and which counters
 * follow.
 */
#include "hd-conformance-pages.h"

#include "hd-conformance-row.h"

#define ALL  "sys/kernel/mm/hugepages/hugepages-2048kB/"
#define NODE "sys/devices/system/node/node0/hugepages/hugepages-2048kB/"

static const HdConformanceRow rows[] = {
    {READ, ALL "nr_hugepages", NULL},
    {READ, ALL "free_hugepages", NULL},
    {READ, ALL "resv_hugepages", NULL},
    {READ, ALL "surplus_hugepages", NULL},
    {READ, NODE "nr_hugepages", NULL},
    {READ, NODE "free_hugepages", NULL},
    {READ, NODE "surplus_hugepages", NULL},
    {EXISTS, NODE "resv_hugepages", NULL},
    /* Which texts are numbers. */
    {WRITE, ALL "nr_hugepages", "4"},
    {READ, ALL "nr_hugepages", NULL},
    {READ, ALL "free_hugepages", NULL},
    {WRITE, ALL "nr_hugepages", "5\n"},
    {READ, ALL "nr_hugepages", NULL},
    {WRITE, ALL "nr_hugepages", "+6"},
    {READ, ALL "nr_hugepages", NULL},
    {WRITE, ALL "nr_hugepages", "007"},
    {READ, ALL "nr_hugepages", NULL},
    {WRITE, ALL "nr_hugepages", "010"},
    {READ, ALL "nr_hugepages", NULL},
    {WRITE, ALL "nr_hugepages", "0x2"},
    {WRITE, ALL "nr_hugepages", " 2"},
    {WRITE, ALL "nr_hugepages", "2 3"},
    {WRITE, ALL "nr_hugepages", "-1"},
    {WRITE, ALL "nr_hugepages", "two"},
    {WRITE, ALL "nr_hugepages", "\n"},
    {WRITE, ALL "nr_hugepages", "99999999999999999999999"},
    {READ, ALL "nr_hugepages", NULL},
    {READ, ALL "surplus_hugepages", NULL},
    /* What can't be written, and what is not there. */
    {WRITE, ALL "free_hugepages", "1"},
    {WRITE, ALL "resv_hugepages", "1"},
    {WRITE, NODE "surplus_hugepages", "1"},
    {WRITE, "sys/kernel/mm/hugepages/hugepages-3kB/nr_hugepages", "1"},
    {WRITE, "sys/devices/system/node/node99/hugepages/hugepages-2048kB/nr_hugepages", "1"},
    /* One node's number, and the sum. */
    {WRITE, ALL "nr_hugepages", "0"},
    {READ, ALL "nr_hugepages", NULL},
    {WRITE, NODE "nr_hugepages", "3"},
    {READ, NODE "nr_hugepages", NULL},
    {READ, NODE "free_hugepages", NULL},
    {READ, ALL "nr_hugepages", NULL},
    {READ, ALL "free_hugepages", NULL},
    {WRITE, ALL "nr_hugepages", "1"},
    {READ, NODE "nr_hugepages", NULL},
    {WRITE, NODE "nr_hugepages", "2"},
    {READ, ALL "nr_hugepages", NULL},
    {WRITE, NODE "nr_hugepages", "0"},
    {READ, ALL "nr_hugepages", NULL},
    {READ, ALL "free_hugepages", NULL},
    {WRITE, "proc/sys/vm/compact_memory", "1"},
    {WRITE, "sys/devices/system/node/node0/compact", "1"},
};

guint
hd_conformance_pages_run(HdPort *port)
{
    hd_conformance_run_rows(port, rows, G_N_ELEMENTS(rows), NULL, 0);
    return G_N_ELEMENTS(rows);
}
