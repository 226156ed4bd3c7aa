/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Workers: results, failures, deadlines, and what they must not inherit. Order is made by
 * pipes, never by sleeping.
 */
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-port-real.h"
#include "hd-test.h"

/* Shared with the workers. */
typedef struct {
    gint arrived;
    gint late_calls, late_abandoned;
    gint wanted;
    gint open_descriptors;
    gint abandoned;
} Shared;

static HdPort *port;
static Shared *shared;

static void
setup(void)
{
    port = hd_port_real_new("/", NULL);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
}

static void
teardown(void)
{
    hd_port_real_free(port);
    ck_assert_int_eq(munmap(shared, sizeof *shared), 0);
}

static bool
succeed(HdPort *p, gpointer data, GError **ret_error)
{
    (void)p;
    (void)data;
    (void)ret_error;
    return true;
}

static bool
lose(HdPort *p, gpointer data, GError **ret_error)
{
    (void)p;
    return hd_error_set(ret_error, HD_ERROR_STATE, "no %s", (const char *)data);
}

static bool
crash(HdPort *p, gpointer data, GError **ret_error)
{
    (void)p;
    (void)data;
    (void)ret_error;
    (void)raise(SIGKILL);
    return true;
}

static void
spin_until(const gint *value, gint wanted)
{
    while (g_atomic_int_get(value) < wanted)
        (void)sched_yield();
}

/* Would never end if the jobs ran one after the other. */
static bool
meet_all_others(HdPort *p, gpointer data, GError **ret_error)
{
    (void)p;
    (void)data;
    (void)ret_error;
    g_atomic_int_inc(&shared->arrived);
    spin_until(&shared->arrived, shared->wanted);
    return true;
}

static bool
wait_until_abandoned(HdPort *p, gpointer data, GError **ret_error)
{
    (void)data;
    (void)ret_error;
    g_atomic_int_inc(&shared->arrived);
    while (!hd_port_is_abandoned(p))
        (void)sched_yield();
    g_atomic_int_inc(&shared->abandoned);
    return true;
}

static void
note_late(HdPort *p, gpointer data)
{
    (void)data;
    /* Putting things back is not given up half-way. */
    if (hd_port_is_abandoned(p))
        g_atomic_int_inc(&shared->late_abandoned);
    g_atomic_int_inc(&shared->late_calls);
}

static bool
count_descriptors(HdPort *p, gpointer data, GError **ret_error)
{
    (void)p;
    (void)data;
    DIR *folder = opendir("/proc/self/fd");
    gint count = 0;
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    g_atomic_int_set(&shared->open_descriptors, count - 3); /* . .. and the folder itself */
    g_autofree char *target = g_file_read_link("/proc/self/fd/1", NULL);
    return g_str_equal(target, "/dev/null") ||
           hd_error_set(ret_error, HD_ERROR_STATE, "stdout is %s", target);
}

START_TEST(results)
{
    HdJob jobs[] = {{.work = succeed}, {.work = lose, .data = (gpointer) "luck"}, {.work = crash}};
    hd_port_run_jobs(port, jobs, G_N_ELEMENTS(jobs), 20000);
    ck_assert_int_eq(jobs[0].result, HD_JOB_DONE);
    ck_assert_int_eq(jobs[1].result, HD_JOB_FAILED);
    ck_assert_int_eq(jobs[1].code, HD_ERROR_STATE);
    ck_assert_str_eq(jobs[1].message, "no luck");
    ck_assert_int_eq(jobs[2].result, HD_JOB_FAILED);
    ck_assert_contains(jobs[2].message, "ended without a result (signal 9)");
    g_free(jobs[1].message);
    g_free(jobs[2].message);
}
END_TEST

