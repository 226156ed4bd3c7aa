/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_PROCESS_H
#define HD_HOOK_PROCESS_H

/* For the hook's front too: the C library is all that this needs. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/** Limits that are set: core, memory, descriptors, size of files. */
#define HD_HOOK_LIMITS 4

/** HdHookOrigin: what the process was given, for programs of others that are to find the same. */
typedef struct {
    char **environment; /* lasts as long as the process */
    mode_t mask;
    struct rlimit limits[HD_HOOK_LIMITS];
} HdHookOrigin;

/**
 * hd_hook_process_secure:
 * @with_stdout: stdout stays; else it leads nowhere, since libvirt would take it for XML
 * @privileges: the capabilities that it keeps (hd-privileges.h)
 * @ret_origin: how it was before; set in any case
 *
 * Makes a process that runs as root on behalf of others safe, in the hook before any library but
 * C's is loaded: descriptors 0 to 2 exist and no other is inherited, the environment is empty but
 * for PATH and the locale, no core is dumped, memory, files and descriptors have a limit, of the
 * polite signals none ends it halfway, and nobody else's process can trace it.
 *
 * Returns: false when that can't be had.
 */
bool hd_hook_process_secure(bool with_stdout, uint64_t privileges, HdHookOrigin *ret_origin);

/** Puts umask and limits back to what @origin says: in a child that is to become another program.
 */
void hd_hook_process_restore(const HdHookOrigin *origin);

#endif
