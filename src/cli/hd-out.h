/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_OUT_H
#define HD_OUT_H

#include <glib.h>

#include "hd-json.h"

/**
 * HdTable: rows of text in columns, aligned when printed; headings are bold on a terminal.
 */
typedef struct HdTable HdTable;

/** @titles: NULL-terminated headings; borrowed. Returns: (transfer full). */
HdTable *hd_table_new(const char *const *titles);
void hd_table_free(HdTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdTable, hd_table_free)

/** Appends a row; @cells: (transfer full): as many as there are headings; NULL shows as "-". */
void hd_table_add(HdTable *table, char **cells);

/** Prints the table on stdout. */
void hd_table_print(const HdTable *table);

/** Prints @json on stdout, indented, and ends the line. */
void hd_out_json(const HdJson *json);

/** Adds "name": value, with null for NULL. */
void hd_out_json_text(HdJson *json, const char *name, const char *value);
/** Adds "name": number. */
void hd_out_json_number(HdJson *json, const char *name, gint64 value);
/** Adds "name": true or false. */
void hd_out_json_flag(HdJson *json, const char *name, gboolean value);

#endif
