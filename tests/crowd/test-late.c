/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hook's deadline is over and the kernel still has the write: the start ends, and the worker,
 * when it comes back, returns the device by itself, notes that in the journal if that is still the
 * one it works for, and leaves all else alone. Order is made by semaphores, never by sleeping.
 */
#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-fake-host.h"
#include "hd-shared.h"
#include "hd-state.h"
#include "hd-test.h"

#define FUNCTION "0000:01:00.0"
#define POWER    "sys/devices/pci0000:00/" FUNCTION "/power/control"
#define JOURNAL  "run/hostdevctl/vm/" VM_A

/* Where a worker waits until it may go on. */
typedef struct {
    sem_t is_there, may_go;
    gint writes; /* of workers that have passed it */
} Gate;

static HdShared *shared;
static HdPort *port;
static HdState *state;
static const HdPortOps *plain_ops;

/* Where the first worker waits: before it has its device's lock, amid the unbind, before it opens
 * the journal. */
static Gate *lock_gate, *unbind_gate, *journal_gate;
static pid_t sender;
static Gate *passed;        /* the last of them that this worker has passed */
static guint functions = 1; /* of the group that the VM's function is in */
static const char *failing; /* what the late worker can't write or lock: its path's end */
static bool is_late; /* in what is run now, and in its workers: nobody waits for the results */

static Gate *
gate_new(void)
{
    Gate *gate =
        mmap(NULL, sizeof *gate, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(gate != MAP_FAILED);
    ck_assert_int_eq(sem_init(&gate->is_there, 1, 0), 0);
    ck_assert_int_eq(sem_init(&gate->may_go, 1, 0), 0);
    return gate;
}

static void
wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0 && errno == EINTR)
        continue;
}

/* Only the worker that is late is kept, and once at each gate. */
static void
pass(Gate **gate)
{
    if (*gate == NULL || !is_late || getpid() == sender)
        return;
    (void)sem_post(&(*gate)->is_there);
    wait_for(&(*gate)->may_go);
    passed = g_steal_pointer(gate);
}

/* The unbind is what blocks in a kernel. */
static int
write_late(HdPort *of, const char *path, const char *text)
{
    if (passed != NULL)
        g_atomic_int_inc(&passed->writes);
    if (g_str_has_suffix(path, "/unbind"))
        pass(&unbind_gate);
    if (is_late && failing != NULL && g_str_has_suffix(path, failing))
        return EIO;
    return plain_ops->write(of, path, text);
}

static int
lock_late(HdPort *of, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    if (strstr(path, "/device/") != NULL)
        pass(&lock_gate);
    if (g_str_equal(path, JOURNAL))
        pass(&journal_gate);
    if (is_late && getpid() != sender && failing != NULL && g_str_has_suffix(path, failing))
        return EIO;
    return plain_ops->lock(of, path, create, wait_ms, ret_lock);
}

/* Its sender still waits when it asks, at the unbind: with no time to wait that would be a race. */
static bool
is_abandoned_late(HdPort *of)
{
    return !(is_late && unbind_gate != NULL) && plain_ops->is_abandoned(of);
}

static void
run_late(HdPort *of, HdJob *jobs, gsize count, guint deadline_ms)
{
    (void)deadline_ms;
    plain_ops->run_jobs(of, jobs, count, is_late ? 0 : 60000);
    for (gsize i = 0; is_late && i < count; i++)
        wait_for(lock_gate != NULL ? &lock_gate->is_there : &unbind_gate->is_there);
    is_late = false;
}

static void
setup(void)
{
    static HdPortOps ops;
    HdConfig config = hd_config_default();
    shared = hd_shared_new(1, functions);
    port = hd_shared_port(shared);
    plain_ops = port->ops;
    ops = *plain_ops;
    ops.write = write_late;
    ops.lock = lock_late;
    ops.is_abandoned = is_abandoned_late;
    ops.run_jobs = run_late;
    port->ops = &ops;
    state = hd_state_new(port, &config);
    for (guint i = 0; i < functions; i++)
        hd_shared_set_power(shared, 0, i, "auto\n");
    sender = getpid();
    is_late = true;
}

static void
teardown(void)
{
    hd_state_free(state);
    hd_shared_free(shared);
}

static bool
prepare(GError **ret_error)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, FUNCTION, NULL);
    return hd_state_prepare(state, request, 0, ret_error);
}

