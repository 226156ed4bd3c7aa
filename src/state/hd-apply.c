/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interpreter of plans. It knows the order of phases and which goals are due in each. How
 * goals that may block are run is hd-workers.c's business, what a goal means hd_converge()'s.
 */
#include "hd-apply.h"

#include "hd-converge.h"
#include "hd-error.h"
#include "hd-holders-await.h"
#include "hd-workers.h"

/* Goals of one phase are independent of each other, but for those of the host's desktop, which have
   an order; all but NODES may block. */
typedef enum {
    PHASE_DEVICES,
    PHASE_NETWORK, /* VF settings: written while the VF is off its host's driver */
    PHASE_MAC,     /* VF's own address: only when that driver has it back */
    PHASE_NODES,
    PHASE_PAGES, /* the first thing to do, since it is the most likely to fail, and the last to undo
                  */
    PHASE_UNITS, /* before anything is taken that they use */
    PHASE_CONSOLE,  /* the console first, then the framebuffers that it was on */
    PHASE_REMAINS,  /* a console that had its screen on a card, and has another */
    PHASE_MODULES,  /* when nothing shows a picture any more */
    PHASE_SETTINGS, /* before a device moves, and once more after: the move changes some */
    PHASE_NONE,
} Phase;

static Phase
phase_of(const HdGoal *goal)
{
    switch (goal->kind) {
    case HD_GOAL_PCI:
    case HD_GOAL_MDEV:
    case HD_GOAL_VGPU:
    case HD_GOAL_SRIOV:
        return PHASE_DEVICES;
    case HD_GOAL_VF:
        return PHASE_NETWORK;
    case HD_GOAL_MAC:
        return PHASE_MAC;
    case HD_GOAL_NODE:
        return PHASE_NODES;
    case HD_GOAL_PAGES:
        return PHASE_PAGES;
    case HD_GOAL_UNIT:
        return PHASE_UNITS;
    case HD_GOAL_CONSOLE:
        return goal->is_kept ? PHASE_REMAINS : PHASE_CONSOLE;
    case HD_GOAL_SCREEN:
        return PHASE_CONSOLE;
    case HD_GOAL_MODULE:
        return PHASE_MODULES;
    case HD_GOAL_SETTINGS:
        return PHASE_SETTINGS;
    case HD_GOAL_HOLD:
    case HD_GOAL_USB:
    case HD_GOAL_TTY:
        break;
    }
    return PHASE_NONE;
}

static bool
is_due(const HdRecord *record, const HdRecordGoal *entry, Phase phase, bool forward)
{
    if (phase_of(entry->goal) != phase)
        return false;
    /* What libvirt writes over is to be said even if it was so before. */
    if (forward)
        return hd_goal_is_change(entry->goal) ||
               (entry->goal->is_after_libvirt && entry->goal->vf_after.known != 0);
    /* A function that is not back yet has no interface to be given an address, and its attributes
       would change once more. */
    bool waits = (phase == PHASE_MAC || phase == PHASE_SETTINGS) &&
                 hd_workers_step_of(record, &entry->goal->address) != HD_STEP_UNDONE;
    return entry->step != HD_STEP_UNDONE && !entry->is_in_use && !waits;
}

/* Numbers of the goals of a phase that are due. */
static GArray *
find_due(const HdRecord *record, Phase phase, bool forward)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < record->goals->len; i++) {
        if (is_due(record, hd_record_goal(record, i), phase, forward))
            g_array_append_val(numbers, i);
    }
    return numbers;
}

/* All goals of a phase that are due, at once. */
static bool
run_phase(HdPort *port, HdJournal *journal, Phase phase, bool forward, guint deadline_ms,
          GError **ret_error)
{
    g_autoptr(GArray) due = find_due(hd_journal_record(journal), phase, forward);
    return hd_workers_run(port, journal, (const guint *)(gconstpointer)due->data, due->len, forward,
                          deadline_ms, ret_error);
}

/* One after the other: as planned, up to the first that fails; or, on the way back, all of them,
   from the last to the first. */
static bool
run_in_order(HdPort *port, HdJournal *journal, Phase phase, bool forward, guint deadline_ms,
             GError **ret_error)
{
    g_autoptr(GArray) due = find_due(hd_journal_record(journal), phase, forward);
    g_autoptr(GError) first = NULL;
    for (guint i = 0; i < due->len && (first == NULL || !forward); i++) {
        const guint *number = &g_array_index(due, guint, forward ? i : due->len - 1 - i);
        (void)hd_workers_run(port, journal, number, 1, forward, deadline_ms,
                             first == NULL ? &first : NULL);
    }
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}

/* What had the cards open was to end with the units. */
static bool
await_holders(HdPort *port, HdJournal *journal, guint deadline_ms, GError **ret_error)
{
    const HdRecord *record = hd_journal_record(journal);
    guint left_ms = deadline_ms;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdGoal *goal = hd_record_goal(record, i)->goal;
        if (goal->kind == HD_GOAL_PCI && goal->awaits_close &&
            !hd_holders_await(port, goal, &left_ms, ret_error))
            return false;
    }
    return true;
}

