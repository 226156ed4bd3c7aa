/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TABLE_H
#define HD_TABLE_H

#include <glib.h>
#include <stdbool.h>

/** HdTone: how a text is shown on a terminal that shows colours. */
typedef enum { HD_TONE_PLAIN, HD_TONE_STRONG, HD_TONE_GOOD, HD_TONE_BAD, HD_TONE_DIM } HdTone;

/** As what a column is to have at least: whole, on a line of its own below the row, where the table
 * is too wide with it. */
#define HD_TABLE_BELOW G_MAXUINT

/** HdTableColumn: one column; all is borrowed. */
typedef struct {
    const char *title;
    guint least;                         /* 0: always whole; else it may be cut to so many */
    guint rank;                          /* on a terminal the highest goes first; 0: stays */
    HdTone (*tone)(const char *content); /* (nullable): of a cell; never called with NULL */
} HdTableColumn;

/**
 * HdTable:
 * Rows of text in columns. On a terminal they are aligned, fitted into its width and coloured
 * (unless the environment has NO_COLOR), and of the columns with a rank those without any content
 * are left out; elsewhere all is there, unaligned, with a tab between two cells.
 */
typedef struct HdTable HdTable;

/** @titles: NULL-terminated headings; borrowed. Returns: (transfer full). */
HdTable *hd_table_new(const char *const *titles);
/** @columns: @count of them; copied. Returns: (transfer full). */
HdTable *hd_table_new_columns(const HdTableColumn *columns, guint count);
void hd_table_free(HdTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdTable, hd_table_free)

/**
 * Appends a row; @cells: (transfer full): as many as there are headings; NULL shows as "-", and
 * what would speak to the terminal as hd_text_printable() has it.
 */
void hd_table_add(HdTable *table, char **cells);

/** Prints the table on stdout. */
void hd_table_print(const HdTable *table);

/** Returns: whether stdout is a terminal. */
bool hd_table_is_terminal(void);

/** Returns: what switches to @tone on stdout, "" where there are no colours; PLAIN ends any. */
const char *hd_table_tone(HdTone tone);

/**
 * Returns: how many columns are left for a name on a line that has @used others: no less than a
 * few, and as many as one likes where there is no terminal.
 */
guint hd_table_room(gsize used);

/** Returns: the columns that @text, valid UTF-8, takes on a terminal. */
guint hd_table_text_width(const char *text);

/** Returns: (transfer full): @text in @room columns; what is too long ends in an ellipsis. */
char *hd_table_fit(const char *text, guint room);

#endif
