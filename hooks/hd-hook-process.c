/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the hook and the callout inherit from whoever called them, put right before
 * anything else is done.
 */
#include "hd-hook-process.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
secure_descriptors(bool with_stdout)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (null >= 0 && null <= STDERR_FILENO)
        null = fcntl(null, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (null < 0)
        return false;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && dup2(null, fd) < 0)
            return false;
    }
    /* Kernels before 5.9 can't; workers close what they inherit anyway. */
    (void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    return with_stdout || dup2(null, STDOUT_FILENO) >= 0;
}

bool
hd_hook_process_secure(bool with_stdout, HdHookOrigin *ret_origin)
{
    const struct rlimit no_core = {0, 0};
    HdHookOrigin origin = {0};
    (void)getrlimit(RLIMIT_CORE, &origin.core);
    /* A half-done start is worse than one that ends a little later: only SIGKILL stops us. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    origin.mask = umask(077);
    if (ret_origin != NULL) {
        origin.environment = g_get_environ();
        *ret_origin = origin;
    }
    return secure_descriptors(with_stdout) && clearenv() == 0 &&
           setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) == 0 &&
           setenv("LC_ALL", "C", 1) == 0 && chdir("/") == 0 &&
           setrlimit(RLIMIT_CORE, &no_core) == 0;
}
