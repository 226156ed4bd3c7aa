/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The promise "no device is given to two VMs", with 64 processes that all want the same
 * 16 devices, and are killed at any moment: the VM's own process or one of its workers.
 * What the dead ones held, the living find out and give back. Locks, journals and workers
 * are the product's own; the host is a folder (hd-shared.h), and the referee is
 * outside of the product (hd-crowd-table.h).
 *
 * usage: test-crowd [--grants N] [--kill-every MS] [--seed N] [--within MS]
 * --within: 99 of 100 who are refused are to know it after so long; 1000 is the goal, for a machine
 * that has nothing else to do.
 * SIGTERM ends it early, with the figures so far.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-crowd-member.h"
#include "hd-state.h"

/* Nothing that a VM does may take so long, even on a machine that has much else to do. */
#define STALLED_US (60 * G_USEC_PER_SEC)

typedef struct {
    HdShared *shared;
    HdCrowdTable *table;
    GRand *random;
    pid_t pids[HD_CROWD_VMS];
    guint seed, lives;
    guint within_ms;
    guint64 killed_vms, killed_workers;
} Crowd;

static void
start_vm(Crowd *crowd, guint index)
{
    const guint seed = crowd->seed + ++crowd->lives;
    atomic_store(&crowd->table->progress[index], g_get_monotonic_time());
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        hd_shared_add_process(crowd->shared, (guint)getpid());
        hd_crowd_member_run(crowd->shared, crowd->table, index + 1, seed);
        _exit(EXIT_SUCCESS);
    }
    g_assert_cmpint(pid, >, 0);
    crowd->pids[index] = pid;
}

/* In this order: as long as its process is there, nobody may take its devices. */
static void
bury_vm(Crowd *crowd, guint index)
{
    hd_crowd_table_forget(crowd->table, index + 1);
    hd_shared_remove_process(crowd->shared, (guint)crowd->pids[index]);
    crowd->pids[index] = 0;
}

/* A worker of @parent, or 0. */
static pid_t
worker_of(pid_t parent)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", (int)parent, (int)parent);
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? (pid_t)g_ascii_strtoull(text, NULL, 10)
                                                        : 0;
}

static bool
is_child_of(pid_t pid, pid_t parent)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL) || strrchr(text, ')') == NULL)
        return false;
    return g_ascii_strtoull(strrchr(text, ')') + strlen(") S "), NULL, 10) == (guint64)parent;
}

/* By a handle: the number may be another's before the signal is sent. */
static bool
kill_worker(pid_t parent)
{
    pid_t worker = worker_of(parent);
    int handle = worker > 0 ? (int)syscall(SYS_pidfd_open, worker, 0) : -1;
    bool is_killed = handle >= 0 && is_child_of(worker, parent) &&
                     syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0) == 0;
    if (handle >= 0)
        (void)close(handle);
    return is_killed;
}

static void
kill_someone(Crowd *crowd)
{
    const guint index = (guint)g_rand_int_range(crowd->random, 0, HD_CROWD_VMS);
    const pid_t pid = crowd->pids[index];
    int status = 0;
    /* Few have a worker at any one moment. */
    bool is_worker_s_turn = g_rand_int_range(crowd->random, 0, 4) == 0;
    for (guint i = 0; is_worker_s_turn && i < HD_CROWD_VMS; i++) {
        if (kill_worker(crowd->pids[(index + i) % HD_CROWD_VMS])) {
            crowd->killed_workers++;
            return;
        }
    }
    g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    crowd->killed_vms++;
    bury_vm(crowd, index);
    start_vm(crowd, index);
}

/* Workers of dead VMs end by themselves; a VM that does so has failed. Returns whether none has. */
static bool
reap(Crowd *crowd)
{
    int status = 0;
    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
        for (guint i = 0; i < HD_CROWD_VMS; i++) {
            if (crowd->pids[i] != pid)
                continue;
            bury_vm(crowd, i);
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                g_print("not ok - the process of VM %u ended with status %x\n", i + 1, status);
                return false;
            }
        }
    }
    return true;
}

static bool
is_stalled(const Crowd *crowd)
{
    for (guint i = 0; i < HD_CROWD_VMS; i++) {
        gint64 us = g_get_monotonic_time() - atomic_load(&crowd->table->progress[i]);
        if (crowd->pids[i] == 0 || us < STALLED_US)
            continue;
        g_print("not ok - VM %u has done nothing for %d s: a deadlock\n", i + 1,
                (int)(us / G_USEC_PER_SEC));
        return true;
    }
    return false;
}

static guint
count_living(const Crowd *crowd)
{
    guint count = 0;
    for (guint i = 0; i < HD_CROWD_VMS; i++)
        count += crowd->pids[i] != 0;
    return count;
}

static volatile sig_atomic_t is_asked_to_end;

static void
ask_to_end(int number)
{
    is_asked_to_end = number;
}

