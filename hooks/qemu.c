/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hook behind its front, which has made the process safe: runs one call. It runs as
 * root inside VM starts, obeys no environment variable, prints on stdout only the XML
 * of a VM that comes from elsewhere and gets other devices here, and on stderr why it
 * refuses.
 */
#include "hd-hook-main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hd-hook-args.h"
#include "hd-hook-port.h"
#include "hd-hook.h"
#include "hd-port-real.h"
#include "hd-system-log.h"

/* Whole, or libvirt would read half a domain. */
static bool
print(const GString *text)
{
    return fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0;
}

static int
run(int argc, char **argv, const HdHookStdin *input, const HdHookOrigin *origin)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *message = NULL;
    GString *output = NULL;
    const HdHookArgs args = hd_hook_args_parse(argc, argv);
    g_autoptr(HdReplay) theirs = hd_replay_find(HD_HOOK_ROOT "/", argc, argv);
    if (args.operation == HD_HOOK_IGNORE && theirs == NULL)
        return EXIT_SUCCESS;
    HdPort *port = hd_hook_port_open(&error);
    int status = hd_hook_args_failure(&args);
    const HdHookCall call = {argc, argv, input, (guint64)getppid(), hd_system_log, theirs, origin};
    if (port != NULL)
        status = hd_hook_run(port, &call, &output, &message);
    if (output != NULL && !print(output)) {
        message = g_strdup("the domain XML could not be handed back to libvirt");
        status = hd_hook_args_failure(&args);
    }
    if (port == NULL || message != NULL)
        (void)fprintf(stderr, "hostdevctl: %s\n", port == NULL ? error->message : message);
    hd_port_real_free(port);
    if (output != NULL)
        (void)g_string_free(output, TRUE);
    return status;
}

__attribute__((visibility("default"))) extern const HdHookMain hd_hook_run_call;

const HdHookMain hd_hook_run_call = run;
