/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a running VM has got by hot-plug, of which no hook is told, and its first owner is
 * about to give back: that would tear it out of the guest, or wait for it for ever.
 */
#include "hd-state-private.h"
#include "hd-vfio-user.h"

/* Whether @entry has something of the function @address (NULL: of any) to give back. */
static bool
is_left(const HdRecordGoal *entry, const HdPciAddress *address)
{
    const HdGoal *goal = entry->goal;
    return (goal->kind == HD_GOAL_PCI || goal->kind == HD_GOAL_VF || goal->kind == HD_GOAL_MAC ||
            goal->kind == HD_GOAL_SETTINGS) &&
           entry->step != HD_STEP_UNDONE &&
           (address == NULL || hd_pci_address_equal(&goal->address, address));
}

static bool
is_first_of_function(const HdRecord *record, guint number)
{
    const HdPciAddress *address = &hd_record_goal(record, number)->goal->address;
    for (guint i = 0; i < number; i++) {
        if (is_left(hd_record_goal(record, i), address))
            return false;
    }
    return true;
}

static void
mark_function(HdJournal *journal, guint first, const char *vm)
{
    const HdRecord *record = hd_journal_record(journal);
    const HdGoal *goal = hd_record_goal(record, first)->goal;
    g_autofree char *message =
        g_strdup_printf("%s is in use by %s", hd_goal_subject(goal).text, vm);
    for (guint i = first; i < record->goals->len; i++) {
        HdRecordGoal *entry = hd_record_goal(record, i);
        if (!is_left(entry, &goal->address))
            continue;
        entry->is_in_use = true;
        hd_journal_mark(journal, i, HD_STEP_FAILED, message);
    }
}

void
hd_state_mark_in_use(HdState *state, HdJournal *journal)
{
    const HdRecord *record = hd_journal_record(journal);
    const char *own = record->is_vm ? record->key : NULL;
    for (guint i = 0; i < record->goals->len; i++)
        hd_record_goal(record, i)->is_in_use = false;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (!is_left(entry, NULL) || !is_first_of_function(record, i))
            continue;
        g_autofree char *vm = hd_vfio_user_of_function(state->port, &entry->goal->address, own);
        if (vm != NULL)
            mark_function(journal, i, vm);
    }
}
