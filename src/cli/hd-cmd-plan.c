/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * plan: what a start would do, or why it would be refused. Changes nothing.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-out.h"

static void
add_binding(HdJson *json, const char *name, const HdBinding *binding)
{
    hd_json_name(json, name);
    hd_json_begin_object(json);
    hd_out_json_text(json, "driver", binding->driver);
    hd_out_json_text(json, "driver_override", binding->override);
    hd_json_end(json);
}

static void
add_goal(HdJson *json, const HdGoal *goal)
{
    g_autofree char *text = hd_goal_describe(goal);
    hd_json_begin_object(json);
    hd_out_json_text(json, "kind", hd_goal_kind_name(goal->kind));
    hd_cmd_add_goal_subject(json, goal);
    hd_out_json_flag(json, "companion", goal->companion);
    hd_out_json_flag(json, "change", hd_goal_is_change(goal));
    hd_out_json_text(json, "description", text);
    if (goal->kind == HD_GOAL_PCI) {
        add_binding(json, "before", &goal->before);
        add_binding(json, "after", &goal->after);
    }
    if (goal->kind == HD_GOAL_VF) {
        hd_cmd_add_vf_settings(json, "vf_before", &goal->vf_before);
        hd_cmd_add_vf_settings(json, "vf_after", &goal->vf_after);
    }
    hd_json_end(json);
}

static void
add_refusal(HdJson *json, const HdRefusal *refusal)
{
    hd_json_begin_object(json);
    hd_out_json_text(json, "device", refusal->subject);
    hd_out_json_text(json, "rule", refusal->rule);
    hd_out_json_text(json, "reason", refusal->reason);
    hd_out_json_text(json, "remedy", refusal->remedy);
    hd_json_end(json);
}

static void
print_json(const HdRequest *request, const HdPlan *plan)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_object(json);
    hd_out_json_text(json, "domain", request->name);
    hd_out_json_text(json, "uuid", request->uuid.text);
    hd_out_json_flag(json, "refused", hd_plan_is_refused(plan));
    hd_json_name(json, "goals");
    hd_json_begin_array(json);
    for (guint i = 0; i < plan->goals->len; i++)
        add_goal(json, g_ptr_array_index(plan->goals, i));
    hd_json_end(json);
    hd_json_name(json, "notes");
    hd_json_begin_array(json);
    for (guint i = 0; i < plan->notes->len; i++)
        hd_json_text(json, g_ptr_array_index(plan->notes, i));
    hd_json_end(json);
    hd_json_name(json, "refusals");
    hd_json_begin_array(json);
    for (guint i = 0; i < plan->refusals->len; i++)
        add_refusal(json, g_ptr_array_index(plan->refusals, i));
    hd_json_end(json);
    hd_json_end(json);
    hd_out_json(json);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(HdState) state = NULL;
    g_autoptr(HdPlan) plan = NULL;
    if (!hd_cmd_request(cmd, cmd->arguments[0], &request, ret_error) ||
        (state = hd_cmd_state(cmd, ret_error)) == NULL ||
        !hd_state_plan(state, request, &plan, ret_error))
        return HD_EXIT_FAILED;
    g_autofree char *text = hd_plan_describe(plan);
    if (cmd->json)
        print_json(request, plan);
    else
        hd_out_lines(*text != '\0' ? text : "nothing to do: no devices of the host\n");
    return hd_plan_is_refused(plan) ? HD_EXIT_REFUSED : HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_plan = {
    "plan", "DOMAIN|FILE|-", "show what a start would do, or why not", 1, 1, false, NULL, run,
};
