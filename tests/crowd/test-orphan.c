/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A worker may outlive the process that sent it, and get the device's lock only when others
 * have long repaired what that one left behind, and use the device. Then it must do nothing.
 */
#include <check.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-fake-host.h"
#include "hd-shared.h"
#include "hd-state.h"

typedef struct {
    sem_t is_there, may_go; /* the worker is about to take the device's lock; it may */
} Gate;

static HdShared *shared;
static HdState *state;
static Gate *gate;
static const HdPortOps *plain_ops;

static int
lock_late(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    if (strstr(path, "/device/") != NULL) {
        (void)sem_post(&gate->is_there);
        while (sem_wait(&gate->may_go) != 0 && errno == EINTR)
            continue;
    }
    return plain_ops->lock(port, path, create, wait_ms, ret_lock);
}

static void
setup(void)
{
    HdConfig config = hd_config_default();
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    shared = hd_shared_new(1, 1);
    state = hd_state_new(hd_shared_port(shared), &config);
    gate = mmap(NULL, sizeof *gate, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(gate != MAP_FAILED);
    ck_assert_int_eq(sem_init(&gate->is_there, 1, 0), 0);
    ck_assert_int_eq(sem_init(&gate->may_go, 1, 0), 0);
}

static void
teardown(void)
{
    (void)munmap(gate, sizeof *gate);
    hd_state_free(state);
    hd_shared_free(shared);
}

static bool
prepare(const char *vm)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", vm, "0000:01:00.0", NULL);
    return hd_state_prepare(state, request, 0, NULL);
}

/* In a process that is killed when its worker is about to take the device's lock. */
static void
die_amid(bool in_release)
{
    HdPortOps ops;
    HdPort *port = hd_shared_port(shared);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        plain_ops = port->ops;
        ops = *plain_ops;
        ops.lock = lock_late;
        port->ops = &ops;
        _exit(in_release ? !hd_state_release(state, VM_A, NULL) : !prepare(VM_A));
    }
    while (sem_wait(&gate->is_there) != 0 && errno == EINTR)
        continue;
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void
let_worker_go(void)
{
    ck_assert_int_eq(sem_post(&gate->may_go), 0);
    ck_assert_int_gt(waitpid(-1, NULL, 0), 0);
}

START_TEST(worker_comes_too_late)
{
    g_autofree char *before = hd_shared_dump(shared);
    if (_i == 1)
        ck_assert(prepare(VM_A));
    die_amid(_i == 1);
    ck_assert(prepare(VM_B));
    g_autofree char *taken = hd_shared_dump(shared);
    let_worker_go();
    g_autofree char *still = hd_shared_dump(shared);
    ck_assert_str_eq(still, taken);
    ck_assert(hd_state_release(state, VM_B, NULL));
    g_autofree char *now = hd_shared_dump(shared);
    ck_assert_str_eq(now, before);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("orphan");
    TCase *tcase = tcase_create("orphan");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, worker_comes_too_late, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
