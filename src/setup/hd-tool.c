/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Programs of the system that a set-up needs: diff, and what makes a boot loader, an
 * initramfs or udev see a changed file.
 */
#include "hd-tool.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                                          NULL};

/* Both streams of the child go to one pipe, in the order in which it writes. */
static void
join_streams(gpointer data)
{
    (void)data;
    (void)dup2(STDOUT_FILENO, STDERR_FILENO);
}

static bool
spawn(char **argv, char **ret_output, int *ret_status, GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    /* The program is looked for in our own PATH, not in that of whoever calls. */
    if (g_spawn_sync("/", argv, (char **)environment, G_SPAWN_SEARCH_PATH_FROM_ENVP, join_streams,
                     NULL, ret_output, NULL, ret_status, &problem))
        return true;
    if (g_error_matches(problem, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s is not installed", argv[0]);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s", problem->message);
}

bool
hd_tool_run(const char *command, char **ret_output, GError **ret_error)
{
    g_auto(GStrv) argv = g_strsplit(command, " ", -1);
    g_autofree char *output = NULL;
    int status = 0;
    if (!spawn(argv, &output, &status, ret_error))
        return false;
    if (status != 0) {
        const char *last = strrchr(g_strchomp(output), '\n');
        return hd_error_set(ret_error, HD_ERROR_INPUT, "'%s' has failed: %s", command,
                            last != NULL ? last + 1 : output);
    }
    *ret_output = g_steal_pointer(&output);
    return true;
}

/* A file without a name that holds @text. Returns its descriptor, or -1. */
static int
hold(const char *text)
{
    int fd = memfd_create("hostdevctl", 0);
    gsize length = strlen(text);
    if (fd < 0 || write(fd, text, length) == (ssize_t)length)
        return fd;
    (void)close(fd);
    return -1;
}

static char *
label(const char *side, const char *path, const char *text)
{
    return text != NULL ? g_strdup_printf("%s/%s", side, path) : g_strdup("/dev/null");
}

char *
hd_tool_diff(const char *path, const char *before, const char *after)
{
    int old = hold(before != NULL ? before : ""), new = hold(after != NULL ? after : "");
    char *output = NULL;
    int status = 0;
    g_auto(GStrv) argv = g_new0(char *, 9);
    argv[0] = g_strdup("diff");
    argv[1] = g_strdup("-u");
    argv[2] = g_strdup("--label");
    argv[3] = label("before", path, before);
    argv[4] = g_strdup("--label");
    argv[5] = label("after", path, after);
    argv[6] = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), old);
    argv[7] = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), new);
    bool is_shown = old >= 0 && new >= 0 && spawn(argv, &output, &status, NULL);
    if (old >= 0)
        (void)close(old);
    if (new >= 0)
        (void)close(new);
    if (!is_shown)
        output = g_strdup_printf("/%s becomes:\n%s", path, after != NULL ? after : "(removed)\n");
    return output;
}
