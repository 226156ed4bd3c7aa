/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which calls of libvirt are for us. start, started, stopped, reconnect, attach,
 * migrate and restore are answered with silence: the first four because prepare and
 * release do it all, reconnect because a failure there would kill a running VM,
 * migrate and restore because what they print replaces the VM's XML.
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
    else if (strcmp(argv[2], "release") == 0 && strcmp(argv[3], "end") == 0)
        args.operation = HD_HOOK_RELEASE;
    return args;
}
