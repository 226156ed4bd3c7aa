/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What giving a graphics card away means for the host's own picture. Every step rests on evidence:
 * a console is released only if its last screen goes, a unit is stopped only if something has the
 * card open, a module is unloaded only if no other card needs it.
 */
#include "hd-desktop-planner.h"

#include "hd-gpu.h"
#include "hd-tuning-planner.h"

/* It has cards open for the sessions that it manages, and lets go when these end. */
#define SESSION_MANAGER "systemd-logind.service"

/* Whether the function is wanted, or goes along with one that is, by their IOMMU group. */
static bool
goes(const HdPlannerInput *input, const HdDevice *function)
{
    const GPtrArray *wishes = input->request->wishes;
    for (guint i = 0; i < wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(wishes, i);
        const HdDevice *wanted =
            hd_wish_is_bound_by_us(wish) ? hd_host_find(input->host, &wish->address) : NULL;
        if (wanted != NULL &&
            (wanted == function ||
             (wanted->iommu_group >= 0 && wanted->iommu_group == function->iommu_group)))
            return true;
    }
    return false;
}

bool
hd_desktop_planner_has_card(const HdPlannerInput *input, const HdPciAddress *address)
{
    HdPciAddress other = *address;
    const HdDevice *asked = hd_host_find(input->host, address);
    for (guint8 i = 0; asked != NULL && !asked->is_vf && i < 8; i++) {
        other.function = i;
        const HdDevice *function = hd_host_find(input->host, &other);
        if (function != NULL && hd_gpu_is_display(&function->id) && !function->is_vf &&
            goes(input, function))
            return true;
    }
    return false;
}

static HdPolicy
policy_for(const HdPlannerInput *input, const HdPciAddress *address)
{
    HdPolicy policy = hd_policy_overlay(input->policy, &input->request->policy);
    const HdWish *wish = hd_request_find_pci(input->request, address);
    return wish != NULL ? hd_policy_overlay(&policy, &wish->policy) : policy;
}

/* Units that this start may stop and that are active, in the order of the configuration. */
static GPtrArray *
units_of(const HdPlannerInput *input)
{
    const HdDesktop *desktop = hd_host_desktop(input->host);
    const char *said = input->request->stop_units;
    g_autoptr(GPtrArray) wanted = NULL;
    GPtrArray *units = g_ptr_array_new();
    if (desktop == NULL || (said != NULL && !hd_units_parse(said, &wanted)))
        return units;
    for (guint i = 0; i < desktop->units->len; i++) {
        char *unit = g_ptr_array_index(desktop->units, i);
        const char *alias = g_ptr_array_index(desktop->unit_aliases, i);
        if (said == NULL || g_ptr_array_find_with_equal_func(wanted, unit, g_str_equal, NULL) ||
            g_ptr_array_find_with_equal_func(wanted, alias, g_str_equal, NULL))
            g_ptr_array_add(units, unit);
    }
    return units;
}

bool
hd_desktop_planner_awaits(const HdPlannerInput *input, const HdDevice *device,
                          const HdHolder *holder)
{
    g_autoptr(GPtrArray) units = units_of(input);
    HdPolicy policy = policy_for(input, &device->address);
    if (holder->rule != HD_RULE_PROCESS || units->len == 0 ||
        hd_policy_allows(&policy, HD_RULE_PROCESS) ||
        !hd_desktop_planner_has_card(input, &device->address))
        return false;
    if (holder->unit == NULL)
        return holder->is_seated;
    return g_str_equal(holder->unit, SESSION_MANAGER) ||
           g_ptr_array_find_with_equal_func(units, holder->unit, g_str_equal, NULL);
}

static bool
has_awaited_holder(const HdPlannerInput *input, const HdDevice *device)
{
    for (guint i = 0; device != NULL && i < device->holders->len; i++) {
        if (hd_desktop_planner_awaits(input, device, g_ptr_array_index(device->holders, i)))
            return true;
    }
    return false;
}

static void
check_units(const HdPlannerInput *input, HdPlan *plan)
{
    const HdDesktop *desktop = hd_host_desktop(input->host);
    g_autoptr(GPtrArray) wanted = NULL;
    if (input->request->stop_units == NULL || !hd_units_parse(input->request->stop_units, &wanted))
        return;
    for (guint i = 0; i < wanted->len; i++) {
        const char *unit = g_ptr_array_index(wanted, i);
        if (!g_ptr_array_find_with_equal_func(desktop->unit_names, unit, g_str_equal, NULL))
            hd_plan_refuse_subject(
                plan, unit, hd_rule_name(HD_RULE_PROCESS),
                g_strdup("is not among the units that this host lets VMs stop"),
                g_strdup("add it to stop-units in /etc/hostdevctl/hostdevctl.conf, or take it out "
                         "of the VM's metadata"));
    }
}

