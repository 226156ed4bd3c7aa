/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A plan is data: goals in order, refusals, notes. It is made by the planner,
 * printed by `plan`, written to the journal and interpreted by apply; none of
 * them needs to know how the others work.
 */
#include "hd-plan.h"

static void
free_goal(gpointer data)
{
    hd_goal_free(data);
}

static void
free_refusal(gpointer data)
{
    HdRefusal *refusal = data;
    g_free(refusal->subject);
    g_free(refusal->reason);
    g_free(refusal->remedy);
    g_free(refusal);
}

HdPlan *
hd_plan_new(void)
{
    HdPlan *plan = g_new0(HdPlan, 1);
    plan->goals = g_ptr_array_new_with_free_func(free_goal);
    plan->refusals = g_ptr_array_new_with_free_func(free_refusal);
    plan->notes = g_ptr_array_new_with_free_func(g_free);
    return plan;
}

void
hd_plan_free(HdPlan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->goals);
    g_ptr_array_unref(plan->refusals);
    g_ptr_array_unref(plan->notes);
    g_free(plan);
}

void
hd_plan_add_goal(HdPlan *plan, HdGoal *goal)
{
    g_ptr_array_add(plan->goals, goal);
}

static void
refuse(HdPlan *plan, char *subject, const char *rule, char *reason, char *remedy)
{
    HdRefusal *refusal = g_new0(HdRefusal, 1);
    *refusal = (HdRefusal){subject, rule, reason, remedy};
    g_ptr_array_add(plan->refusals, refusal);
}

void
hd_plan_refuse(HdPlan *plan, const HdPciAddress *address, const char *rule, char *reason,
               char *remedy)
{
    refuse(plan, g_strdup(hd_pci_address_text(address).text), rule, reason, remedy);
}

void
hd_plan_refuse_subject(HdPlan *plan, const char *subject, const char *rule, char *reason,
                       char *remedy)
{
    refuse(plan, g_strdup(subject), rule, reason, remedy);
}

void
hd_plan_refuse_mdev(HdPlan *plan, const HdUuid *uuid, const char *rule, char *reason, char *remedy)
{
    refuse(plan, g_strconcat("mdev ", uuid->text, NULL), rule, reason, remedy);
}

bool
hd_plan_is_refused_by(const HdPlan *plan, const char *rule)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        if (g_str_equal(((HdRefusal *)g_ptr_array_index(plan->refusals, i))->rule, rule))
            return true;
    }
    return false;
}

void
hd_plan_note(HdPlan *plan, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(plan->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

bool
hd_plan_is_refused(const HdPlan *plan)
{
    return plan->refusals->len > 0;
}

bool
hd_plan_claims(const HdPlan *plan, const HdPciAddress *address)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        if (hd_goal_claims(g_ptr_array_index(plan->goals, i), address))
            return true;
    }
    return false;
}

char *
hd_refusal_sentence(const HdRefusal *refusal)
{
    return g_strdup_printf("%s %s; %s (rule: %s)", refusal->subject, refusal->reason,
                           refusal->remedy, refusal->rule);
}

char *
hd_plan_refusal_line(const HdPlan *plan)
{
    g_autofree char *first = hd_refusal_sentence(g_ptr_array_index(plan->refusals, 0));
    guint more = plan->refusals->len - 1;
    if (more == 0)
        return g_steal_pointer(&first);
    return g_strdup_printf("%s; and %u more reason%s: see 'hostdevctl plan'", first, more,
                           more == 1 ? "" : "s");
}

char *
hd_plan_describe(const HdPlan *plan)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < plan->goals->len; i++) {
        g_autofree char *line = hd_goal_describe(g_ptr_array_index(plan->goals, i));
        g_string_append_printf(text, "%s\n", line);
    }
    for (guint i = 0; i < plan->notes->len; i++)
        g_string_append_printf(text, "note: %s\n", (char *)g_ptr_array_index(plan->notes, i));
    for (guint i = 0; i < plan->refusals->len; i++) {
        g_autofree char *line = hd_refusal_sentence(g_ptr_array_index(plan->refusals, i));
        g_string_append_printf(text, "refused: %s\n", line);
    }
    return g_string_free(text, FALSE);
}
