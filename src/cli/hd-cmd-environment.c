/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What root's shell has set, or what sudo has let through, must not change what the
 * command does: libvirt, libxml2 and GLib obey variables that write files, load modules
 * and print into our output.
 */
#include "hd-cmd-environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How things look, whom to ask, and as whom: the ENVIRONMENT of hostdevctl(8). */
static const char *const kept[] = {
    "TERM", "COLUMNS", "LINES", "NO_COLOR", "LANG",    "LC_ALL",        "LC_CTYPE",
    "TZ",   "TMPDIR",  "HOME",  "USER",     "LOGNAME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR",
};

static bool
is_kept(const char *pair)
{
    const size_t length = strcspn(pair, "=");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (strlen(kept[i]) == length && strncmp(pair, kept[i], length) == 0)
            return true;
    }
    return false;
}

void
hd_cmd_environment_clean(bool is_root)
{
    static const char *const noisy[] = {"G_MESSAGES_DEBUG", "G_DEBUG"};
    for (size_t i = 0; i < sizeof noisy / sizeof *noisy; i++)
        (void)unsetenv(noisy[i]);
    if (!is_root)
        return;
    /* In place: what is kept moves up. */
    char **to = environ;
    for (char **from = environ; *from != NULL; from++) {
        if (is_kept(*from))
            *to++ = *from;
    }
    *to = NULL;
    (void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
}
