/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a running VM has got by hot-plug, of which no hook is told, and its first owner is
 * about to give back: that would tear it out of the guest, or wait for it for ever.
 */
#include "hd-state-private.h"
#include "hd-vfio-user.h"

static bool
is_of_function(const HdGoal *goal)
{
    return goal->kind == HD_GOAL_PCI || goal->kind == HD_GOAL_VF || goal->kind == HD_GOAL_MAC ||
           goal->kind == HD_GOAL_SETTINGS;
}

static const HdRecordGoal *
find_earlier(const HdRecord *record, guint number)
{
    const HdGoal *goal = hd_record_goal(record, number)->goal;
    for (guint i = 0; i < number; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (is_of_function(entry->goal) && entry->step != HD_STEP_UNDONE &&
            hd_pci_address_equal(&entry->goal->address, &goal->address))
            return entry;
    }
    return NULL;
}

void
hd_state_mark_in_use(HdState *state, HdJournal *journal)
{
    const HdRecord *record = hd_journal_record(journal);
    const char *own = record->is_vm ? record->key : NULL;
    for (guint i = 0; i < record->goals->len; i++) {
        HdRecordGoal *entry = hd_record_goal(record, i);
        entry->is_in_use = false;
        if (!is_of_function(entry->goal) || entry->step == HD_STEP_UNDONE)
            continue;
        const HdRecordGoal *earlier = find_earlier(record, i);
        g_autofree char *vm =
            earlier == NULL ? hd_vfio_user_of_function(state->port, &entry->goal->address, own)
                            : NULL;
        g_autofree char *message =
            vm != NULL
                ? g_strdup_printf("%s is in use by %s", hd_goal_subject(entry->goal).text, vm)
                : NULL;
        if (message == NULL && (earlier == NULL || !earlier->is_in_use))
            continue;
        entry->is_in_use = true;
        hd_journal_mark(journal, i, HD_STEP_FAILED, message != NULL ? message : earlier->message);
    }
}
