/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * release, reattach, reconcile: the way back. It is driven by the journal alone
 * and touches only what that journal owns.
 */
#include "hd-state-private.h"

#include "hd-apply.h"
#include "hd-error.h"
#include "hd-index.h"
#include "hd-text.h"

bool
hd_state_refuse_held(const char *what, const HdClaim *claim, GError **ret_error)
{
    g_autofree char *how = hd_claim_describe(claim);
    return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s %s; %s", what, how,
                        hd_claim_remedy(claim));
}

bool
hd_state_check_goal(const HdGoal *goal, const GPtrArray *claims, const char *key,
                    GError **ret_error)
{
    const HdClaim *claim = hd_goal_is_about_mdev(goal)
                               ? hd_claims_find_mdev(claims, &goal->uuid, key)
                               : hd_claims_find_vm(claims, &goal->address, key);
    return claim == NULL || hd_state_refuse_held(hd_goal_subject(goal).text, claim, ret_error);
}

/* What a person has made or detached is given to VMs; from under one it is not taken back. */
static bool
check_unused(const HdRecord *record, const GPtrArray *others, GError **ret_error)
{
    for (guint i = 0; !record->is_vm && i < record->goals->len; i++) {
        const HdGoal *goal = hd_record_goal(record, i)->goal;
        /* Settings may be changed while a VM has the VF, and so they may be put back. */
        if (goal->kind != HD_GOAL_VF && !hd_state_check_goal(goal, others, record->key, ret_error))
            return false;
    }
    return true;
}

char *
hd_state_vf_net_key(const HdPciAddress *vf)
{
    return g_strconcat("vfnet-", hd_pci_address_text(vf).text, NULL);
}

void
hd_state_finish_settings(HdState *state, const HdPciAddress *vf)
{
    g_autofree char *key = hd_state_vf_net_key(vf);
    if (hd_port_exists(state->port, "run/hostdevctl/vm/%s", key))
        (void)hd_state_release(state, key, NULL);
}

bool
hd_state_refuse_damaged(const HdRecord *record, GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_STATE,
                        "the journal /run/hostdevctl/vm/%s of an earlier start is damaged; "
                        "look at it with cat, put the devices right, then remove it",
                        record->key);
}

/* Done after the VM's own, it would write what the VM had. */
static void
finish_all_settings(HdState *state, const HdRecord *record)
{
    for (guint i = 0; record->is_vm && i < record->goals->len; i++) {
        const HdGoal *goal = hd_record_goal(record, i)->goal;
        if (goal->kind == HD_GOAL_VF)
            hd_state_finish_settings(state, &goal->address);
    }
}

