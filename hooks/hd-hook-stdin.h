/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_STDIN_H
#define HD_HOOK_STDIN_H

/* For the hook's front too: the C library is all that this needs. */

#include <stddef.h>

/** HdHookStdin: what came in on stdin, or why it did not. */
typedef struct {
    char *bytes; /* (nullable): not terminated; lasts as long as the process, or free() */
    size_t length;
    int error; /* 0: that is all of it; ETIMEDOUT, EFBIG or the errno of the reading */
} HdHookStdin;

/** Reads @fd to its end, but at most 8 MiB and at most 10 s. */
HdHookStdin hd_hook_stdin_read(int fd);

#endif
