/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_MAIN_H
#define HD_HOOK_MAIN_H

#include "hd-hook-process.h"
#include "hd-hook-stdin.h"

/**
 * HdHookMain:
 * @argc, @argv: as libvirt calls the hook
 * @input: what was read from stdin
 * @origin: what the process was given, before it was made safe
 *
 * All of the hook that its front (front.c) can't do: in a module, so that it costs nothing where
 * there is nothing to do.
 *
 * Returns: the exit status.
 */
typedef int (*HdHookMain)(int argc, char **argv, const HdHookStdin *input,
                          const HdHookOrigin *origin);

/** What the module is asked for: the name of its HdHookMain. Another type is another name. */
#define HD_HOOK_MAIN_SYMBOL "hd_hook_run_call"

#endif
