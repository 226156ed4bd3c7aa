/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hook, /etc/libvirt/hooks/qemu: makes the process safe, then runs one call. It
 * runs as root inside every VM start, obeys no environment variable, prints nothing on
 * stdout (libvirt would take it for XML) and one line on stderr when it refuses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "hd-hook-args.h"
#include "hd-hook-process.h"
#include "hd-hook.h"
#include "hd-port-real.h"

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
    if (!hd_hook_process_secure(false))
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