bool
hd_state_leave(HdState *state, HdJournal *journal, GError **ret_error)
{
    const HdRecord *record = hd_journal_record(journal);
    g_autofree char *name = hd_text_printable(record->name, 64);
    g_autoptr(GPtrArray) others = NULL;
    g_autoptr(GError) problem = NULL;
    if (record->boot_id == NULL)
        return hd_state_refuse_damaged(record, ret_error);
    /* Another boot has reset sysfs; its journal is history. */
    if (hd_boot_is_over(state->port, record)) {
        hd_journal_forget(journal);
        return true;
    }
    finish_all_settings(state, record);
    /* A VM's before the look at others: of two that end at once, one has to give back what both
       have. What can't be written down is given back nevertheless. */
    if (record->is_vm)
        (void)hd_journal_leave(journal, NULL);
    g_autoptr(GPtrArray) subjects = hd_index_subjects(record);
    if (!hd_state_claims_about(state, subjects, record->key, &others, ret_error) ||
        !check_unused(record, others, ret_error))
        return false;
    if (!record->is_vm)
        (void)hd_journal_leave(journal, NULL);
    hd_state_mark_in_use(state, journal);
    const HdDeadlines deadlines = hd_state_deadlines(state, record);
    if (hd_apply_undo(state->port, journal, others, &deadlines, &problem)) {
        hd_state_log_record(state, HD_EVENT_RETURNED, record, "gave back what '%s' held", name);
        return true;
    }
    hd_state_log_record(state, HD_EVENT_LEFT, record, "could not give back all that '%s' held: %s",
                        name, problem->message);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

bool
hd_state_release(HdState *state, const char *key, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    if (!hd_journal_open(state->port, key, false, hd_state_lock_ms(state), &journal, ret_error))
        return false;
    if (journal == NULL || !hd_journal_record(journal)->is_planned)
        return true;
    return hd_state_leave(state, journal, ret_error);
}

bool
hd_state_begin_leaving(HdState *state, HdJournal *journal, GError **ret_error)
{
    const HdRecord *record = hd_journal_record(journal);
    g_autoptr(GPtrArray) others = NULL;
    HdLock *lock = NULL;
    if (!hd_state_lock_host(state, &lock, ret_error))
        return false;
    bool may = hd_state_claims(state, record->key, &others, ret_error) &&
               check_unused(record, others, ret_error) && hd_journal_leave(journal, ret_error);
    hd_port_unlock(state->port, lock);
    return may;
}

bool
hd_state_reattach(HdState *state, const HdPciAddress *address, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autofree char *key = g_strdup_printf("detach-%s", name.text);
    g_autoptr(HdJournal) journal = NULL;
    if (!hd_journal_open(state->port, key, false, hd_state_lock_ms(state), &journal, ret_error))
        return false;
    if (journal == NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "%s was not detached by hostdevctl; see 'hostdevctl status'",
                            name.text);
    return hd_state_begin_leaving(state, journal, ret_error) &&
           hd_state_leave(state, journal, ret_error);
}

bool
hd_state_reconcile_one(HdState *state, const char *key, HdReconciled *report, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    g_autoptr(GError) problem = NULL;
    report->key = g_strdup(key);
    if (!hd_journal_open(state->port, key, false, 0, &journal, &problem)) {
        report->is_busy = hd_error_is(problem, HD_ERROR_LOCKED);
        report->problem = g_strdup(problem->message);
        if (report->is_busy)
            return true;
        g_propagate_error(ret_error, g_steal_pointer(&problem));
        return false;
    }
    if (journal == NULL)
        return true;
    const HdRecord *record = hd_journal_record(journal);
    report->name = g_strdup(record->name);
    /* A committed device of a VM is given back only when the VM is dead; one whose prepare is not
       finished is an orphan, since we have got its lock. */
    report->liveness = hd_liveness(state->port, record);
    if (report->liveness == HD_VM_STARTING && !record->is_committed)
        report->liveness = HD_VM_DEAD;
    if (!record->is_planned || report->liveness != HD_VM_DEAD)
        return true;
    if (hd_state_leave(state, journal, &problem))
        return true;
    report->problem = g_strdup(problem->message);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

bool
hd_state_reconcile_key(HdState *state, const char *key, GError **ret_error)
{
    HdReconciled report = {0};
    bool done = hd_state_reconcile_one(state, key, &report, ret_error);
    g_free(report.key);
    g_free(report.name);
    g_free(report.problem);
    return done;
}

static void
free_report(gpointer data)
{
    HdReconciled *report = data;
    g_free(report->key);
    g_free(report->name);
    g_free(report->problem);
    g_free(report);
}

bool
hd_state_reconcile(HdState *state, GPtrArray **ret_reports, GError **ret_error)
{
    g_autoptr(GPtrArray) reports = g_ptr_array_new_with_free_func(free_report);
    g_autoptr(GPtrArray) keys = NULL;
    g_autoptr(GError) first = NULL;
    if (!hd_journal_keys(state->port, &keys, ret_error))
        return false;
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        HdReconciled *report = g_new0(HdReconciled, 1);
        (void)hd_state_reconcile_one(state, key, report, first == NULL ? &first : NULL);
        bool is_vm = g_uuid_string_is_valid(key);
        if (is_vm || report->liveness == HD_VM_DEAD || report->problem != NULL)
            g_ptr_array_add(reports, report);
        else
            free_report(report);
    }
    hd_state_sweep_index(state);
    *ret_reports = g_steal_pointer(&reports);
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}
