/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interpreter of plans. It knows three things: the order of phases, that
 * devices are independent of each other and may block, and what to note in the
 * journal when. What a goal means is hd_converge()'s business.
 */
#include "hd-apply.h"

#include <errno.h>

#include "hd-converge.h"
#include "hd-error.h"

/* How long a late worker waits for the journal, to note there that it has put its device back. */
#define LATE_WAIT_MS 60000

/* One device goal on its way, in a worker. */
typedef struct {
    const HdGoal *goal;
    const HdRecord *record;
    guint number;
    bool forward;
    guint lock_wait_ms;
    bool is_foreign; /* somebody else was first: nothing of ours is there */
    HdLock *lock;    /* held from the first look at the device until its worker ends */
} Task;

/* Whoever moves a device holds its lock, so that a late worker and a release never mix. */
static bool
lock_device(HdPort *port, Task *task, GError **ret_error)
{
    const HdGoalSubject name = hd_goal_subject(task->goal);
    g_autofree char *path = g_strdup_printf("run/hostdevctl/device/%s", name.text);
    int error = hd_port_lock(port, path, true, task->lock_wait_ms, &task->lock);
    if (error == 0)
        return true;
    if (error == EWOULDBLOCK)
        return hd_error_set(ret_error, HD_ERROR_STUCK,
                            task->goal->kind == HD_GOAL_PAGES
                                ? "%s: pages of that size are still being made for another VM"
                                : "%s: an earlier worker still waits for its driver to let go",
                            name.text);
    return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "lock /%s", path);
}

static bool
work(HdPort *port, gpointer data, GError **ret_error)
{
    Task *task = data;
    HdConverged outcome;
    g_autoptr(GError) problem = NULL;
    if (lock_device(port, task, &problem) &&
        hd_converge(port, task->goal, task->forward, &outcome, &problem))
        return true;
    task->is_foreign = hd_error_is(problem, HD_ERROR_TAKEN);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

/* The owner may have got a new journal meanwhile: only the one this task is from is marked. */
static void
mark_undone_late(HdPort *port, const Task *task)
{
    g_autoptr(HdJournal) journal = NULL;
    if (!hd_journal_open(port, task->record->key, false, LATE_WAIT_MS, &journal, NULL) ||
        journal == NULL || hd_journal_record(journal)->since != task->record->since)
        return;
    hd_journal_mark(journal, task->number, HD_STEP_UNDONE, NULL);
}

/* Nobody waits any more: put the device back, let others have it, and note it. */
static void
work_late(HdPort *port, gpointer data)
{
    Task *task = data;
    HdConverged outcome;
    if (task->lock == NULL)
        return;
    /* What somebody else has made is not ours to remove. */
    bool is_back = task->is_foreign || hd_converge(port, task->goal, false, &outcome, NULL);
    hd_port_unlock(port, g_steal_pointer(&task->lock));
    if (is_back)
        mark_undone_late(port, task);
}

static void
note_result(HdJournal *journal, const Task *task, const HdJob *job, guint deadline_ms,
            GError **ret_first)
{
    const HdGoalSubject name = hd_goal_subject(task->goal);
    HdStep done = task->forward ? HD_STEP_DONE : HD_STEP_UNDONE;
    g_autoptr(GError) error = NULL;
    if (job->result == HD_JOB_DONE) {
        hd_journal_mark(journal, task->number, done, NULL);
        return;
    }
    if (job->result == HD_JOB_LATE && task->goal->kind == HD_GOAL_PAGES)
        (void)hd_error_set(
            &error, HD_ERROR_STUCK,
            "%s: the kernel has not found the memory within %u s (worker pid %d gives "
            "back what it has when it can); allocate them at boot",
            name.text, deadline_ms / 1000, (int)job->worker);
    else if (job->result == HD_JOB_LATE)
        (void)hd_error_set(&error, HD_ERROR_STUCK,
                           "%s: the kernel has not let go of it within %u s (worker pid %d still "
                           "waits; it gives the device back when it can); see 'hostdevctl status'",
                           name.text, deadline_ms / 1000, (int)job->worker);
    else
        (void)hd_error_set(&error, job->code, "%s", job->message);
    bool is_stuck = hd_error_is(error, HD_ERROR_STUCK);
    if (hd_error_is(error, HD_ERROR_TAKEN))
        hd_journal_mark(journal, task->number, HD_STEP_UNDONE, NULL);
    else if (is_stuck || !task->forward)
        hd_journal_mark(journal, task->number, is_stuck ? HD_STEP_STUCK : HD_STEP_FAILED,
                        error->message);
    if (ret_first != NULL && *ret_first == NULL)
        *ret_first = g_steal_pointer(&error);
}

/* Goals of one phase are independent of each other; all but NODES may block. */
typedef enum {
    PHASE_DEVICES,
    PHASE_NETWORK, /* VF settings: written while the VF is off its host's driver */
    PHASE_MAC,     /* VF's own address: only when that driver has it back */
    PHASE_NODES,
    PHASE_PAGES, /* the first thing to do, since it is the most likely to fail, and the last to undo
                  */
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
    case HD_GOAL_HOLD:
    case HD_GOAL_USB:
    case HD_GOAL_TTY:
        break;
    }
    return PHASE_NONE;
}

