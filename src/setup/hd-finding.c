/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `check` has to say: one line each, apart from how it is printed.
 */
#include "hd-finding.h"

static void
free_finding(gpointer data)
{
    HdFinding *finding = data;
    g_free(finding->text);
    g_free(finding->remedy);
    g_free(finding);
}

GPtrArray *
hd_findings_new(void)
{
    return g_ptr_array_new_with_free_func(free_finding);
}

void
hd_findings_add(GPtrArray *findings, HdLevel level, const char *topic, const char *remedy,
                const char *format, ...)
{
    va_list args;
    HdFinding *finding = g_new0(HdFinding, 1);
    finding->level = level;
    finding->topic = topic;
    finding->remedy = g_strdup(remedy);
    va_start(args, format);
    finding->text = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(findings, finding);
}

HdLevel
hd_findings_worst(const GPtrArray *findings)
{
    HdLevel worst = HD_LEVEL_OK;
    for (guint i = 0; i < findings->len; i++)
        worst = MAX(worst, ((HdFinding *)g_ptr_array_index(findings, i))->level);
    return worst;
}

const char *
hd_level_name(HdLevel level)
{
    static const char *const names[] = {
        [HD_LEVEL_OK] = "ok", [HD_LEVEL_WARNING] = "warning", [HD_LEVEL_PROBLEM] = "problem"};
    return names[level];
}
