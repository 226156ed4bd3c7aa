/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings, for people and for programs: the same wherever something is checked.
 */
#include "hd-out-findings.h"

#include <stdbool.h>
#include <unistd.h>

#include "hd-out.h"
#include "hd-text.h"

static bool
is_shown(const HdFinding *finding, gboolean only_trouble)
{
    return !only_trouble || finding->level != HD_LEVEL_OK;
}

void
hd_out_findings(FILE *stream, const GPtrArray *findings, gboolean only_trouble)
{
    static const char *const colours[] = {[HD_LEVEL_OK] = "\033[32m",
                                          [HD_LEVEL_WARNING] = "\033[33m",
                                          [HD_LEVEL_PROBLEM] = "\033[31m"};
    gboolean is_terminal = isatty(fileno(stream));
    for (guint i = 0; i < findings->len; i++) {
        const HdFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *words = g_strconcat(
            finding->text, finding->remedy != NULL ? "; remedy: " : NULL, finding->remedy, NULL);
        /* It may say what a captured machine calls things. */
        g_autofree char *shown = hd_text_printable(words, HD_OUT_LONGEST);
        if (is_shown(finding, only_trouble))
            (void)fprintf(stream, "%s%-8s%s %-12s %s\n", is_terminal ? colours[finding->level] : "",
                          hd_level_name(finding->level), is_terminal ? "\033[0m" : "",
                          finding->topic, shown);
    }
}

void
hd_out_findings_json(HdJson *json, const GPtrArray *findings, gboolean only_trouble)
{
    hd_json_begin_array(json);
    for (guint i = 0; i < findings->len; i++) {
        const HdFinding *finding = g_ptr_array_index(findings, i);
        if (!is_shown(finding, only_trouble))
            continue;
        hd_json_begin_object(json);
        hd_out_json_text(json, "level", hd_level_name(finding->level));
        hd_out_json_text(json, "topic", finding->topic);
        hd_out_json_text(json, "text", finding->text);
        hd_out_json_text(json, "remedy", finding->remedy);
        hd_json_end(json);
    }
    hd_json_end(json);
}
