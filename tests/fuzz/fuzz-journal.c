/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a journal, and as lines that somebody has sealed: never a crash, what is read is
 * written alike, and a claim holds what isn't undone. The ledger of huge pages and the cards that
 * a mapping knows are read in the same way.
 */
#include <string.h>

#include "hd-fingerprint.h"
#include "hd-fuzz.h"
#include "hd-pages.h"
#include "hd-record.h"
#include "hd-text.h"

#define KEY "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa"

static void
check_goal(const HdGoal *goal)
{
    g_autofree char *line = hd_goal_format(goal);
    g_autoptr(HdGoal) again = NULL;
    g_assert_null(strchr(line, '\n'));
    g_assert_true(hd_goal_parse(line, &again));
    g_autofree char *same = hd_goal_format(again);
    g_assert_cmpstr(line, ==, same);
    g_autofree char *words = hd_goal_describe(goal);
    hd_fuzz_check_line(words);
    g_assert_cmpuint(strlen(hd_goal_subject(goal).text), <, sizeof(HdGoalSubject));
}

static void
check_record(const char *text)
{
    g_autoptr(HdRecord) record = hd_record_parse(KEY, text);
    g_autoptr(HdClaim) claim = hd_record_claim(record);
    guint kept = 0;
    for (guint i = 0; i < record->goals->len; i++) {
        check_goal(hd_record_goal(record, i)->goal);
        kept += hd_record_goal(record, i)->step != HD_STEP_UNDONE ? 1 : 0;
    }
    g_assert_cmpuint(claim->goals->len, ==, kept);
    g_assert_true(record->is_damaged || hd_record_is_clear(record) == (kept == 0));
    if (record->boot_id == NULL)
        return;
    g_autofree char *opening = hd_record_format_opening(record);
    g_autoptr(HdRecord) again = hd_record_parse(KEY, opening);
    g_autofree char *same = hd_record_format_opening(again);
    g_assert_cmpstr(opening, ==, same);
    g_assert_true(again->is_planned && !again->is_damaged);
}

/* What no checksum keeps out. */
static char *
seal_lines(const char *text)
{
    GString *sealed = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *one = hd_text_seal(*line);
        g_string_append(sealed, one);
    }
    return g_string_free(sealed, FALSE);
}

static void
check_fingerprints(const char *text)
{
    g_autoptr(GPtrArray) prints = hd_fingerprints_parse(text);
    g_autofree char *first = hd_fingerprints_format(prints);
    g_autoptr(GPtrArray) again = hd_fingerprints_parse(first);
    g_autofree char *second = hd_fingerprints_format(again);
    g_assert_cmpuint(prints->len, ==, again->len);
    g_assert_cmpstr(first, ==, second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    g_autofree char *sealed = seal_lines(text);
    g_autoptr(HdGoal) goal = NULL;
    HdPagesEntry entry;
    check_record(text);
    check_record(sealed);
    check_fingerprints(text);
    hd_pages_entry_parse(text, &entry);
    hd_pages_entry_parse(sealed, &entry);
    (void)hd_pages_entry_added(&entry);
    if (hd_goal_parse(text, &goal))
        check_goal(goal);
    return 0;
}
