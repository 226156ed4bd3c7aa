/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_H
#define HD_HOOK_H

#include <glib.h>

#include "hd-hook-process.h"
#include "hd-hook-stdin.h"
#include "hd-port.h"
#include "hd-replay.h"
#include "hd-state.h"

/** HdHookCall: one call by libvirt; all is borrowed. */
typedef struct {
    int argc;
    char *const *argv;
    const HdHookStdin *input;   /* the domain XML, or why there is none */
    guint64 caller;             /* pid of libvirt's daemon */
    HdEventLog log;             /* (nullable): gets what is done */
    const HdReplay *theirs;     /* (nullable): the user's scripts for this call */
    const HdHookOrigin *origin; /* (nullable) without theirs: what those are to find */
} HdHookCall;

/**
 * hd_hook_run:
 * @port: kernel and disk
 * @ret_output: (transfer full) (nullable): what to print on stdout: the XML of a VM that arrives
 *   and gets other devices here; set only when the result is 0
 * @ret_message: (transfer full) (nullable): what to say on stderr; set only when the result is 1
 *
 * The user's scripts come first, and when one fails nothing of ours is done; at 'release' they
 * come last.
 *
 * Returns: the exit status: 0, or 1 when the VM must not start.
 */
int hd_hook_run(HdPort *port, const HdHookCall *call, GString **ret_output, char **ret_message);

#endif
