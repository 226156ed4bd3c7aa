/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes into the kernel that may never return are made by worker processes, so
 * that the hook can keep its deadline and devices move in parallel. A worker hands
 * over its result and waits for a word of thanks; if that doesn't come, nobody waits
 * for it any more and it puts things back.
 */
#include "hd-port-jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-descriptors.h"
#include "hd-error.h"
#include "hd-privileges.h"

#define MESSAGE_SIZE 1024

/* What a worker says: a code, and for failures a text. */
typedef struct {
    bool success;
    HdErrorCode code;
    char message[MESSAGE_SIZE];
} Result;

typedef struct {
    HdJob *job;
    int socket; /* -1: its result is known */
    pid_t pid;
} Worker;

/* In a worker: the process that has sent it. */
static pid_t sender;

/* A sibling that hasn't run yet keeps the other end of the socket open, so that alone proves
   nothing. */
bool
hd_port_jobs_is_abandoned(int worker_fd)
{
    struct pollfd poller = {.fd = worker_fd, .events = 0};
    if (worker_fd < 0)
        return false;
    return getppid() != sender ||
           (poll(&poller, 1, 0) > 0 && (poller.revents & (POLLHUP | POLLERR)) != 0);
}

/* Closes all but @keep, @keep_too and the standard three. */
static void
close_others(int keep, int keep_too)
{
    const guint low = (guint)MIN(keep, keep_too), high = (guint)MAX(keep, keep_too);
    hd_descriptors_close(STDERR_FILENO + 1, low - 1);
    hd_descriptors_close(low + 1, high - 1);
    hd_descriptors_close(high + 1, ~0U);
}

/* libvirt reads our stdout and stderr to their end: a worker that kept them would hang it. */
static void
become_worker(int keep, int keep_too)
{
    (void)hd_descriptors_silence(STDIN_FILENO, STDERR_FILENO);
    close_others(keep, keep_too);
    (void)setsid();
    (void)signal(SIGPIPE, SIG_IGN);
    (void)hd_privileges_keep(HD_PRIVILEGES_WORKER);
}

G_NORETURN static void
be_worker(HdPort *port, HdJob *job, int socket, int *worker_fd)
{
    g_autoptr(GError) error = NULL;
    Result result = {.success = job->work(port, job->data, &error)};
    char thanks;
    if (error != NULL) {
        result.code = (HdErrorCode)error->code;
        (void)g_strlcpy(result.message, error->message, sizeof result.message);
    }
    bool is_heard = send(socket, &result, sizeof result, MSG_NOSIGNAL) == (ssize_t)sizeof result;
    while (is_heard) {
        ssize_t count = recv(socket, &thanks, 1, 0);
        if (count < 0 && errno == EINTR)
            continue;
        is_heard = count == 1;
        break;
    }
    /* Putting things back is not given up: nobody waits for that. */
    *worker_fd = -1;
    if (!is_heard && job->late != NULL)
        job->late(port, job->data);
    _exit(EXIT_SUCCESS);
}

static void
fail_job(HdJob *job, HdErrorCode code, char *message)
{
    job->result = HD_JOB_FAILED;
    job->code = code;
    job->message = message;
}

static void
start_worker(HdPort *port, HdJob *job, int keep_fd, int *worker_fd, Worker *worker)
{
    int pair[2];
    *worker = (Worker){job, -1, 0};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        fail_job(job, HD_ERROR_STATE, g_strdup_printf("make a socket: %s", g_strerror(errno)));
        return;
    }
    const pid_t self = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        sender = self;
        become_worker(keep_fd, pair[1]);
        *worker_fd = pair[1];
        be_worker(port, job, pair[1], worker_fd);
    }
    (void)close(pair[1]);
    if (pid < 0) {
        fail_job(job, HD_ERROR_STATE, g_strdup_printf("start a worker: %s", g_strerror(errno)));
        (void)close(pair[0]);
        return;
    }
    worker->socket = pair[0];
    worker->pid = pid;
}

static void
reap(pid_t pid, int *ret_status)
{
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        continue;
}

static void
finish_worker(Worker *worker, const Result *result)
{
    int status = 0;
    (void)send(worker->socket, "", 1, MSG_NOSIGNAL);
    (void)close(worker->socket);
    worker->socket = -1;
    reap(worker->pid, &status);
    if (result == NULL)
        fail_job(worker->job, HD_ERROR_KERNEL,
                 g_strdup_printf("the worker %d ended without a result (signal %d)",
                                 (int)worker->pid, WIFSIGNALED(status) ? WTERMSIG(status) : 0));
    else if (result->success)
        worker->job->result = HD_JOB_DONE;
    else
        fail_job(worker->job, result->code, g_strdup(result->message));
}

/* Takes the worker's result if it is there, or notes that it has died. */
static void
hear_worker(Worker *worker)
{
    Result result;
    ssize_t count = recv(worker->socket, &result, sizeof result, MSG_DONTWAIT);
    if (count == (ssize_t)sizeof result)
        finish_worker(worker, &result);
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        finish_worker(worker, NULL);
}

/* Waits for anything to hear. Returns false when all is known or the time is over. */
static bool
wait_for_workers(const Worker *workers, struct pollfd *pollers, gsize count, gint64 deadline)
{
    gsize waiting = 0;
    for (gsize i = 0; i < count; i++) {
        pollers[i] = (struct pollfd){.fd = workers[i].socket, .events = POLLIN};
        waiting += workers[i].socket >= 0;
    }
    gint64 left_us = deadline - g_get_monotonic_time();
    if (waiting == 0 || left_us <= 0)
        return false;
    return poll(pollers, count, (int)((left_us + 999) / 1000)) != 0;
}

void
hd_port_jobs_run(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms, int keep_fd,
                 int *worker_fd)
{
    g_autofree Worker *workers = g_new0(Worker, count);
    g_autofree struct pollfd *pollers = g_new0(struct pollfd, count);
    gint64 deadline = g_get_monotonic_time() + (gint64)deadline_ms * 1000;
    for (gsize i = 0; i < count; i++)
        start_worker(port, &jobs[i], keep_fd, worker_fd, &workers[i]);
    while (wait_for_workers(workers, pollers, count, deadline)) {
        for (gsize i = 0; i < count; i++) {
            if (workers[i].socket >= 0 && pollers[i].revents != 0)
                hear_worker(&workers[i]);
        }
    }
    for (gsize i = 0; i < count; i++) {
        if (workers[i].socket >= 0)
            hear_worker(&workers[i]); /* a result that came with the last second counts */
        if (workers[i].socket < 0)
            continue;
        (void)close(workers[i].socket);
        jobs[i].result = HD_JOB_LATE;
        jobs[i].worker = workers[i].pid;
    }
}
