/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In the place of the hook's module: says what process it finds itself in.
 */
#include "hd-hook-main.h"

#include <dirent.h>
#include <stdbool.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
say_status(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "Cap", 3) == 0 || strncmp(line, "Sig", 3) == 0)
            (void)fputs(line, stderr);
    }
    if (status != NULL)
        (void)fclose(status);
}

/* Those that a program which is executed now would have. */
static void
say_descriptors(void)
{
    for (int fd = 0; fd < 64; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
            (void)fprintf(stderr, "fd %d\n", fd);
    }
}

static void
say_limit(const char *name, __rlimit_resource_t resource)
{
    struct rlimit limit = {0};
    (void)getrlimit(resource, &limit);
    (void)fprintf(stderr, "%s %lld %lld\n", name, (long long)limit.rlim_cur,
                  (long long)limit.rlim_max);
}

/* What a program of the user's has after all that. */
static void
say_program(const HdHookOrigin *origin)
{
    static char name[] = "sh", option[] = "-c",
                text[] = "grep CapEff /proc/self/status >&2; umask >&2; ulimit -Sn >&2";
    static char *argv[] = {name, option, text, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        hd_hook_process_restore(origin);
        (void)execve("/bin/sh", argv, origin->environment);
        _exit(EXIT_FAILURE);
    }
    (void)waitpid(pid, NULL, 0);
}

static int
say(int argc, char **argv, const HdHookStdin *input, const HdHookOrigin *origin)
{
    char folder[256] = "";
    struct stat out = {0}, null = {0};
    for (char **pair = environ; *pair != NULL; pair++)
        (void)fprintf(stderr, "environment %s\n", *pair);
    say_status();
    say_descriptors();
    (void)stat("/dev/null", &null);
    bool is_nowhere = fstat(STDOUT_FILENO, &out) == 0 && out.st_rdev == null.st_rdev;
    (void)fprintf(stderr, "stdout %s\n", is_nowhere ? "leads nowhere" : "is the caller's");
    (void)fprintf(stderr, "folder %s\n", getcwd(folder, sizeof folder));
    (void)fprintf(stderr, "umask %03o\n", (unsigned int)umask(077));
    (void)fprintf(stderr, "dumpable %d\n", prctl(PR_GET_DUMPABLE));
    say_limit("core", RLIMIT_CORE);
    say_limit("memory", RLIMIT_AS);
    say_limit("descriptors", RLIMIT_NOFILE);
    say_limit("file", RLIMIT_FSIZE);
    (void)fprintf(stderr, "program:\n");
    say_program(origin);
    return EXIT_SUCCESS;
}

__attribute__((visibility("default"))) extern const HdHookMain hd_hook_run_call;

const HdHookMain hd_hook_run_call = say;