START_TEST(all_at_once)
{
    HdJob jobs[100] = {{0}};
    shared->wanted = G_N_ELEMENTS(jobs);
    for (gsize i = 0; i < G_N_ELEMENTS(jobs); i++)
        jobs[i].work = meet_all_others;
    hd_port_run_jobs(port, jobs, G_N_ELEMENTS(jobs), 60000);
    for (gsize i = 0; i < G_N_ELEMENTS(jobs); i++)
        ck_assert_int_eq(jobs[i].result, HD_JOB_DONE);
    /* And no worker is left behind as a zombie. */
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(late_worker_puts_things_back)
{
    HdJob jobs[] = {{.work = wait_until_abandoned, .late = note_late}, {.work = succeed}};
    int status = 0;
    hd_port_run_jobs(port, jobs, G_N_ELEMENTS(jobs), 3000);
    ck_assert_int_eq(jobs[0].result, HD_JOB_LATE);
    ck_assert_int_eq(jobs[1].result, HD_JOB_DONE);
    ck_assert_int_gt(jobs[0].worker, 0);
    ck_assert_int_eq(waitpid(jobs[0].worker, &status, 0), jobs[0].worker);
    ck_assert_int_eq(shared->abandoned, 1);
    ck_assert_int_eq(shared->late_calls, 1);
    ck_assert_int_eq(shared->late_abandoned, 0);
}
END_TEST

START_TEST(killed_parent_is_noticed)
{
    pid_t parent = fork();
    if (parent == 0) {
        HdJob job = {.work = wait_until_abandoned, .late = note_late};
        hd_port_run_jobs(port, &job, 1, 60000);
        _exit(0);
    }
    spin_until(&shared->arrived, 1);
    ck_assert_int_eq(kill(parent, SIGKILL), 0);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    spin_until(&shared->late_calls, 1);
    ck_assert_int_eq(shared->abandoned, 1);
}
END_TEST

START_TEST(nothing_is_inherited)
{
    HdJob job = {.work = count_descriptors};
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    hd_port_run_jobs(port, &job, 1, 20000);
    ck_assert_msg(job.result == HD_JOB_DONE, "%s", job.message);
    ck_assert_int_eq(shared->open_descriptors, 5); /* 0 1 2, the root, the socket */
}
END_TEST

/* Says as its failure what it may do. */
static bool
say_capabilities(HdPort *p, gpointer data, GError **ret_error)
{
    g_autofree char *status = NULL;
    (void)data;
    if (hd_port_read(p, &status, "proc/self/status") != 0)
        return true;
    g_auto(GStrv) lines = g_strsplit(g_strdelimit(strstr(status, "CapInh:"), "\t", ' '), "\n", 4);
    return hd_error_set(ret_error, HD_ERROR_STATE, "%s %s %s", lines[0], lines[1], lines[2]);
}

/* Of the table in docs/hardening.md; what the test doesn't have itself it can't give up. */
START_TEST(capabilities_are_few)
{
    HdJob job = {.work = say_capabilities};
    g_autofree char *status = NULL;
    guint64 own = 0;
    ck_assert_int_eq(hd_port_read(port, &status, "proc/self/status"), 0);
    own = g_ascii_strtoull(strstr(status, "CapPrm:") + strlen("CapPrm:\t"), NULL, 16);
    /* CHOWN DAC_OVERRIDE FOWNER NET_ADMIN SYS_MODULE SYS_PTRACE SYS_ADMIN */
    const guint64 few = own & (1 << 0 | 1 << 1 | 1 << 3 | 1 << 12 | 1 << 16 | 1 << 19 | 1 << 21);
    g_autofree char *wanted = g_strdup_printf("CapInh: %016x CapPrm: %016" G_GINT64_MODIFIER
                                              "x CapEff: %016" G_GINT64_MODIFIER "x",
                                              0, few, few);
    hd_port_run_jobs(port, &job, 1, 60000);
    ck_assert_int_eq(job.result, HD_JOB_FAILED);
    ck_assert_str_eq(job.message, wanted);
    g_free(job.message);
}
END_TEST

HD_TEST_MAIN("port-jobs", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, results); tcase_add_test(tcase, all_at_once);
             tcase_add_test(tcase, late_worker_puts_things_back);
             tcase_add_test(tcase, killed_parent_is_noticed);
             tcase_add_test(tcase, nothing_is_inherited);
             tcase_add_test(tcase, capabilities_are_few))
