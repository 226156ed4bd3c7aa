/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Journals on disk. They live in /run, so that a reboot resets them together with
 * sysfs; intents are synced before the first write to the kernel.
 */
#include "hd-journal.h"

#include <errno.h>

#include "hd-error.h"
#include "hd-index.h"
#include "hd-liveness.h"

#define FOLDER "run/hostdevctl/vm"

struct HdJournal {
    HdPort *port;
    char *path;
    HdLock *lock;
    HdRecord *record;
    GPtrArray *hints; /* subjects of its claims, also of earlier ones (hd-index.h) */
    bool is_behind;   /* a step could not be written: on disk it claims more than is held */
};

static char *
journal_path(const char *key)
{
    return g_strdup_printf(FOLDER "/%s", key);
}

static bool
read_record(HdPort *port, const char *key, HdRecord **ret_record, bool *ret_is_torn,
            GError **ret_error)
{
    g_autofree char *text = NULL;
    int error = hd_port_read(port, &text, FOLDER "/%s", key);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error,
                                  "read the journal /" FOLDER "/%s", key);
    *ret_record = hd_record_parse(key, text);
    /* hd_port_read() takes one newline off, so a second one or none can't be told apart: an empty
       line more does no harm. */
    *ret_is_torn = *text != '\0';
    return true;
}

static bool
append(HdJournal *journal, const char *text, GError **ret_error)
{
    int error = hd_port_append(journal->port, journal->path, text);
    if (error == 0)
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "write the journal /%s",
                              journal->path);
}

static void
take_hints(HdJournal *journal)
{
    g_autoptr(GPtrArray) more = hd_index_subjects(journal->record);
    for (guint i = 0; i < more->len; i++) {
        const char *subject = g_ptr_array_index(more, i);
        if (!g_ptr_array_find_with_equal_func(journal->hints, subject, g_str_equal, NULL))
            g_ptr_array_add(journal->hints, g_strdup(subject));
    }
}

bool
hd_journal_open(HdPort *port, const char *key, bool create, guint wait_ms, HdJournal **ret_journal,
                GError **ret_error)
{
    g_autoptr(HdJournal) journal = g_new0(HdJournal, 1);
    journal->port = port;
    journal->path = journal_path(key);
    journal->hints = g_ptr_array_new_with_free_func(g_free);
    int error = hd_port_lock(port, journal->path, create, wait_ms, &journal->lock);
    if (error == ENOENT && !create) {
        *ret_journal = NULL;
        return true;
    }
    if (error == EWOULDBLOCK)
        return hd_error_set(ret_error, HD_ERROR_LOCKED,
                            "another hostdevctl is working for this VM (journal /%s); try again "
                            "when it has ended",
                            journal->path);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "open the journal /%s",
                                  journal->path);
    bool may_be_torn = false;
    if (!read_record(port, key, &journal->record, &may_be_torn, ret_error) ||
        (may_be_torn && !append(journal, "\n", ret_error)))
        return false;
    take_hints(journal);
    *ret_journal = g_steal_pointer(&journal);
    return true;
}

/* What is said to be claimed must be found: hints may only go when the journal on disk is clear.
   Where that can't be, they are left over. */
static void
catch_up(HdJournal *journal)
{
    g_autoptr(GString) text = g_string_new("\n"); /* after half a line, maybe */
    for (guint i = 0; i < journal->record->goals->len; i++) {
        g_autofree char *line = hd_record_format_step(i, HD_STEP_UNDONE, NULL);
        g_string_append(text, line);
    }
    journal->is_behind = !append(journal, text->str, NULL);
}

static void
remove_all(HdJournal *journal)
{
    if (journal->is_behind)
        catch_up(journal);
    /* In this order: whoever makes the file anew may add hints at once. */
    if (!journal->is_behind)
        hd_index_remove(journal->port, journal->hints, journal->record->key);
    (void)hd_port_remove(journal->port, journal->path);
}

void
hd_journal_close(HdJournal *journal)
{
    if (journal == NULL)
        return;
    const HdRecord *record = journal->record;
    if (record != NULL && (!record->is_planned || hd_record_is_clear(record)))
        remove_all(journal);
    hd_port_unlock(journal->port, journal->lock);
    hd_record_free(journal->record);
    g_ptr_array_unref(journal->hints);
    g_free(journal->path);
    g_free(journal);
}

HdRecord *
hd_journal_record(HdJournal *journal)
{
    return journal->record;
}

bool
hd_journal_begin(HdJournal *journal, HdRecord *record, GError **ret_error)
{
    g_autofree char *text = hd_record_format_opening(record);
    hd_record_free(journal->record);
    journal->record = record;
    take_hints(journal);
    int error = hd_index_add(journal->port, journal->hints, record->key);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error,
                                  "note the claims of the journal /%s", journal->path);
    /* Set only after the append: a failed one leaves a journal that close() removes. */
    if (!append(journal, text, ret_error))
        return false;
    record->is_planned = true;
    return true;
}

void
hd_journal_mark(HdJournal *journal, guint number, HdStep step, const char *message)
{
    HdRecordGoal *entry = hd_record_goal(journal->record, number);
    g_autofree char *text = hd_record_format_step(number, step, message);
    entry->step = step;
    g_free(entry->message);
    entry->message = g_strdup(message);
    journal->is_behind |= !append(journal, text, NULL);
}

void
hd_journal_forget(HdJournal *journal)
{
    for (guint i = 0; i < journal->record->goals->len; i++)
        hd_journal_mark(journal, i, HD_STEP_UNDONE, NULL);
}

bool
hd_journal_commit(HdJournal *journal, const HdProcess *helper, GError **ret_error)
{
    const HdProcess none = {0, 0};
    HdRecord *record = journal->record;
    record->uptime = hd_uptime(journal->port);
    record->helper = helper != NULL ? *helper : none;
    g_autofree char *text = hd_record_format_commit(record);
    if (!append(journal, text, ret_error))
        return false;
    return record->is_committed = true;
}

bool
hd_journal_leave(HdJournal *journal, GError **ret_error)
{
    g_autofree char *text = hd_record_format_leave();
    journal->record->is_leaving = true;
    return append(journal, text, ret_error);
}

bool
hd_journal_keys(HdPort *port, GPtrArray **ret_keys, GError **ret_error)
{
    GPtrArray *keys = NULL;
    int error = hd_port_list(port, &keys, FOLDER);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error,
                                  "list the journals in /" FOLDER);
    *ret_keys = keys != NULL ? keys : g_ptr_array_new_with_free_func(g_free);
    return true;
}

bool
hd_journal_peek(HdPort *port, const char *key, HdRecord **ret_record, GError **ret_error)
{
    g_autofree char *text = NULL;
    int error = hd_port_read(port, &text, FOLDER "/%s", key);
    /* What its owner may have begun since then has no goals yet, or was not to be seen here. */
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error,
                                  "read the journal /" FOLDER "/%s", key);
    *ret_record = error == 0 ? hd_record_parse(key, text) : NULL;
    return true;
}
