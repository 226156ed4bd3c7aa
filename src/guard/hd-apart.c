/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libxml2 is not made for hostile input, and says so; the hook is root. So the two
 * never meet: a child without any rights reads, and the parent believes only what it
 * can check. A fork shares what is to be read, and no module is ever loaded by the parent.
 */
#include "hd-apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-cage.h"
#include "hd-text.h"

#define MAX_REPLY   (64u << 20)
#define MAX_MESSAGE 2048
#define CHUNK       65536
#define MAGIC       0x68644150u

/* Before each reply. Whole is what has as many bytes as it says. */
typedef struct {
    guint32 magic;
    guint32 is_error; /* the reply is a message */
    guint64 length;
} Header;

static bool
write_all(const void *bytes, gsize length)
{
    const char *cursor = bytes;
    while (length > 0) {
        ssize_t count = write(HD_CAGE_FD, cursor, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        cursor += count;
        length -= (gsize)count;
    }
    return true;
}

G_NORETURN static void
be_child(const HdApart *apart, int fd)
{
    GError *error = NULL;
    GString *reply = g_string_new(NULL);
    if (!hd_cage_empty(fd))
        _exit(EXIT_FAILURE);
    bool is_done = apart->prepare == NULL || apart->prepare(apart->data, &error);
    if (!hd_cage_close())
        _exit(EXIT_FAILURE);
    is_done = is_done && apart->work(apart->data, reply, &error);
    if (!is_done)
        g_string_assign(reply, error->message);
    const Header header = {MAGIC, !is_done, reply->len};
    bool is_said = write_all(&header, sizeof header) && write_all(reply->str, reply->len);
    _exit(is_said ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Reads to the end. Returns 0, ETIMEDOUT, EFBIG or errno. */
static int
hear(int fd, guint deadline_ms, GString *bytes)
{
    gint64 deadline = g_get_monotonic_time() + (gint64)deadline_ms * 1000;
    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        gint64 left_ms = (deadline - g_get_monotonic_time() + 999) / 1000;
        int ready = left_ms > 0 ? poll(&poller, 1, (int)left_ms) : 0;
        if (ready == 0)
            return ETIMEDOUT;
        const gsize before = bytes->len;
        g_string_set_size(bytes, before + CHUNK);
        ssize_t count = ready > 0 ? read(fd, bytes->str + before, CHUNK) : -1;
        int error = count < 0 ? errno : 0;
        g_string_truncate(bytes, before + (count > 0 ? (gsize)count : 0));
        if (error != 0 && error != EINTR)
            return error;
        if (error == 0 && count == 0)
            return 0;
        if (bytes->len > MAX_REPLY)
            return EFBIG;
    }
}

/* It has nothing more to say, or no time any more; it has no work that must be finished. */
static int
end_child(pid_t pid)
{
    int status = 0;
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static bool
fail(const HdApart *apart, int error, int status, GError **ret_error)
{
    if (error == ETIMEDOUT)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s can't be read: its reader did not answer within %u ms", apart->what,
                            apart->deadline_ms);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_INPUT, error,
                                  "%s can't be read: the answer of its reader", apart->what);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s can't be read: its reader was ended by signal %d (%s)", apart->what,
                            WTERMSIG(status), strsignal(WTERMSIG(status)));
    return hd_error_set(ret_error, HD_ERROR_INPUT,
                        "%s can't be read: its reader gave no whole answer", apart->what);
}

/* Takes the header off. Returns whether that is all and nothing but one reply. */
static bool
is_whole(GString *bytes, bool *ret_error)
{
    Header header;
    if (bytes->len < sizeof header)
        return false;
    memcpy(&header, bytes->str, sizeof header);
    if (header.magic != MAGIC || header.is_error > 1 ||
        header.length != bytes->len - sizeof header ||
        memchr(bytes->str + sizeof header, '\0', header.length) != NULL)
        return false;
    g_string_erase(bytes, 0, sizeof header);
    *ret_error = header.is_error == 1;
    return true;
}

static bool
judge(const HdApart *apart, int error, int status, GString *bytes, GError **ret_error)
{
    bool is_error = false;
    if (error != 0 || !is_whole(bytes, &is_error))
        return fail(apart, error, status, ret_error);
    if (!is_error)
        return true;
    g_autofree char *message = hd_text_printable(bytes->str, MAX_MESSAGE);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s", message);
}

bool
hd_apart_run(const HdApart *apart, GString **ret_reply, GError **ret_error)
{
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, errno, "make a pipe");
    pid_t pid = fork();
    if (pid == 0)
        be_child(apart, pair[1]);
    int problem = errno;
    (void)close(pair[1]);
    if (pid < 0) {
        (void)close(pair[0]);
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, problem, "start a reader for %s",
                                  apart->what);
    }
    GString *bytes = g_string_sized_new(CHUNK);
    problem = hear(pair[0], apart->deadline_ms, bytes);
    (void)close(pair[0]);
    bool is_fine = judge(apart, problem, end_child(pid), bytes, ret_error);
    if (is_fine)
        *ret_reply = bytes;
    else
        (void)g_string_free(bytes, TRUE);
    return is_fine;
}
