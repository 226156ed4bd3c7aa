/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between prepare and the moment when QEMU exists: nothing but the journal tells that the VM is on
 * its way, and libvirt writes to its VFs.
 */
#include "hd-apply.h"
#include "hd-state-private.h"

/* A VM that is given up, or that has nothing, gets no journal by this. */
static bool
renew(HdJournal *journal, const HdProcess *helper, GError **ret_error)
{
    const HdRecord *record = journal != NULL ? hd_journal_record(journal) : NULL;
    return record == NULL || !record->is_committed || record->is_leaving ||
           hd_journal_commit(journal, helper, ret_error);
}

bool
hd_state_keep(HdState *state, const char *key, guint64 helper, GError **ret_error)
{
    const HdProcess process = hd_process_find(state->port, helper);
    g_autoptr(HdJournal) journal = NULL;
    return hd_journal_open(state->port, key, false, hd_state_lock_ms(state), &journal, ret_error) &&
           renew(journal, &process, ret_error);
}

bool
hd_state_confirm(HdState *state, const char *key, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    bool has_any = false;
    if (!hd_journal_open(state->port, key, false, hd_state_lock_ms(state), &journal, ret_error) ||
        !renew(journal, NULL, ret_error))
        return false;
    const HdRecord *record = journal != NULL ? hd_journal_record(journal) : NULL;
    for (guint i = 0; record != NULL && i < record->goals->len; i++)
        has_any |= hd_record_goal(record, i)->goal->is_after_libvirt;
    return !has_any || hd_apply_network(state->port, journal, hd_state_device_ms(state), ret_error);
}

bool
hd_state_drop_leftovers(HdState *state, const char *key, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    return hd_journal_open(state->port, key, false, hd_state_lock_ms(state), &journal, ret_error) &&
           (journal == NULL || hd_state_clear_leftovers(state, journal, ret_error));
}
