/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CROWD_MEMBER_H
#define HD_CROWD_MEMBER_H

#include "hd-crowd-table.h"
#include "hd-shared.h"

/**
 * hd_crowd_member_run:
 * @vm: number of the VM, from 1
 * @seed: of what it wants, and when
 *
 * The life of one VM, in a process of its own: it starts with one, two or three groups' devices,
 * runs, ends, and starts again, until the table says that it is over.
 */
void hd_crowd_member_run(HdShared *shared, HdCrowdTable *table, guint vm, guint seed);

#endif
