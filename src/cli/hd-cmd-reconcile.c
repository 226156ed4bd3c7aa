/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * reconcile: gives back what VMs hold that have died without a release.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-out.h"
#include "hd-text.h"

static const char *
outcome_of(const HdReconciled *report)
{
    if (report->is_busy)
        return "busy";
    if (report->problem != NULL)
        return "failed";
    static const char *const outcomes[] = {
        [HD_VM_RUNNING] = "running",
        [HD_VM_STARTING] = "starting",
        [HD_VM_DEAD] = "given back",
    };
    return outcomes[report->liveness];
}

static void
print_text(const HdReconciled *report)
{
    g_autofree char *name =
        hd_text_printable(report->name != NULL ? report->name : report->key, 64);
    (void)printf("%s: %s%s%s\n", name, outcome_of(report), report->problem != NULL ? ": " : "",
                 report->problem != NULL ? report->problem : "");
}

static void
print_json(const GPtrArray *reports)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < reports->len; i++) {
        const HdReconciled *report = g_ptr_array_index(reports, i);
        hd_json_begin_object(json);
        hd_out_json_text(json, "uuid", report->key);
        hd_out_json_text(json, "domain", report->name);
        hd_out_json_text(json, "outcome", outcome_of(report));
        hd_out_json_text(json, "problem", report->problem);
        hd_json_end(json);
    }
    hd_json_end(json);
    hd_out_json(json);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(GPtrArray) reports = NULL;
    if (state == NULL)
        return HD_EXIT_FAILED;
    bool all = hd_state_reconcile(state, &reports, ret_error);
    if (reports == NULL)
        return HD_EXIT_FAILED;
    if (cmd->json)
        print_json(reports);
    for (guint i = 0; !cmd->json && i < reports->len; i++)
        print_text(g_ptr_array_index(reports, i));
    return all ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_reconcile = {
    "reconcile", "", "give back what dead VMs hold", 0, 0, true, NULL, run,
};