/* Returns whether all went on to the end. */
static bool
run(Crowd *crowd, guint64 grants, guint kill_ms)
{
    bool is_fine = true;
    for (guint i = 0; i < HD_CROWD_VMS; i++)
        start_vm(crowd, i);
    while (is_fine && atomic_load(&crowd->table->grants) < grants && is_asked_to_end == 0) {
        g_usleep((gulong)g_rand_int_range(crowd->random, 0, (gint)kill_ms * 2000));
        kill_someone(crowd);
        is_fine = reap(crowd) && !is_stalled(crowd);
    }
    atomic_store(&crowd->table->is_over, true);
    while (is_fine && count_living(crowd) > 0) {
        g_usleep(1000);
        is_fine = reap(crowd) && !is_stalled(crowd);
    }
    for (guint i = 0; i < HD_CROWD_VMS; i++) {
        if (crowd->pids[i] != 0)
            (void)kill(crowd->pids[i], SIGKILL);
    }
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        continue;
    return is_fine;
}

static bool
ok(bool is_true, const char *what)
{
    g_print("%s - %s\n", is_true ? "ok" : "not ok", what);
    return is_true;
}

static bool
is_as_before(Crowd *crowd, const char *before)
{
    HdConfig config = hd_config_default();
    g_autoptr(HdState) state = hd_state_new(hd_shared_port(crowd->shared), &config);
    g_autoptr(GPtrArray) reports = NULL;
    g_autoptr(GError) error = NULL;
    bool is_fine = hd_state_reconcile(state, &reports, &error);
    g_autofree char *now = hd_shared_dump(crowd->shared);
    if (!is_fine || !g_str_equal(now, before))
        g_print("# %s\n# got:\n%s# wanted:\n%s", error != NULL ? error->message : "", now, before);
    return is_fine && g_str_equal(now, before);
}

static void
print_times(const char *who, atomic_uint *histogram)
{
    g_print("# %s: p50 %u ms, p99 %u ms, longest %u ms\n", who,
            hd_crowd_table_percentile(histogram, 0.5), hd_crowd_table_percentile(histogram, 0.99),
            hd_crowd_table_percentile(histogram, 1.0));
}

static bool
judge(Crowd *crowd, const char *before, bool is_complete, double seconds)
{
    HdCrowdTable *table = crowd->table;
    g_print("# seed %u: %d VMs, %d devices in %d groups: %llu grants, %llu refusals, %llu found it "
            "busy, %llu lost a worker, %llu failed, in %.0f s\n",
            crowd->seed, HD_CROWD_VMS, HD_CROWD_DEVICES, HD_CROWD_GROUPS,
            atomic_load(&table->grants), atomic_load(&table->refusals), atomic_load(&table->busy),
            atomic_load(&table->bereaved), atomic_load(&table->failures), seconds);
    g_print("# killed: %" G_GUINT64_FORMAT " VMs, %" G_GUINT64_FORMAT " workers\n",
            crowd->killed_vms, crowd->killed_workers);
    if (*table->failure != '\0')
        g_print("# the last failure: %s\n", table->failure);
    print_times("who was refused knew it after", table->lost_ms);
    print_times("who was given its devices had them after", table->won_ms);
    bool is_fine = ok(is_complete, "nobody was ever stuck");
    is_fine &= ok(atomic_load(&table->doubles) == 0, "no device was ever given to two");
    is_fine &= ok(atomic_load(&table->moved) == 0, "no device left its VM while that had it");
    is_fine &= ok(atomic_load(&table->busy) == 0, "nobody waited for a lock in vain");
    is_fine &= ok(atomic_load(&table->failures) == 0, "nothing fails but by a kill");
    is_fine &= ok(hd_crowd_table_percentile(table->lost_ms, 0.99) <= crowd->within_ms,
                  "who is refused knows it soon");
    is_fine &= ok(is_as_before(crowd, before), "in the end the host is as it was");
    return is_fine;
}

int
main(int argc, char **argv)
{
    guint64 grants = 4000;
    Crowd crowd = {.seed = 1, .within_ms = 1000};
    guint kill_ms = 20;
    for (int i = 1; i + 1 < argc; i += 2) {
        guint64 number = g_ascii_strtoull(argv[i + 1], NULL, 10);
        if (g_str_equal(argv[i], "--grants"))
            grants = number;
        else if (g_str_equal(argv[i], "--kill-every"))
            kill_ms = (guint)number;
        else if (g_str_equal(argv[i], "--seed"))
            crowd.seed = (guint)number;
        else if (g_str_equal(argv[i], "--within"))
            crowd.within_ms = (guint)number;
        else
            return 2;
    }
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    /* A long run that is ended early tells how far it has come. */
    (void)signal(SIGTERM, ask_to_end);
    crowd.shared = hd_shared_new(HD_CROWD_GROUPS, HD_CROWD_MEMBERS);
    crowd.table = hd_crowd_table_new();
    crowd.random = g_rand_new_with_seed(crowd.seed);
    g_autofree char *before = hd_shared_dump(crowd.shared);
    (void)fflush(stdout);
    gint64 begun = g_get_monotonic_time();
    bool is_complete = run(&crowd, grants, kill_ms);
    double seconds = (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC;
    bool is_fine = judge(&crowd, before, is_complete, seconds);
    g_rand_free(crowd.random);
    hd_shared_free(crowd.shared);
    return is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
