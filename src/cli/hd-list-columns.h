/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LIST_COLUMNS_H
#define HD_LIST_COLUMNS_H

#include "hd-inventory.h"
#include "hd-table.h"

/** HdListRow: what the columns of one row are made of; all is borrowed. */
typedef struct {
    const HdInventory *inventory;
    const HdDevice *device;
    const char *name;
    const char *vms; /* (nullable) */
    const HdVerdict *verdict;
} HdListRow;

/** HdListColumn: a column that can be asked for. */
typedef struct {
    const char *key;
    HdTableColumn look;
    /** Returns: (transfer full) (nullable): the cell. */
    char *(*content)(const HdListRow *row);
    bool wants_verdict;
} HdListColumn;

/**
 * hd_list_columns_choose:
 * @text: (nullable): keys with commas between: "address,name"; with "+" before it, these are added
 *   to the usual ones; NULL: the usual ones
 * @ret_columns: (transfer container) (element-type HdListColumn)
 *
 * Returns: false on %HD_ERROR_USAGE, with all keys that there are.
 */
bool hd_list_columns_choose(const char *text, GPtrArray **ret_columns, GError **ret_error);

/** Returns: (transfer none) (nullable): the column called @key. */
const HdListColumn *hd_list_columns_find(const char *key);

/** Returns: (transfer full): all keys, with ", " between. */
char *hd_list_columns_keys(void);

#endif
