/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The front of the hook, /etc/libvirt/hooks/qemu. Every VM start and stop of the host
 * passes through it, and hardly any has to do with us: those are let go after one look at
 * arguments and XML, with no library but C's. For the others the module with the hook
 * itself (qemu.c) is loaded, from one place that only root can write to.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "hd-hook-args.h"
#include "hd-hook-idle.h"
#include "hd-hook-main.h"
#include "hd-log-socket.h"
#include "hd-privileges.h"

/* hook-place tells a copy of this program from another's by these words. */
__attribute__((used)) static const char mark[] = "urn:hostdevctl:domain:1";

/* Nothing can be said about the VM's devices then: it must not start. */
__attribute__((format(printf, 2, 3))) static int
fail(const HdHookArgs *args, const char *format, ...)
{
    char sentence[1024];
    va_list words;
    va_start(words, format);
    (void)vsnprintf(sentence, sizeof sentence, format, words);
    va_end(words);
    hd_log_socket_say(HD_LOG_SOCKET_SYSLOG, LOG_ERR, sentence);
    (void)dprintf(STDERR_FILENO, "hostdevctl: %s\n", sentence);
    return hd_hook_args_failure(args);
}

int
main(int argc, char **argv)
{
    const HdHookArgs args = hd_hook_args_parse(argc, argv);
    /* A session daemon runs the same hook as an ordinary user, who can't give devices away. */
    if (geteuid() != 0 || hd_hook_idle_by_call(HD_HOOK_ROOT, argc, argv))
        return EXIT_SUCCESS;
    const HdHookStdin input = hd_hook_stdin_read(STDIN_FILENO);
    if (hd_hook_idle_by_xml(HD_HOOK_ROOT, argc, argv, &input))
        return EXIT_SUCCESS;
    HdHookOrigin origin;
    if (!hd_hook_process_secure(args.operation == HD_HOOK_MIGRATE ||
                                    args.operation == HD_HOOK_RESTORE,
                                HD_PRIVILEGES_HOOK, &origin))
        return fail(&args, "the hook can't make its process safe: %s", strerror(errno));
    void *module = dlopen(HD_HOOK_MODULE, RTLD_LAZY | RTLD_LOCAL);
    const HdHookMain *hook = module != NULL ? dlsym(module, HD_HOOK_MAIN_SYMBOL) : NULL;
    if (hook == NULL)
        return fail(&args, "the installation is not whole: %s; install hostdevctl again",
                    dlerror());
    return (*hook)(argc, argv, &input, &origin);
}