/* The host's own picture goes before the cards do. */
static bool
leave_desktop(HdPort *port, HdJournal *journal, const HdDeadlines *deadlines, GError **ret_error)
{
    return run_in_order(port, journal, PHASE_UNITS, true, deadlines->unit_ms, ret_error) &&
           await_holders(port, journal, deadlines->device_ms, ret_error) &&
           run_in_order(port, journal, PHASE_CONSOLE, true, deadlines->device_ms, ret_error) &&
           run_in_order(port, journal, PHASE_MODULES, true, deadlines->device_ms, ret_error);
}

/* Goals that are quick and need no worker. */
static bool
run_quick(HdPort *port, HdJournal *journal, guint number, bool forward, GError **ret_error)
{
    HdConverged outcome;
    const HdRecordGoal *entry = hd_record_goal(hd_journal_record(journal), number);
    g_autoptr(GError) error = NULL;
    if (hd_converge(port, entry->goal, forward, &outcome, &error)) {
        hd_journal_mark(journal, number, forward ? HD_STEP_DONE : HD_STEP_UNDONE, NULL);
        return true;
    }
    if (!forward)
        hd_journal_mark(journal, number, HD_STEP_FAILED, error->message);
    g_propagate_error(ret_error, g_steal_pointer(&error));
    return false;
}

bool
hd_apply_do(HdPort *port, HdJournal *journal, const HdDeadlines *deadlines, GError **ret_error)
{
    const Phase phases[] = {PHASE_SETTINGS, PHASE_DEVICES, PHASE_SETTINGS, PHASE_REMAINS,
                            PHASE_NETWORK};
    if (!run_phase(port, journal, PHASE_PAGES, true, deadlines->device_ms, ret_error) ||
        !leave_desktop(port, journal, deadlines, ret_error))
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(phases); i++) {
        if (!run_phase(port, journal, phases[i], true, deadlines->device_ms, ret_error))
            return false;
    }
    const HdRecord *record = hd_journal_record(journal);
    for (guint i = 0; i < record->goals->len; i++) {
        if (phase_of(hd_record_goal(record, i)->goal) == PHASE_NODES &&
            !run_quick(port, journal, i, true, ret_error))
            return false;
    }
    return true;
}

bool
hd_apply_network(HdPort *port, HdJournal *journal, guint deadline_ms, GError **ret_error)
{
    return run_phase(port, journal, PHASE_NETWORK, true, deadline_ms, ret_error);
}

static bool
is_shared(const HdGoal *goal, const GPtrArray *others)
{
    if (goal->kind != HD_GOAL_NODE)
        return false;
    if (goal->usb.bus != 0)
        return hd_claims_find_usb_node(others, goal, NULL) != NULL;
    return goal->node == HD_NODE_IOMMU && hd_claims_needs_node(others, HD_NODE_IOMMU);
}

static void
return_to_desktop(HdPort *port, HdJournal *journal, const HdDeadlines *deadlines, GError **first)
{
    const Phase phases[] = {PHASE_MODULES, PHASE_CONSOLE, PHASE_REMAINS, PHASE_UNITS};
    for (guint i = 0; i < G_N_ELEMENTS(phases); i++)
        (void)run_in_order(port, journal, phases[i], false,
                           phases[i] == PHASE_UNITS ? deadlines->unit_ms : deadlines->device_ms,
                           *first == NULL ? first : NULL);
}

static void
return_nodes(HdPort *port, HdJournal *journal, const GPtrArray *others, GError **first)
{
    const HdRecord *record = hd_journal_record(journal);
    for (guint i = record->goals->len; i-- > 0;) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        Phase phase = phase_of(entry->goal);
        if ((phase != PHASE_NODES && phase != PHASE_NONE) || entry->step == HD_STEP_UNDONE)
            continue;
        if (is_shared(entry->goal, others))
            hd_journal_mark(journal, i, HD_STEP_UNDONE, NULL);
        else
            (void)run_quick(port, journal, i, false, *first == NULL ? first : NULL);
    }
}

static void
tell_in_use(const HdRecord *record, GError **first)
{
    for (guint i = record->goals->len; i-- > 0 && *first == NULL;) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->is_in_use)
            (void)hd_error_set(first, HD_ERROR_REFUSED,
                               "%s; shut that VM down, then run 'hostdevctl reconcile'",
                               entry->message);
    }
}

bool
hd_apply_undo(HdPort *port, HdJournal *journal, const GPtrArray *others,
              const HdDeadlines *deadlines, GError **ret_error)
{
    const Phase phases[] = {PHASE_NETWORK, PHASE_DEVICES, PHASE_MAC, PHASE_SETTINGS};
    g_autoptr(GError) first = NULL;
    return_nodes(port, journal, others, &first);
    tell_in_use(hd_journal_record(journal), &first);
    for (guint i = 0; i < G_N_ELEMENTS(phases); i++)
        (void)run_phase(port, journal, phases[i], false, deadlines->device_ms,
                        first == NULL ? &first : NULL);
    return_to_desktop(port, journal, deadlines, &first);
    (void)run_phase(port, journal, PHASE_PAGES, false, deadlines->device_ms,
                    first == NULL ? &first : NULL);
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}
