/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Memory in huge pages -> goals. How many pages lack is found when they are allocated,
 * under the lock of their size: here it could have changed by then.
 */
#include "hd-pages-planner.h"

#include "hd-text.h"

/* QEMU's memory comes in whole MiB. */
#define ALIGN_KB 1024

static bool
refuse(HdPlan *plan, const char *rule, char *reason, const char *remedy)
{
    hd_plan_refuse_subject(plan, "hugepages", rule, reason, g_strdup(remedy));
    return false;
}

static bool
has_size(const HdPagesFacts *facts, guint64 kb)
{
    for (guint i = 0; facts->sizes != NULL && i < facts->sizes->len; i++) {
        if (g_array_index(facts->sizes, guint64, i) == kb)
            return true;
    }
    return false;
}

static HdGoal *
find_goal(const HdPlan *plan, guint64 kb, guint64 nodes)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind == HD_GOAL_PAGES && goal->page_kb == kb && goal->page_nodes == nodes)
            return goal;
    }
    return NULL;
}

static HdGoal *
add_goal(const HdPlannerInput *input, guint64 kb, guint64 nodes, HdPlan *plan)
{
    const HdPciAddress none = {0};
    HdGoal *goal = hd_goal_new(HD_GOAL_PAGES, &none);
    goal->owner = input->request->uuid;
    goal->page_kb = kb;
    goal->page_nodes = nodes;
    goal->page_max_kb = hd_host_read_pages(input->host)->limit_kb;
    hd_plan_add_goal(plan, goal);
    return goal;
}

static bool
add_need(const HdPlannerInput *input, const HdPagesNeed *need, HdPlan *plan)
{
    const HdPagesFacts *facts = hd_host_read_pages(input->host);
    guint64 kb = need->size_kb != 0 ? need->size_kb : facts->default_kb;
    guint64 memory = (need->kb + ALIGN_KB - 1) / ALIGN_KB * ALIGN_KB;
    g_autofree char *size = hd_pages_size_text(kb);
    if (kb == 0 || !has_size(facts, kb))
        return refuse(plan, "missing",
                      kb == 0
                          ? g_strdup("can't be had: this host has none")
                          : g_strdup_printf("of %s can't be had: this host has no such size", size),
                      "see /sys/kernel/mm/hugepages, and correct <memoryBacking> of the VM");
    if ((need->nodes & ~facts->present_nodes) != 0) {
        g_autofree char *nodes = hd_pages_nodes_text(need->nodes & ~facts->present_nodes);
        return refuse(
            plan, "missing",
            g_strdup_printf("of %s can't be had%s: this host has no such node", size, nodes),
            "correct <numatune> of the VM");
    }
    HdGoal *goal = find_goal(plan, kb, need->nodes);
    if (goal == NULL)
        goal = add_goal(input, kb, need->nodes, plan);
    goal->page_count += (memory + kb - 1) / kb;
    return true;
}

void
hd_pages_planner_add(const HdPlannerInput *input, HdPlan *plan)
{
    const HdRequest *request = input->request;
    if (!hd_host_read_pages(input->host)->is_asked)
        return;
    if (request->pages_unread != NULL) {
        g_autofree char *why = hd_text_printable(request->pages_unread, 160);
        (void)refuse(plan, "type", g_strdup_printf("can't be counted: %s", why),
                     "correct the VM, or allocate them at boot and set hugepages='no' in its "
                     "metadata");
        return;
    }
    for (guint i = 0; i < request->pages->len; i++) {
        if (!add_need(input, &g_array_index(request->pages, HdPagesNeed, i), plan))
            return;
    }
}
