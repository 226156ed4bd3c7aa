/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a journal: never a crash, and goals that are read are written alike.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_autoptr(HdRecord) record = hd_record_parse("aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa", text);
    g_autoptr(HdClaim) claim = hd_record_claim(record);
    g_autoptr(HdGoal) goal = NULL;
    g_assert_cmpuint(claim->goals->len, <=, record->goals->len);
    if (hd_goal_parse(text, &goal)) {
        g_autofree char *line = hd_goal_format(goal);
        g_autoptr(HdGoal) again = NULL;
        g_assert_true(hd_goal_parse(line, &again));
        g_autofree char *same = hd_goal_format(again);
        g_assert_cmpstr(line, ==, same);
    }
    return 0;
}