/* Starts the VM, which does not get its device in time. */
static void
start_in_vain(void)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!prepare(&error));
    ck_assert(hd_error_is(error, HD_ERROR_STUCK));
    ck_assert_contains(error->message, FUNCTION ": the kernel has not let go of it within 30 s");
}

static void
let_go(const Gate *gate)
{
    ck_assert_int_eq(sem_post((sem_t *)&gate->may_go), 0);
}

static void
await_worker(void)
{
    ck_assert_int_gt(waitpid(-1, NULL, 0), 0);
}

static void
assert_shown(const char *wanted)
{
    g_autofree char *now = hd_shared_dump(shared);
    ck_assert_str_eq(now, wanted);
}

START_TEST(late_worker_gives_back_and_says_so)
{
    g_autofree char *before = hd_shared_dump(shared);
    g_autofree char *power = NULL;
    unbind_gate = gate_new();
    start_in_vain();
    g_autofree char *meanwhile = hd_shared_dump(shared);
    ck_assert_contains(meanwhile, "vm/" VM_A);
    /* vfio does that, as soon as it has a device. */
    hd_shared_set_power(shared, 0, 0, "on\n");
    let_go(unbind_gate);
    await_worker();
    /* With its last goal given back, the journal has gone, and so have its hints. */
    assert_shown(before);
    ck_assert_int_eq(hd_port_read(port, &power, POWER), 0);
    ck_assert_str_eq(power, "auto");
}
END_TEST

/* Each worker answers for its own function, and for that one's settings. */
START_TEST(two_late_workers)
{
    g_autofree char *before = NULL;
    teardown();
    functions = 2;
    setup();
    before = hd_shared_dump(shared);
    unbind_gate = gate_new();
    start_in_vain();
    for (guint i = 0; i < functions; i++)
        hd_shared_set_power(shared, 0, i, "on\n");
    for (guint i = 0; i < functions; i++) {
        let_go(unbind_gate);
        await_worker();
    }
    assert_shown(before);
    for (guint i = 0; i < functions; i++) {
        g_autofree char *power = NULL;
        ck_assert_int_eq(hd_port_read(port, &power,
                                      "sys/devices/pci0000:00/0000:01:00.%u/power/"
                                      "control",
                                      i),
                         0);
        ck_assert_str_eq(power, "auto");
    }
}
END_TEST

/* What it can't give back, or can't note, is in the journal for whoever comes next. */
START_TEST(worker_that_can_t_finish)
{
    g_autofree char *before = hd_shared_dump(shared);
    unbind_gate = gate_new();
    failing = _i == 0 ? "e1000e/bind" : JOURNAL;
    start_in_vain();
    let_go(unbind_gate);
    await_worker();
    g_autofree char *left = hd_shared_dump(shared);
    ck_assert_contains(left, "vm/" VM_A);
    ck_assert(hd_shared_is_on(shared, 0, 0, "e1000e") == (_i == 1));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_shown(before);
}
END_TEST

/* It has let go of the device, and others were faster than its note. */
START_TEST(journal_is_another_s_by_then)
{
    const bool starts_again = _i == 1;
    g_autofree char *before = hd_shared_dump(shared);
    unbind_gate = gate_new();
    journal_gate = gate_new();
    start_in_vain();
    let_go(unbind_gate);
    wait_for(&journal_gate->is_there);
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(!starts_again || prepare(NULL));
    g_autofree char *taken = hd_shared_dump(shared);
    ck_assert(g_str_equal(taken, before) == !starts_again);
    let_go(journal_gate);
    await_worker();
    assert_shown(taken);
    ck_assert(hd_shared_is_on(shared, 0, 0, starts_again ? "vfio-pci" : "e1000e"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_shown(before);
}
END_TEST

START_TEST(worker_without_its_lock_does_nothing)
{
    g_autofree char *before = hd_shared_dump(shared);
    lock_gate = gate_new();
    start_in_vain();
    assert_shown(before);
    let_go(lock_gate);
    await_worker();
    assert_shown(before);
    ck_assert_int_eq(lock_gate->writes, 0);
}
END_TEST

HD_TEST_MAIN("late", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, late_worker_gives_back_and_says_so);
             tcase_add_test(tcase, two_late_workers);
             tcase_add_loop_test(tcase, worker_that_can_t_finish, 0, 2);
             tcase_add_loop_test(tcase, journal_is_another_s_by_then, 0, 2);
             tcase_add_test(tcase, worker_without_its_lock_does_nothing))
