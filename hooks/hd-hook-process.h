/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_PROCESS_H
#define HD_HOOK_PROCESS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/** HdHookOrigin: what the process was given, for programs of others that are to find the same. */
typedef struct {
    char **environment; /* (nullable): copied; lasts as long as the process */
    mode_t mask;
    struct rlimit core;
} HdHookOrigin;

/**
 * hd_hook_process_secure:
 * @with_stdout: stdout stays; else it leads nowhere, since libvirt would take it for XML
 * @ret_origin: (nullable): how it was before; set in any case
 *
 * Makes a process that runs as root on behalf of others safe: descriptors 0 to 2 exist and no
 * other is inherited, the environment is empty but for PATH and the locale, no core is dumped,
 * and of the polite signals none ends it halfway.
 *
 * Returns: false when that can't be had.
 */
bool hd_hook_process_secure(bool with_stdout, HdHookOrigin *ret_origin);

#endif