/* The PCI goal for @address that takes the function from its driver, if there is one. */
static HdGoal *
find_leaving(const HdPlan *plan, const HdPciAddress *address)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind == HD_GOAL_PCI && hd_pci_address_equal(&goal->address, address))
            return goal;
    }
    return NULL;
}

static bool
leaves(const HdPlan *plan, const HdFramebuffer *framebuffer)
{
    return framebuffer->has_function && find_leaving(plan, &framebuffer->address) != NULL;
}

/* How many framebuffers of the host's go with the plan's cards; @ret_last: one of these cards. */
static guint
count_leaving(const HdDesktop *desktop, const HdPlan *plan, const HdPciAddress **ret_last)
{
    guint count = 0;
    for (guint i = 0; i < desktop->framebuffers->len; i++) {
        const HdFramebuffer *framebuffer = g_ptr_array_index(desktop->framebuffers, i);
        if (!leaves(plan, framebuffer))
            continue;
        *ret_last = &framebuffer->address;
        count++;
    }
    return count;
}

/* The card on which the console would lose its last screen; NULL: it has another, or is on none. */
static const HdPciAddress *
find_last_screen(const HdDesktop *desktop, const HdPlan *plan)
{
    const HdPciAddress *last = NULL;
    if (desktop->is_text_mode && desktop->has_boot_display &&
        find_leaving(plan, &desktop->boot_display) != NULL)
        return &desktop->boot_display;
    bool is_last = count_leaving(desktop, plan, &last) == desktop->framebuffers->len;
    return desktop->is_console_bound && is_last ? last : NULL;
}

/* What isn't open yet may be by the time that the units have stopped. */
static void
await_cards(const HdPlannerInput *input, HdPlan *plan)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        HdGoal *goal = g_ptr_array_index(plan->goals, i);
        HdPolicy policy = policy_for(input, &goal->address);
        if (goal->kind == HD_GOAL_PCI && hd_gpu_is_display(&goal->id) &&
            !hd_policy_allows(&policy, HD_RULE_PROCESS))
            goal->awaits_close = true;
    }
}

/* Units are stopped for a card that something has open, and for one that is the host's last screen:
   what is active and has not opened it yet is about to. Returns whether any is. */
static bool
add_units(const HdPlannerInput *input, HdPlan *plan)
{
    bool is_needed = find_last_screen(hd_host_desktop(input->host), plan) != NULL;
    for (guint i = 0; i < plan->goals->len; i++) {
        HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind != HD_GOAL_PCI)
            continue;
        goal->awaits_close = has_awaited_holder(input, hd_host_find(input->host, &goal->address));
        is_needed |= goal->awaits_close;
    }
    g_autoptr(GPtrArray) units = units_of(input);
    if (!is_needed || units->len == 0)
        return false;
    await_cards(input, plan);
    for (guint i = 0; i < units->len; i++)
        hd_plan_add_goal(plan, hd_goal_new_named(HD_GOAL_UNIT, g_ptr_array_index(units, i)));
    return true;
}

static void
release_console(const HdDesktop *desktop, const HdPciAddress *address, HdPlan *plan)
{
    if (desktop->is_text_mode)
        hd_plan_note(plan,
                     "%s: shows this host's console in VGA text mode, which nothing can release: "
                     "it stays dark until the host is restarted or a driver shows a picture",
                     hd_pci_address_text(address).text);
    else
        hd_plan_add_goal(plan, hd_goal_new_named(HD_GOAL_CONSOLE, NULL));
}

/* Stopping the host's desktop for the VM was allowed: then its console may go as well. */
static void
add_console(const HdPlannerInput *input, bool stops_units, HdPlan *plan)
{
    const HdDesktop *desktop = hd_host_desktop(input->host);
    const HdPciAddress *address = find_last_screen(desktop, plan), *any = NULL;
    if (address == NULL && desktop->is_console_bound && count_leaving(desktop, plan, &any) > 0) {
        HdGoal *goal = hd_goal_new_named(HD_GOAL_CONSOLE, NULL);
        goal->is_kept = true;
        hd_plan_add_goal(plan, goal);
    }
    if (address == NULL)
        return;
    HdPolicy policy = policy_for(input, address);
    if (stops_units || hd_policy_allows(&policy, HD_RULE_CONSOLE))
        release_console(desktop, address, plan);
    else
        hd_plan_refuse(plan, address, hd_rule_name(HD_RULE_CONSOLE),
                       g_strdup("shows this host's text console, which has no other screen"),
                       g_strdup("if you reach the host by network, say console=allow in "
                                "/etc/hostdevctl/hostdevctl.conf or in the VM's metadata"));
}

