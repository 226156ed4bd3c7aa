/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Goals that may block, each in a worker process that holds its device's lock; what to note in the
 * journal when one ends, fails or comes late.
 */
#include "hd-workers.h"

#include <errno.h>

#include "hd-converge.h"
#include "hd-error.h"

#define LOOK_MS 50

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
    g_autofree char *path = g_strconcat(HD_PORT_DEVICE_LOCKS "/", name.text, NULL);
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

/* Whoever has sent the worker may have died before this moment, and others may have repaired what
   that one left behind: then the device is theirs. From here on they wait for its lock. */
static bool
is_still_wanted(HdPort *port, Task *task, GError **ret_error)
{
    if (!hd_port_is_abandoned(port))
        return true;
    hd_port_unlock(port, g_steal_pointer(&task->lock));
    return hd_error_set(ret_error, HD_ERROR_STUCK, "%s: nobody waits for its worker any more",
                        hd_goal_subject(task->goal).text);
}

static bool
work(HdPort *port, gpointer data, GError **ret_error)
{
    Task *task = data;
    HdConverged outcome;
    g_autoptr(GError) problem = NULL;
    if (lock_device(port, task, &problem) && is_still_wanted(port, task, &problem) &&
        hd_converge(port, task->goal, task->forward, &outcome, &problem))
        return true;
    task->is_foreign = hd_error_is(problem, HD_ERROR_TAKEN);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

/* They had to wait for the function. */
static void
put_back(HdPort *port, HdJournal *journal, HdGoalKind kind, const HdPciAddress *address)
{
    const HdRecord *record = hd_journal_record(journal);
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        HdConverged outcome;
        if (entry->goal->kind == kind && entry->step != HD_STEP_UNDONE &&
            hd_pci_address_equal(&entry->goal->address, address) &&
            hd_converge(port, entry->goal, false, &outcome, NULL))
            hd_journal_mark(journal, i, HD_STEP_UNDONE, NULL);
    }
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
    put_back(port, journal, HD_GOAL_MAC, &task->goal->address);
    put_back(port, journal, HD_GOAL_SETTINGS, &task->goal->address);
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
    else if (job->result == HD_JOB_LATE && task->goal->kind == HD_GOAL_UNIT)
        (void)hd_error_set(&error, HD_ERROR_STUCK,
                           "%s: systemd has not %s it within %u s (timeouts: unit)", name.text,
                           task->forward ? "stopped" : "started", deadline_ms / 1000);
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

/* How far the function itself has come; UNDONE when we don't move it. */
HdStep
hd_workers_step_of(const HdRecord *record, const HdPciAddress *address)
{
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->goal->kind == HD_GOAL_PCI &&
            hd_pci_address_equal(&entry->goal->address, address))
            return entry->step;
    }
    return HD_STEP_UNDONE;
}

static Task
task_for(const HdRecord *record, guint number, bool forward, guint deadline_ms)
{
    const HdRecordGoal *entry = hd_record_goal(record, number);
    /* A goal known to be stuck is only looked at: its worker will finish it. Who only looks whether
       it still is has the lock for a moment. */
    bool is_stuck = entry->step == HD_STEP_STUCK ||
                    hd_workers_step_of(record, &entry->goal->address) == HD_STEP_STUCK;
    return (Task){.goal = entry->goal,
                  .record = record,
                  .number = number,
                  .forward = forward,
                  .lock_wait_ms = is_stuck ? LOOK_MS : deadline_ms};
}

/* @count goals at once, each in a worker. */
bool
hd_workers_run(HdPort *port, HdJournal *journal, const guint *numbers, guint count, bool forward,
               guint deadline_ms, GError **ret_error)
{
    g_autofree Task *tasks = g_new0(Task, count + 1);
    g_autofree HdJob *jobs = g_new0(HdJob, count + 1);
    g_autoptr(GError) first = NULL;
    for (guint i = 0; i < count; i++) {
        tasks[i] = task_for(hd_journal_record(journal), numbers[i], forward, deadline_ms);
        jobs[i] = (HdJob){.work = work, .late = work_late, .data = &tasks[i]};
    }
    if (count > 0)
        hd_port_run_jobs(port, jobs, count, deadline_ms);
    for (guint i = 0; i < count; i++) {
        note_result(journal, &tasks[i], &jobs[i], deadline_ms, &first);
        g_free(jobs[i].message);
    }
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}
