/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the hook and the callout inherit from whoever called them, put right before
 * anything else is done: GLib looks at the environment as soon as it is loaded.
 */
#include "hd-hook-process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-descriptors.h"
#include "hd-limits.h"
#include "hd-privileges.h"

/* One for the worker of each of a VM's 1,024 devices, and more than enough besides. */
#define MAX_DESCRIPTORS 4096
#define MAX_FILE_BYTES  (16 << 20)

static const __rlimit_resource_t resources[HD_HOOK_LIMITS] = {RLIMIT_CORE, RLIMIT_AS, RLIMIT_NOFILE,
                                                              RLIMIT_FSIZE};

static bool
secure_descriptors(bool with_stdout)
{
    if (!hd_descriptors_fill_standard() ||
        (!with_stdout && !hd_descriptors_silence(STDOUT_FILENO, STDOUT_FILENO)))
        return false;
    /* Kernels before 5.9 can't; workers close what they inherit anyway. */
    (void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    return true;
}

/* A half-done start is worse than one that ends a little later: only SIGKILL stops us. A file that
   gets too long is an error, not an end. */
static void
secure_signals(void)
{
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGTERM, SIGINT, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        (void)signal(ignored[i], SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
}

/* Only the soft ones: scripts of the user's get theirs back without any privilege. */
static bool
secure_limits(HdHookOrigin *origin)
{
    const rlim_t wanted[HD_HOOK_LIMITS] = {0, hd_limits_mapped() + HD_LIMITS_MEMORY,
                                           MAX_DESCRIPTORS, MAX_FILE_BYTES};
    for (size_t i = 0; i < HD_HOOK_LIMITS; i++) {
        struct rlimit *old = &origin->limits[i];
        if (getrlimit(resources[i], old) != 0)
            return false;
        const rlim_t soft = wanted[i] < old->rlim_max ? wanted[i] : old->rlim_max;
        const struct rlimit now = {soft, old->rlim_max};
        if (setrlimit(resources[i], &now) != 0)
            return false;
    }
    return true;
}

bool
hd_hook_process_secure(bool with_stdout, uint64_t privileges, HdHookOrigin *ret_origin)
{
    static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C";
    static char *clean[] = {path, locale, NULL};
    *ret_origin = (HdHookOrigin){.environment = environ, .mask = umask(077)};
    environ = clean;
    secure_signals();
    /* A security policy may forbid even that; it then holds us itself. */
    (void)hd_privileges_keep(privileges);
    return secure_descriptors(with_stdout) && secure_limits(ret_origin) && chdir("/") == 0 &&
           prctl(PR_SET_DUMPABLE, 0) == 0;
}

void
hd_hook_process_restore(const HdHookOrigin *origin)
{
    (void)umask(origin->mask);
    for (size_t i = 0; i < HD_HOOK_LIMITS; i++)
        (void)setrlimit(resources[i], &origin->limits[i]);
}
