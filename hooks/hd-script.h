/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SCRIPT_H
#define HD_SCRIPT_H

#include <glib.h>
#include <stdbool.h>

#include "hd-hook-process.h"

/** HdScript: one call of a program that somebody else has written. All is borrowed. */
typedef struct {
    const char *path;           /* absolute; also its argv[0] */
    char *const *arguments;     /* what follows, NULL-terminated */
    const GString *input;       /* its stdin */
    const HdHookOrigin *origin; /* its environment, umask and limits */
} HdScript;

/**
 * hd_script_run:
 * Runs it and waits for its end, however long that takes: nobody knows how long it may. It finds
 * signals as they are by default, descriptors 0 to 2 and no other, and stdout leads nowhere. A file
 * that names no interpreter is a shell script, as shells have it.
 *
 * What it leaves in the background is not waited for, but loses stderr.
 *
 * Returns: whether it ended with status 0; else %HD_ERROR_REFUSED with how it ended, and after the
 * words "it said:" and a newline the end of what it wrote to stderr; %HD_ERROR_STATE if it could
 * not be started.
 */
bool hd_script_run(const HdScript *script, GError **ret_error);

#endif
