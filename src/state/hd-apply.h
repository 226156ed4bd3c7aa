/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_APPLY_H
#define HD_APPLY_H

#include "hd-journal.h"

/** HdDeadlines: how long one step may take. */
typedef struct {
    guint device_ms; /* of the kernel */
    guint unit_ms;   /* of systemd, for one unit */
} HdDeadlines;

/**
 * hd_apply_do:
 * Reaches every goal of the journal: huge pages; what leaves the host's desktop, one after the
 * other (units, then the console and its framebuffers, then modules); attributes of functions; all
 * devices at once, each in a worker; attributes once more; then what PFs are to be told, likewise;
 * then nodes.
 * Marks each in the journal. Stops at the first phase that fails; undoing is the caller's.
 *
 * @deadlines: for each phase; a device that isn't there by then is marked STUCK
 *
 * Returns: false with the first goal's error: %HD_ERROR_KERNEL, %HD_ERROR_STUCK, %HD_ERROR_TAKEN
 * or, of huge pages, %HD_ERROR_REFUSED.
 */
bool hd_apply_do(HdPort *port, HdJournal *journal, const HdDeadlines *deadlines,
                 GError **ret_error);

/** Says once more what PFs are to be told: libvirt may have written over it. Errors as above. */
bool hd_apply_network(HdPort *port, HdJournal *journal, guint deadline_ms, GError **ret_error);

/**
 * hd_apply_undo:
 * Gives back every goal that isn't undone yet: nodes first, then VF settings, devices, and MAC
 * addresses and attributes of devices that are back, the desktop in reverse order, then huge pages;
 * all of a kind at once but for the desktop. Goes on after a
 * failure; what can't be given back stays in the journal, marked FAILED or STUCK. A shared node
 * that @others use too is left to them.
 *
 * @others: (element-type HdClaim): claims of other owners
 *
 * Returns: false with the first error when something is left.
 */
bool hd_apply_undo(HdPort *port, HdJournal *journal, const GPtrArray *others,
                   const HdDeadlines *deadlines, GError **ret_error);

#endif
