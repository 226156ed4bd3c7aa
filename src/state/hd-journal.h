/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_JOURNAL_H
#define HD_JOURNAL_H

#include "hd-port.h"
#include "hd-record.h"

/**
 * HdJournal:
 * The locked journal of one owner: run/hostdevctl/vm/<key>. Whoever has it open is the
 * only one who changes that owner's devices.
 */
typedef struct HdJournal HdJournal;

/**
 * hd_journal_open:
 * @key: VM uuid or detach-<address>
 * @create: make it if there is none
 * @wait_ms: how long to wait for another process that has it open
 * @ret_journal: (transfer full): NULL, with true, when there is none and @create is false
 *
 * Returns: false on %HD_ERROR_LOCKED (still open elsewhere) or %HD_ERROR_STATE.
 */
bool hd_journal_open(HdPort *port, const char *key, bool create, guint wait_ms,
                     HdJournal **ret_journal, GError **ret_error);

/**
 * Unlocks. A journal that has nothing to give back is removed first. NULL is fine.
 */
void hd_journal_close(HdJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdJournal, hd_journal_close)

/** Returns: (transfer none): what the journal says now. */
HdRecord *hd_journal_record(HdJournal *journal);

/**
 * hd_journal_begin:
 * @record: (transfer full): whose opening is written, in one piece, and synced
 *
 * Returns: false on %HD_ERROR_STATE; then nothing may be changed on the host.
 */
bool hd_journal_begin(HdJournal *journal, HdRecord *record, GError **ret_error);

/**
 * Notes, on disk and in the record, that goal @number is at @step. A failure is only noted in
 * memory: the journal then says less than is true, which converging makes up for.
 */
void hd_journal_mark(HdJournal *journal, guint number, HdStep step, const char *message);

/** Marks all goals UNDONE: nothing of them is to be given back, or is left to be. */
void hd_journal_forget(HdJournal *journal);

/**
 * hd_journal_commit:
 * @helper: (nullable): until it ends the VM counts as starting, however long that takes
 *
 * Notes that prepare has succeeded, or, once more, that the VM is still on its way.
 *
 * Returns: false on %HD_ERROR_STATE.
 */
bool hd_journal_commit(HdJournal *journal, const HdProcess *helper, GError **ret_error);

/** Notes that giving back has begun. Returns: false on %HD_ERROR_STATE: others don't know of it. */
bool hd_journal_leave(HdJournal *journal, GError **ret_error);

/** @ret_keys: (transfer full) (element-type utf8): of all journals. Returns: false on
 * %HD_ERROR_STATE: who holds what can't be told. */
bool hd_journal_keys(HdPort *port, GPtrArray **ret_keys, GError **ret_error);

/**
 * hd_journal_peek:
 * @ret_record: (transfer full): what the journal @key says, read without its lock; NULL, with
 *   true, when there is none
 *
 * Returns: false on %HD_ERROR_STATE.
 */
bool hd_journal_peek(HdPort *port, const char *key, HdRecord **ret_record, GError **ret_error);

#endif
