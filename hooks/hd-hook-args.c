/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which calls of libvirt are for us. started, stopped, reconnect and attach are
 * answered with silence: prepare and release do it all, and a failure of reconnect
 * would kill a running VM.
 */
#include "hd-hook-args.h"

#include <string.h>

HdHookArgs
hd_hook_args_parse(int argc, char *const *argv)
{
    HdHookArgs args = {HD_HOOK_IGNORE, "", "-"};
    if (argc < 4)
        return args;
    args.name = argv[1];
    if (argc > 4)
        args.reason = argv[4];
    if (strcmp(argv[2], "prepare") == 0 && strcmp(argv[3], "begin") == 0)
        args.operation = HD_HOOK_PREPARE;
    else if (strcmp(argv[2], "start") == 0 && strcmp(argv[3], "begin") == 0)
        args.operation = HD_HOOK_START;
    else if (strcmp(argv[2], "migrate") == 0 && strcmp(argv[3], "begin") == 0)
        args.operation = HD_HOOK_MIGRATE;
    else if (strcmp(argv[2], "restore") == 0 && strcmp(argv[3], "begin") == 0)
        args.operation = HD_HOOK_RESTORE;
    else if (strcmp(argv[2], "release") == 0 && strcmp(argv[3], "end") == 0)
        args.operation = HD_HOOK_RELEASE;
    return args;
}
