/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_WORKERS_H
#define HD_WORKERS_H

#include "hd-journal.h"

/** Returns: how far the function at @address itself has come; UNDONE when the record doesn't move
 * it. */
HdStep hd_workers_step_of(const HdRecord *record, const HdPciAddress *address);

/**
 * hd_workers_run:
 * @numbers: of @count goals of the journal
 * @forward: to what they are to be; else back to what they were
 * @deadline_ms: for all of them; one that isn't there by then is marked STUCK, and its worker puts
 *   it back by itself when it can
 *
 * Brings the goals there, all at once, each in a worker, and marks them in the journal.
 *
 * Returns: false with the first goal's error. (see hd_apply_do())
 */
bool hd_workers_run(HdPort *port, HdJournal *journal, const guint *numbers, guint count,
                    bool forward, guint deadline_ms, GError **ret_error);

#endif
