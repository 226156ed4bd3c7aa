/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_APART_H
#define HD_APART_H

#include "hd-error.h"

/** HdApart: work on a stranger's text, for a process of its own. */
typedef struct {
    /** (nullable): what has to be opened first, with all that this process may do. */
    bool (*prepare)(gpointer data, GError **ret_error);
    /** Runs in the cage (hd-cage.h). What it appends to @reply comes back. */
    bool (*work)(gpointer data, GString *reply, GError **ret_error);
    gpointer data;
    const char *what; /* "the domain XML": cannot be read, if anything goes wrong */
    guint deadline_ms;
} HdApart;

/**
 * hd_apart_run:
 * @ret_reply: (transfer full): what work() has appended. The process that wrote it may have been
 *   taken over: believe nothing of it that has not been checked
 *
 * Runs prepare() and work() in a forked child that can do nothing but compute, and waits for it.
 * Its crash, hang, silence or babble is an error of ours and no more.
 *
 * Returns: false with the child's own words as %HD_ERROR_INPUT, or with what became of it.
 */
bool hd_apart_run(const HdApart *apart, GString **ret_reply, GError **ret_error);

#endif
