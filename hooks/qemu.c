/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hook, /etc/libvirt/hooks/qemu: makes the process safe, then runs one call. It
 * runs as root inside every VM start, obeys no environment variable, prints nothing on
 * stdout (libvirt would take it for XML) and one line on stderr when it refuses.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "hd-hook-args.h"
#include "hd-hook.h"
#include "hd-port-real.h"

/* Descriptors 0 to 2 exist, whoever called us; 1 leads nowhere. */
static bool
secure_descriptors(void)
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
    return dup2(null, STDOUT_FILENO) >= 0;
}

static bool
secure_process(void)
{
    const struct rlimit no_core = {0, 0};
    /* A half-done start is worse than one that ends a little later: only SIGKILL stops us. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)umask(077);
    return clearenv() == 0 && setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) == 0 &&
           setenv("LC_ALL", "C", 1) == 0 && chdir("/") == 0 &&
           setrlimit(RLIMIT_CORE, &no_core) == 0;
}

static void
log_to_system(const char *message, gpointer data)
{
    (void)data;
    syslog(LOG_INFO, "%s", message);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *message = NULL;
    const HdHookOperation operation = hd_hook_args_parse(argc, argv).operation;
    /* A session daemon runs the same hook as an ordinary user, who can't give devices away. */
    if (operation == HD_HOOK_IGNORE || geteuid() != 0)
        return EXIT_SUCCESS;
    const int failure = operation == HD_HOOK_RELEASE ? EXIT_SUCCESS : EXIT_FAILURE;
    if (!secure_descriptors() || !secure_process())
        return failure;
    openlog("hostdevctl", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    HdPort *port = hd_port_real_new("/", &error);
    int status = failure;
    if (port != NULL)
        status = hd_hook_run(port, argc, argv, STDIN_FILENO, (guint64)getppid(), log_to_system,
                             &message);
    if (port == NULL || message != NULL)
        (void)fprintf(stderr, "hostdevctl: %s\n", port == NULL ? error->message : message);
    hd_port_real_free(port);
    return status;
}