static void
add_screens(const HdPlannerInput *input, HdPlan *plan)
{
    const HdDesktop *desktop = hd_host_desktop(input->host);
    for (guint i = 0; i < desktop->framebuffers->len; i++) {
        const HdFramebuffer *framebuffer = g_ptr_array_index(desktop->framebuffers, i);
        if (framebuffer->platform == NULL || !leaves(plan, framebuffer))
            continue;
        HdGoal *goal = hd_goal_new_named(HD_GOAL_SCREEN, framebuffer->platform);
        goal->screen_driver = g_strdup(framebuffer->driver);
        goal->address = framebuffer->address;
        hd_plan_add_goal(plan, goal);
        hd_plan_note(plan,
                     "%s: its picture comes from the firmware's framebuffer %s; the kernel drops "
                     "that for good when the card leaves, so there is none afterwards until a "
                     "driver shows one or the host is restarted",
                     hd_pci_address_text(&framebuffer->address).text, framebuffer->platform);
    }
}

/* Whether another card stays on @driver: not one that another VM is just about to get. */
static bool
has_other_card(const HdPlannerInput *input, const char *driver, const HdPlan *plan)
{
    const HdDesktop *desktop = hd_host_desktop(input->host);
    for (guint i = 0; i < desktop->functions->len; i++) {
        const HdDesktopFunction *function = g_ptr_array_index(desktop->functions, i);
        if (g_str_equal(function->driver, driver) && find_leaving(plan, &function->address) == NULL)
            return true;
    }
    return false;
}

static bool
has_module_goal(const HdPlan *plan, const char *module)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        const HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind == HD_GOAL_MODULE && g_str_equal(goal->name, module))
            return true;
    }
    return false;
}

static void
add_module(const HdPlannerInput *input, const char *module, bool is_kept, HdPlan *plan)
{
    const HdDesktop *desktop = hd_host_desktop(input->host);
    /* One that another VM's start has unloaded is to be there again when this card is. */
    bool is_loaded = g_ptr_array_find_with_equal_func(desktop->modules, module, g_str_equal, NULL);
    if (!is_loaded || has_module_goal(plan, module))
        return;
    HdGoal *goal = hd_goal_new_named(HD_GOAL_MODULE, module);
    goal->is_kept = is_kept;
    hd_plan_add_goal(plan, goal);
    if (is_kept)
        hd_plan_note(plan,
                     "%s stays loaded for another card; a driver older than that of 2024 may not "
                     "let go of this one meanwhile",
                     module);
}

static void
add_modules(const HdPlannerInput *input, const HdGoal *function, HdPlan *plan)
{
    const HdGpuDriver *driver = hd_gpu_find_driver(function->before.driver);
    if (driver == NULL || *driver->dependants == NULL || !hd_goal_is_change(function))
        return;
    bool is_kept = has_other_card(input, driver->driver, plan);
    for (const char *const *module = driver->dependants; *module != NULL; module++)
        add_module(input, *module, is_kept, plan);
}

static void
note_card(const HdPlannerInput *input, const HdDevice *device, HdPlan *plan)
{
    const HdWish *wish = hd_request_find_pci(input->request, &device->address);
    const HdPciAddressText address = hd_pci_address_text(&device->address);
    bool is_display = hd_gpu_is_display(&device->id);
    /* What the VM's own reset method brings about is there before the VM is. */
    const char *method = wish != NULL && wish->tuning.reset_method != NULL
                             ? wish->tuning.reset_method
                             : device->reset_method;
    g_autofree char *warning = is_display ? hd_gpu_reset_warning(&device->id, method) : NULL;
    if (wish == NULL)
        hd_plan_note(
            plan,
            "%s: is a function (%s) of a graphics card that the VM has, but not in the VM; "
            "it goes along unused: add it as a host device",
            address.text, hd_gpu_function_name(&device->id));
    if (warning != NULL)
        hd_plan_note(plan, "%s: %s", address.text, warning);
}

static void
add_cards(const HdPlannerInput *input, HdPlan *plan)
{
    g_autoptr(GPtrArray) devices = hd_host_devices(input->host);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (hd_desktop_planner_has_card(input, &device->address) &&
            hd_plan_claims(plan, &device->address))
            note_card(input, device, plan);
    }
}

void
hd_desktop_planner_add(const HdPlannerInput *input, HdPlan *plan)
{
    bool has_desktop = hd_host_desktop(input->host) != NULL;
    bool stops_units = has_desktop && add_units(input, plan);
    if (has_desktop) {
        check_units(input, plan);
        add_console(input, stops_units, plan);
        add_screens(input, plan);
        add_cards(input, plan);
    }
    const guint functions = plan->goals->len;
    for (guint i = 0; i < functions; i++) {
        HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind != HD_GOAL_PCI)
            continue;
        if (has_desktop)
            add_modules(input, goal, plan);
        hd_tuning_planner_add(input, goal, plan);
    }
}
