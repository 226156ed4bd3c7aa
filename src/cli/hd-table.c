/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables: for people on a terminal, for programs anywhere else.
 */
#include "hd-table.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hd-text.h"

#define GAP           2
#define USUAL_COLUMNS 80
#define LEAST_NAME    5
#define LAST_RESORT   8
#define LONGEST_CELL  4096

struct HdTable {
    HdTableColumn *columns;
    guint count;
    GPtrArray *rows; /* of char**, each with count cells */
};

HdTable *
hd_table_new_columns(const HdTableColumn *columns, guint count)
{
    HdTable *table = g_new0(HdTable, 1);
    table->columns = g_new(HdTableColumn, count);
    memcpy(table->columns, columns, count * sizeof *columns);
    table->count = count;
    table->rows = g_ptr_array_new_with_free_func(g_free);
    return table;
}

HdTable *
hd_table_new(const char *const *titles)
{
    guint count = g_strv_length((char **)titles);
    g_autofree HdTableColumn *columns = g_new0(HdTableColumn, count);
    for (guint i = 0; i < count; i++)
        columns[i].title = titles[i];
    return hd_table_new_columns(columns, count);
}

void
hd_table_free(HdTable *table)
{
    if (table == NULL)
        return;
    for (guint i = 0; i < table->rows->len; i++) {
        char **cells = g_ptr_array_index(table->rows, i);
        for (guint j = 0; j < table->count; j++)
            g_free(cells[j]);
    }
    g_ptr_array_unref(table->rows);
    g_free(table->columns);
    g_free(table);
}

void
hd_table_add(HdTable *table, char **cells)
{
    for (guint i = 0; i < table->count; i++) {
        g_autofree char *raw = cells[i];
        cells[i] = raw != NULL ? hd_text_printable(raw, LONGEST_CELL) : NULL;
    }
    g_ptr_array_add(table->rows, cells);
}

bool
hd_table_is_terminal(void)
{
    return isatty(STDOUT_FILENO) != 0;
}

/* 0: it is no terminal. */
static guint
terminal_width(void)
{
    struct winsize size = {0};
    if (!hd_table_is_terminal())
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : USUAL_COLUMNS;
}

guint
hd_table_room(gsize used)
{
    guint width = terminal_width();
    if (width == 0)
        return G_MAXINT;
    return width > used + LEAST_NAME ? width - (guint)used : LEAST_NAME;
}

