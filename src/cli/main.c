/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command: finds the subcommand, runs it, turns an error into one line and an
 * exit code.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-cmd-environment.h"
#include "hd-cmd.h"
#include "hd-descriptors.h"
#include "hd-error.h"
#include "hd-text.h"

static HdExit
exit_for(const GError *error, HdExit status)
{
    if (hd_error_is(error, HD_ERROR_USAGE))
        return HD_EXIT_USAGE;
    if (hd_error_is(error, HD_ERROR_REFUSED))
        return HD_EXIT_REFUSED;
    return status != HD_EXIT_DONE ? status : HD_EXIT_FAILED;
}

static HdExit
run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const HdCmdInfo *info = hd_cmd_find(argv[1]);
    if (info == NULL) {
        g_autofree char *shown = hd_text_printable(argv[1], 64);
        (void)fprintf(stderr, "hostdevctl: no command '%s'; %ssee 'hostdevctl --help'\n", shown,
                      *shown == '-' ? "options come after the command; " : "");
        return HD_EXIT_USAGE;
    }
    HdExit status = hd_cmd_run(info, argc - 1, argv + 1, &error);
    if (error == NULL)
        return status;
    (void)fprintf(stderr, "hostdevctl: %s\n", error->message);
    return exit_for(error, status);
}

int
main(int argc, char **argv)
{
    if (!hd_descriptors_fill_standard())
        return EXIT_FAILURE;
    hd_cmd_environment_clean(geteuid() == 0);
    (void)setlocale(LC_CTYPE, "");
    (void)signal(SIGPIPE, SIG_IGN);
    (void)umask(077);
    if (argc < 2 || g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h")) {
        g_autofree char *usage = hd_cmd_usage();
        (void)fputs(usage, argc < 2 ? stderr : stdout);
        return argc < 2 ? HD_EXIT_USAGE : HD_EXIT_DONE;
    }
    if (g_str_equal(argv[1], "--version")) {
        (void)printf("hostdevctl %s\n", HD_VERSION);
        return HD_EXIT_DONE;
    }
    HdExit status = run(argc, argv);
    if ((fflush(stdout) == 0 && ferror(stdout) == 0) || errno == EPIPE)
        return (int)status;
    (void)fprintf(stderr, "hostdevctl: what was to be said could not be written: %s\n",
                  g_strerror(errno));
    return HD_EXIT_FAILED;
}
