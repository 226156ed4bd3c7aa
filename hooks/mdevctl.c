/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mdevctl's callout and notifier, one small program for both: keeps mdevctl, and with it
 * libvirt's node devices, from taking a mediated device away from a VM.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "hd-callout.h"
#include "hd-hook-process.h"
#include "hd-port-real.h"
#include "hd-privileges.h"
#include "hd-system-log.h"

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *output = NULL;
    g_autofree char *message = NULL;
    HdHookOrigin origin;
    /* It starts no program, so none can give it back what it gives up. */
    if (!hd_hook_process_secure(true, HD_PRIVILEGES_CALLOUT, &origin) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return HD_CALLOUT_PASS;
    hd_callout_drain(STDIN_FILENO);
    HdPort *port = hd_port_real_new(HD_HOOK_ROOT "/", &error);
    if (port == NULL)
        return HD_CALLOUT_PASS;
    int status = hd_callout_run(port, argc, argv, hd_system_log, &output, &message);
    if (output != NULL)
        (void)fputs(output, stdout);
    if (message != NULL)
        (void)fprintf(stderr, "hostdevctl: %s\n", message);
    hd_port_real_free(port);
    return status;
}