/* How far the function itself has come; UNDONE when we don't move it. */
static HdStep
step_of_function(const HdRecord *record, const HdPciAddress *address)
{
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->goal->kind == HD_GOAL_PCI &&
            hd_pci_address_equal(&entry->goal->address, address))
            return entry->step;
    }
    return HD_STEP_UNDONE;
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
    /* A function that is not back yet has no interface to be given an address. */
    bool waits =
        phase == PHASE_MAC && step_of_function(record, &entry->goal->address) != HD_STEP_UNDONE;
    return entry->step != HD_STEP_UNDONE && !waits;
}

/* All goals of a phase that are due, at once. */
static bool
run_phase(HdPort *port, HdJournal *journal, Phase phase, bool forward, guint deadline_ms,
          GError **ret_error)
{
    const HdRecord *record = hd_journal_record(journal);
    g_autofree Task *tasks = g_new0(Task, record->goals->len + 1);
    g_autofree HdJob *jobs = g_new0(HdJob, record->goals->len + 1);
    g_autoptr(GError) first = NULL;
    gsize count = 0;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (!is_due(record, entry, phase, forward))
            continue;
        /* A goal known to be stuck is only looked at: its worker will finish it. */
        bool is_stuck = entry->step == HD_STEP_STUCK ||
                        step_of_function(record, &entry->goal->address) == HD_STEP_STUCK;
        guint wait_ms = is_stuck ? 0 : deadline_ms;
        tasks[count] = (Task){.goal = entry->goal,
                              .record = record,
                              .number = i,
                              .forward = forward,
                              .lock_wait_ms = wait_ms};
        jobs[count] = (HdJob){.work = work, .late = work_late, .data = &tasks[count]};
        count++;
    }
    if (count > 0)
        hd_port_run_jobs(port, jobs, count, deadline_ms);
    for (gsize i = 0; i < count; i++) {
        note_result(journal, &tasks[i], &jobs[i], deadline_ms, &first);
        g_free(jobs[i].message);
    }
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
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
hd_apply_do(HdPort *port, HdJournal *journal, guint deadline_ms, GError **ret_error)
{
    if (!run_phase(port, journal, PHASE_PAGES, true, deadline_ms, ret_error) ||
        !run_phase(port, journal, PHASE_DEVICES, true, deadline_ms, ret_error) ||
        !run_phase(port, journal, PHASE_NETWORK, true, deadline_ms, ret_error))
        return false;
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
    return goal->node == HD_NODE_IOMMU && hd_claims_find_node(others, HD_NODE_IOMMU, NULL) != NULL;
}

bool
hd_apply_undo(HdPort *port, HdJournal *journal, const GPtrArray *others, guint deadline_ms,
              GError **ret_error)
{
    const Phase phases[] = {PHASE_NETWORK, PHASE_DEVICES, PHASE_MAC, PHASE_PAGES};
    const HdRecord *record = hd_journal_record(journal);
    g_autoptr(GError) first = NULL;
    for (guint i = record->goals->len; i-- > 0;) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        Phase phase = phase_of(entry->goal);
        if ((phase != PHASE_NODES && phase != PHASE_NONE) || entry->step == HD_STEP_UNDONE)
            continue;
        if (is_shared(entry->goal, others))
            hd_journal_mark(journal, i, HD_STEP_UNDONE, NULL);
        else
            (void)run_quick(port, journal, i, false, first == NULL ? &first : NULL);
    }
    for (guint i = 0; i < G_N_ELEMENTS(phases); i++)
        (void)run_phase(port, journal, phases[i], false, deadline_ms,
                        first == NULL ? &first : NULL);
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}
