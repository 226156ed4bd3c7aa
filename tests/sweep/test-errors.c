/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each mutating call of each scenario answers each errno. One that fails for once is
 * made good for, at once and without any reconcile; a state folder that is full or
 * read-only from some call on must not cost a device either.
 */
#include <errno.h>
#include <string.h>

#include "hd-sweep.h"

START_TEST(errno_at_every_step)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint i = 0; i < sweep.calls * hd_sweep_errno_count; i++) {
        const guint step = i / hd_sweep_errno_count + 1;
        const int error = hd_sweep_errnos[i % hd_sweep_errno_count];
        g_autoptr(HdFake) fake = hd_sweep_host(&sweep);
        hd_fake_fail_at(fake, step, error);
        hd_scenario_run(sweep.scenario, fake);
        hd_sweep_assert_claimed(&sweep, fake, g_strerror(error), step);
        /* Still there only where prepare has succeeded or the way back met the error. */
        hd_sweep_recover(&sweep, fake);
        hd_sweep_assert_as_before(&sweep, fake, g_strerror(error), step, 0);
    }
    hd_sweep_end(&sweep, "errors survived");
}
END_TEST

/* One failing call in prepare: either the VM has all its devices or the host is as it was, at once,
   without any reconcile. */
START_TEST(error_is_whole_or_nothing)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint step = 1; sweep.scenario->verb == NULL && step <= sweep.calls; step++) {
        g_autoptr(HdFake) fake = hd_sweep_host(&sweep);
        g_autoptr(HdState) state = hd_sweep_state(fake);
        g_autoptr(HdRequest) request = hd_scenario_request(sweep.scenario, VM_A);
        g_autoptr(GError) error = NULL;
        hd_fake_fail_at(fake, step, EIO);
        if (hd_state_prepare(state, request, 0, &error)) {
            hd_scenario_assert_whole(sweep.scenario, fake);
            sweep.states++;
        } else if (hd_scenario_succeeds(sweep.scenario) && !sweep.scenario->is_second &&
                   !sweep.scenario->is_successor) {
            ck_assert(error != NULL && *error->message != '\0');
            hd_sweep_assert_as_before(&sweep, fake, "one error", step, 0);
        }
    }
    hd_sweep_end(&sweep, "errors in prepare");
}
END_TEST

/* A state folder on which nothing can be written from some call on. */
static const HdPortOps *plain_ops;
static guint good_writes;
static int folder_error; /* ENOSPC: removing works; EROFS: nothing does */

static int
refusal(bool needs_room)
{
    if (good_writes > 0) {
        good_writes--;
        return 0;
    }
    return needs_room || folder_error == EROFS ? folder_error : 0;
}

static int
full_append(HdPort *port, const char *path, const char *text)
{
    int error = refusal(true);
    return error != 0 ? error : plain_ops->append(port, path, text);
}

static int
full_save(HdPort *port, const char *path, const char *text)
{
    int error = refusal(true);
    return error != 0 ? error : plain_ops->save(port, path, text);
}

static int
full_remove(HdPort *port, const char *path)
{
    int error = refusal(false);
    return error != 0 ? error : plain_ops->remove(port, path);
}

/* Locks are opened for writing. */
static int
full_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    int error = refusal(!hd_port_exists(port, "%s", path));
    return error != 0 ? error : plain_ops->lock(port, path, create, wait_ms, ret_lock);
}

static void
fill_up(HdFake *fake, HdPortOps *ops, guint after, int error)
{
    HdPort *port = hd_fake_port(fake);
    plain_ops = port->ops;
    good_writes = after;
    folder_error = error;
    *ops = *plain_ops;
    ops->append = full_append;
    ops->save = full_save;
    ops->remove = full_remove;
    ops->lock = full_lock;
    port->ops = ops;
}

START_TEST(full_or_read_only)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint i = 0; i < 2 * (sweep.calls + 1); i++) {
        const int error = i % 2 ? EROFS : ENOSPC;
        HdPortOps ops;
        g_autoptr(HdFake) fake = hd_sweep_host(&sweep);
        fill_up(fake, &ops, i / 2, error);
        hd_scenario_run(sweep.scenario, fake);
        hd_fake_port(fake)->ops = plain_ops;
        hd_sweep_assert_claimed(&sweep, fake, g_strerror(error), i / 2);
        hd_sweep_recover(&sweep, fake);
        hd_sweep_assert_as_before(&sweep, fake, g_strerror(error), i / 2, 0);
    }
    hd_sweep_end(&sweep, "times without room, or read-only");
}
END_TEST

/* A prepare that can't note down what it does has done nothing, or has all. */
START_TEST(full_is_whole_or_nothing)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    bool is_plain = hd_scenario_succeeds(sweep.scenario) && !sweep.scenario->is_second &&
                    !sweep.scenario->is_successor;
    for (guint i = 0; is_plain && i <= sweep.calls; i++) {
        HdPortOps ops;
        g_autoptr(HdFake) fake = hd_sweep_host(&sweep);
        g_autoptr(HdState) state = hd_sweep_state(fake);
        g_autoptr(HdRequest) request = hd_scenario_request(sweep.scenario, VM_A);
        fill_up(fake, &ops, i, ENOSPC);
        bool is_prepared = hd_state_prepare(state, request, 0, NULL);
        g_autofree char *now = hd_fake_dump(fake);
        /* The number of huge pages is noted before each change: without room it stays, with its
         * owner. */
        if (is_prepared)
            hd_scenario_assert_whole(sweep.scenario, fake);
        else if (sweep.scenario->pages[0] != NULL)
            hd_sweep_assert_claimed(&sweep, fake, "no room", i);
        else
            ck_assert_msg(g_str_equal(now, sweep.before), "%s: no room after %u: %s",
                          sweep.scenario->name, i, now);
        sweep.states++;
    }
    hd_sweep_end(&sweep, "prepares without room");
}
END_TEST

static void
add(TCase *tcase, int count)
{
    tcase_add_loop_test(tcase, errno_at_every_step, 0, count);
    tcase_add_loop_test(tcase, error_is_whole_or_nothing, 0, count);
    tcase_add_loop_test(tcase, full_or_read_only, 0, count);
    tcase_add_loop_test(tcase, full_is_whole_or_nothing, 0, count);
}

int
main(int argc, char **argv)
{
    return hd_sweep_main(argc, argv, "errors", "failures", add);
}
