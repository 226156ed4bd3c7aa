/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which calls of libvirt are for us. started, stopped, reconnect and attach are
 * answered with silence: prepare and release do it all, and a failure of reconnect
 * would kill a running VM.
 */
#include "hd-hook-args.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *sub;
    HdHookOperation operation;
} operations[] = {
    {"prepare", "begin", HD_HOOK_PREPARE}, {"start", "begin", HD_HOOK_START},
    {"migrate", "begin", HD_HOOK_MIGRATE}, {"restore", "begin", HD_HOOK_RESTORE},
    {"release", "end", HD_HOOK_RELEASE},
};

static bool
is_heard(const char *word)
{
    return strcmp(word, "release") != 0 && strcmp(word, "stopped") != 0 &&
           strcmp(word, "reconnect") != 0;
}

HdHookArgs
hd_hook_args_parse(int argc, char *const *argv)
{
    HdHookArgs args = {HD_HOOK_IGNORE, "", "", false};
    if (argc < 4)
        return args;
    args.name = argv[1];
    args.word = argv[2];
    args.is_heard = is_heard(args.word);
    for (unsigned int i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(argv[2], operations[i].word) == 0 && strcmp(argv[3], operations[i].sub) == 0)
            args.operation = operations[i].operation;
    }
    return args;
}

int
hd_hook_args_failure(const HdHookArgs *args)
{
    return args->is_heard && args->operation != HD_HOOK_RESTORE ? EXIT_FAILURE : EXIT_SUCCESS;
}
