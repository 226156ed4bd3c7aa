/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs one script of the user's. libvirt reads our stderr to its end, so a script gets a
 * pipe of ours instead: what it leaves running can't keep libvirt waiting.
 */
#include "hd-script.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-descriptors.h"
#include "hd-error.h"
#include "hd-text.h"

#define KEPT_WORDS   4096 /* of stderr: its end, which says why */
#define NOT_STARTED  126
#define LAST_HEARING 65536 /* what a pipe holds: more was not written before the end */

/* All that a running script has of ours. */
typedef struct {
    int input;    /* a file in memory */
    int words[2]; /* a pipe: its stderr */
    int ended;    /* readable when a child has ended */
    sigset_t mask;
} Channels;

static void
close_channels(Channels *channels)
{
    const int all[] = {channels->input, channels->words[0], channels->words[1], channels->ended};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i] >= 0)
            (void)close(all[i]);
    }
    (void)sigprocmask(SIG_SETMASK, &channels->mask, NULL);
}

/* In memory, so that a script that doesn't read it keeps nobody waiting. */
static int
make_input(const GString *text)
{
    int fd = memfd_create("domain.xml", MFD_CLOEXEC);
    gsize done = 0;
    while (fd >= 0 && done < text->len) {
        ssize_t count = write(fd, text->str + done, text->len - done);
        if (count < 0 && errno != EINTR) {
            (void)close(fd);
            return -1;
        }
        done += count > 0 ? (gsize)count : 0;
    }
    if (fd >= 0)
        (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

static bool
open_channels(const GString *input, Channels *channels)
{
    sigset_t child;
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)signal(SIGCHLD, SIG_DFL);
    *channels = (Channels){-1, {-1, -1}, -1, child};
    (void)sigprocmask(SIG_BLOCK, &child, &channels->mask);
    channels->input = make_input(input);
    channels->ended = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    return channels->input >= 0 && channels->ended >= 0 && pipe2(channels->words, O_CLOEXEC) == 0 &&
           fcntl(channels->words[0], F_SETFL, O_NONBLOCK) == 0;
}

static void
restore_process(const HdHookOrigin *origin)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    hd_hook_process_restore(origin);
}

static bool
redirect(const Channels *channels)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0 || dup2(channels->input, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(channels->words[1], STDERR_FILENO) < 0)
        return false;
    hd_descriptors_close(STDERR_FILENO + 1, ~0U);
    return true;
}

G_NORETURN static void
be_script(const HdScript *script, const Channels *channels)
{
    static char *const no_environment[] = {NULL};
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    char *const *environment = script->origin->environment;
    g_ptr_array_add(words, (gpointer) "/bin/sh");
    g_ptr_array_add(words, (gpointer)script->path);
    for (gsize i = 0; script->arguments[i] != NULL; i++)
        g_ptr_array_add(words, script->arguments[i]);
    g_ptr_array_add(words, NULL);
    char *const *argv = (char *const *)words->pdata;
    environment = environment != NULL ? environment : no_environment;
    restore_process(script->origin);
    if (!redirect(channels))
        _exit(NOT_STARTED);
    (void)execve(script->path, argv + 1, environment);
    if (errno == ENOEXEC)
        (void)execve("/bin/sh", argv, environment);
    const char *reason = strerror(errno);
    (void)!write(STDERR_FILENO, reason, strlen(reason));
    _exit(NOT_STARTED);
}

/* Takes what is there, at most @limit. Returns whether more can come. */
static bool
hear(int fd, gsize limit, GString *said)
{
    char chunk[4096];
    for (gsize heard = 0; heard < limit;) {
        ssize_t count = read(fd, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 && errno == EAGAIN;
        heard += (gsize)count;
        g_string_append_len(said, chunk, count);
        if (said->len > KEPT_WORDS)
            g_string_erase(said, 0, (gssize)(said->len - KEPT_WORDS));
    }
    return true;
}

/* Returns the script's wait status. */
static int
wait_for_end(pid_t pid, const Channels *channels, GString *said)
{
    struct pollfd pollers[] = {{.fd = channels->words[0], .events = POLLIN},
                               {.fd = channels->ended, .events = POLLIN}};
    struct signalfd_siginfo ignored;
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        (void)poll(pollers, G_N_ELEMENTS(pollers), -1);
        if (pollers[0].revents != 0 && !hear(channels->words[0], LAST_HEARING, said))
            pollers[0].fd = -1;
        (void)!read(channels->ended, &ignored, sizeof ignored);
    }
    (void)hear(channels->words[0], LAST_HEARING, said);
    return status;
}

/* Lines stay lines; whatever else could colour a terminal does not. */
static char *
make_readable(const GString *said)
{
    g_auto(GStrv) lines = g_strsplit(said->str, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        char *line = hd_text_printable(lines[i], KEPT_WORDS);
        g_free(lines[i]);
        lines[i] = line;
    }
    return g_strchomp(g_strjoinv("\n", lines));
}

static bool
judge(const HdScript *script, int status, const GString *said, GError **ret_error)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    g_autofree char *path = hd_text_printable(script->path, 512);
    g_autofree char *words = make_readable(said);
    const char *bridge = words[0] != '\0' ? "; it said:\n" : "";
    const char *what = WIFSIGNALED(status) ? "was ended by signal" : "failed with exit status";
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    g_autofree char *text = g_strdup_printf("%s %s %d%s%s", path, what, number, bridge, words);
    return hd_error_set_lines(ret_error, HD_ERROR_REFUSED, text);
}

bool
hd_script_run(const HdScript *script, GError **ret_error)
{
    g_autoptr(GString) said = g_string_new(NULL);
    Channels channels;
    pid_t pid = -1;
    int status = 0;
    if (open_channels(script->input, &channels))
        pid = fork();
    if (pid == 0)
        be_script(script, &channels);
    int error = errno;
    if (pid > 0) {
        (void)close(channels.words[1]);
        channels.words[1] = -1;
        status = wait_for_end(pid, &channels, said);
    }
    close_channels(&channels);
    g_autofree char *shown = hd_text_printable(script->path, 512);
    if (pid < 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "start %s", shown);
    return judge(script, status, said, ret_error);
}
