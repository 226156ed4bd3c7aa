/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reset method, power and BAR sizes of a function for as long as a VM has it: what its metadata
 * asks for, and what graphics cards need unasked.
 */
#include "hd-tuning-planner.h"

#include "hd-gpu.h"

static void
add_setting(HdGoal *goal, const char *name, const char *before, const char *after)
{
    if (before != NULL && after != NULL && !g_str_equal(before, after))
        hd_settings_add(goal->settings, name, before, after);
}

/* What is asked for and isn't there would be missed when it is too late. */
static bool
check_setting(const HdDevice *device, const char *name, const char *value, const char *wanted,
              HdPlan *plan)
{
    if (wanted == NULL || (value != NULL && *value != '\0'))
        return true;
    hd_plan_refuse(plan, &device->address, "type",
                   g_strdup_printf("has no %s that could be set", name),
                   g_strdup("take that wish out of the VM's metadata"));
    return false;
}

/* vfio changes power/control of each device that it gets and leaves, so that is put back always. */
static void
add_settings(const HdPlannerInput *input, const HdGoal *function, HdPlan *plan)
{
    const HdDevice *device = hd_host_find(input->host, &function->address);
    const HdWish *wish = hd_request_find_pci(input->request, &function->address);
    const HdDesktop *desktop = hd_host_desktop(input->host);
    const HdTuning none = {0}, *tuning = wish != NULL ? &wish->tuning : &none;
    bool stays_awake = desktop != NULL && !desktop->keeps_d3cold && hd_gpu_is_display(&device->id);
    const char *d3cold = tuning->d3cold != NULL ? tuning->d3cold : stays_awake ? "0" : NULL;
    g_autoptr(HdGoal) goal = hd_goal_new(HD_GOAL_SETTINGS, &function->address);
    goal->id = device->id;
    goal->settings = hd_settings_new();
    if (!check_setting(device, "reset_method", device->reset_method, tuning->reset_method, plan) ||
        !check_setting(device, "d3cold_allowed", device->d3cold, tuning->d3cold, plan) ||
        !check_setting(device, "power/control", device->power, tuning->power, plan))
        return;
    add_setting(goal, "reset_method", device->reset_method, tuning->reset_method);
    add_setting(goal, "d3cold_allowed", device->d3cold, d3cold);
    bool changes = hd_goal_is_change(function) && g_strcmp0(device->power, "auto") == 0;
    if (device->power != NULL && (tuning->power != NULL || changes))
        hd_settings_add(goal->settings, "power/control", device->power, tuning->power);
    if (goal->settings->len > 0)
        hd_plan_add_goal(plan, g_steal_pointer(&goal));
}

static char *
sizes_text(guint64 sizes)
{
    GString *text = g_string_new(NULL);
    for (guint bit = 0; bit < 44; bit++) {
        if ((sizes >> bit & 1) != 0)
            g_string_append_printf(text, "%s%" G_GUINT64_FORMAT "%c", text->len > 0 ? ", " : "",
                                   G_GUINT64_CONSTANT(1) << (bit < 10 ? bit : bit - 10),
                                   bit < 10 ? 'M' : 'G');
    }
    return g_string_free(text, FALSE);
}

static bool
check_bars(const HdWish *wish, const HdDevice *device, HdPlan *plan)
{
    for (guint i = 0; i < G_N_ELEMENTS(device->bar_sizes); i++) {
        guint64 wanted = wish->tuning.bars.mb[i], sizes = device->bar_sizes[i];
        if (wanted == 0 || (sizes & wanted) != 0)
            continue;
        g_autofree char *text = sizes_text(sizes);
        hd_plan_refuse(plan, &device->address, "type",
                       sizes == 0 ? g_strdup_printf("can't have another size of BAR %u: it is not "
                                                    "resizable",
                                                    i)
                                  : g_strdup_printf("can't have BAR %u of %" G_GUINT64_FORMAT
                                                    "M: it can be %s",
                                                    i, wanted, text),
                       g_strdup("correct rebar= in the VM's metadata"));
        return false;
    }
    return true;
}

static void
add_bars(const HdPlannerInput *input, HdGoal *function, HdPlan *plan)
{
    const HdDevice *device = hd_host_find(input->host, &function->address);
    const HdWish *wish = hd_request_find_pci(input->request, &function->address);
    if (wish == NULL || !hd_bars_is_set(&wish->tuning.bars) || !check_bars(wish, device, plan))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(device->bar_sizes); i++) {
        if (wish->tuning.bars.mb[i] == 0 || wish->tuning.bars.mb[i] == device->bars.mb[i])
            continue;
        function->bars_before.mb[i] = device->bars.mb[i];
        function->bars_after.mb[i] = wish->tuning.bars.mb[i];
    }
}

void
hd_tuning_planner_add(const HdPlannerInput *input, HdGoal *function, HdPlan *plan)
{
    add_bars(input, function, plan);
    add_settings(input, function, plan);
}