/* Chinese, Japanese and Korean characters take two columns, combining ones none. */
static guint
character_width(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

guint
hd_table_text_width(const char *text)
{
    guint width = 0;
    for (; *text != '\0'; text = g_utf8_next_char(text))
        width += character_width(g_utf8_get_char(text));
    return width;
}

char *
hd_table_fit(const char *text, guint room)
{
    guint width = 0;
    const char *cursor = text;
    if (hd_table_text_width(text) <= room)
        return g_strdup(text);
    /* One column is the ellipsis'. */
    for (; *cursor != '\0'; cursor = g_utf8_next_char(cursor)) {
        width += character_width(g_utf8_get_char(cursor));
        if (width + 1 > room)
            break;
    }
    g_autofree char *start = g_strndup(text, (gsize)(cursor - text));
    return g_strconcat(start, "…", NULL);
}

const char *
hd_table_tone(HdTone tone)
{
    static const char *const codes[] = {
        [HD_TONE_PLAIN] = "\033[0m", [HD_TONE_STRONG] = "\033[1m", [HD_TONE_GOOD] = "\033[32m",
        [HD_TONE_BAD] = "\033[33m",  [HD_TONE_DIM] = "\033[2m",
    };
    const char *forbidden = g_getenv("NO_COLOR");
    bool has_colours = hd_table_is_terminal() && (forbidden == NULL || *forbidden == '\0');
    return has_colours ? codes[tone] : "";
}

static const char *
cell_text(char *const *cells, guint column)
{
    return cells[column] != NULL ? cells[column] : "-";
}

static void
print_plain(const HdTable *table)
{
    for (guint i = 0; i < table->count; i++)
        (void)printf("%s%c", table->columns[i].title, i + 1 < table->count ? '\t' : '\n');
    for (guint i = 0; i < table->rows->len; i++) {
        for (guint j = 0; j < table->count; j++)
            (void)printf("%s%c", cell_text(g_ptr_array_index(table->rows, i), j),
                         j + 1 < table->count ? '\t' : '\n');
    }
}

/* Width of each column; 0 where nobody has anything to say in one that may be left out. */
static guint *
natural_widths(const HdTable *table)
{
    guint *widths = g_new0(guint, table->count);
    for (guint i = 0; i < table->rows->len; i++) {
        char *const *cells = g_ptr_array_index(table->rows, i);
        for (guint j = 0; j < table->count; j++) {
            if (cells[j] != NULL)
                widths[j] = MAX(widths[j], hd_table_text_width(cells[j]));
        }
    }
    for (guint j = 0; j < table->count; j++) {
        if (widths[j] > 0 || table->rows->len == 0 || table->columns[j].rank == 0)
            widths[j] = MAX(widths[j], (guint)g_utf8_strlen(table->columns[j].title, -1));
    }
    return widths;
}

static guint
total_width(const guint *widths, guint count)
{
    guint total = 0;
    for (guint i = 0; i < count; i++)
        total += widths[i] > 0 ? widths[i] + GAP : 0;
    return total > GAP ? total - GAP : 0;
}

/* Cuts the widest of those that may be cut, a column at a time, down to their least, or to @most if
   that is less. */
static void
shrink(const HdTable *table, guint *widths, guint room, guint most)
{
    while (total_width(widths, table->count) > room) {
        guint widest = table->count;
        for (guint i = 0; i < table->count; i++) {
            if (table->columns[i].least > 0 && widths[i] > MIN(table->columns[i].least, most) &&
                (widest == table->count || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest == table->count)
            return;
        widths[widest]--;
    }
}

static bool
drop_one(const HdTable *table, guint *widths)
{
    guint highest = table->count;
    for (guint i = 0; i < table->count; i++) {
        if (widths[i] > 0 && table->columns[i].rank > 0 &&
            (highest == table->count || table->columns[i].rank > table->columns[highest].rank))
            highest = i;
    }
    if (highest < table->count)
        widths[highest] = 0;
    return highest < table->count;
}

static bool
is_below(const HdTable *table, const guint *widths, guint column)
{
    return table->columns[column].least == HD_TABLE_BELOW && widths[column] == 0;
}

static guint *
fit(const HdTable *table, guint room)
{
    guint *widths = natural_widths(table);
    bool is_too_wide = total_width(widths, table->count) > room;
    for (guint i = 0; is_too_wide && i < table->count; i++) {
        if (table->columns[i].least == HD_TABLE_BELOW)
            widths[i] = 0;
    }
    for (;;) {
        g_autofree guint *tried = g_new(guint, table->count);
        memcpy(tried, widths, table->count * sizeof *widths);
        shrink(table, tried, room, G_MAXUINT);
        if (total_width(tried, table->count) > room && drop_one(table, widths))
            continue;
        /* Columns that somebody asked for stay, be the terminal as narrow as it may. */
        shrink(table, tried, room, LAST_RESORT);
        g_free(widths);
        return g_steal_pointer(&tried);
    }
}

/* Prints @text in @width columns; what is too long ends in an ellipsis. */
static void
print_cell(const char *text, guint width, HdTone tone, bool is_last)
{
    g_autofree char *shown = hd_table_fit(text, width);
    (void)printf("%s%s%s", tone != HD_TONE_PLAIN ? hd_table_tone(tone) : "", shown,
                 tone != HD_TONE_PLAIN ? hd_table_tone(HD_TONE_PLAIN) : "");
    if (!is_last)
        (void)printf("%*s", (int)(width - hd_table_text_width(shown)) + GAP, "");
}

static void
print_row(const HdTable *table, char *const *cells, const guint *widths)
{
    guint last = 0;
    for (guint i = 0; i < table->count; i++)
        last = widths[i] > 0 ? i : last;
    for (guint i = 0; i < table->count; i++) {
        const HdTableColumn *column = &table->columns[i];
        HdTone tone = HD_TONE_STRONG;
        if (widths[i] == 0)
            continue;
        if (cells != NULL)
            tone =
                cells[i] != NULL && column->tone != NULL ? column->tone(cells[i]) : HD_TONE_PLAIN;
        print_cell(cells != NULL ? cell_text(cells, i) : column->title, widths[i], tone, i == last);
    }
    (void)putchar('\n');
    for (guint i = 0; cells != NULL && i < table->count; i++) {
        if (is_below(table, widths, i) && cells[i] != NULL)
            (void)printf("    %s%s%s\n", hd_table_tone(HD_TONE_DIM), cells[i],
                         hd_table_tone(HD_TONE_PLAIN));
    }
}

void
hd_table_print(const HdTable *table)
{
    guint room = terminal_width();
    if (room == 0) {
        print_plain(table);
        return;
    }
    g_autofree guint *widths = fit(table, room);
    print_row(table, NULL, widths);
    for (guint i = 0; i < table->rows->len; i++)
        print_row(table, g_ptr_array_index(table->rows, i), widths);
}
