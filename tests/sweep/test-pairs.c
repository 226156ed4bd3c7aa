/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A second crash, in the recovery from the first or on the way back from an error. In
 * short a share of the pairs, the same each time: the first crash after its call, the
 * second before and after its own by turns. With --long all of them.
 */
#include <errno.h>

#include "hd-sweep.h"

/* Returns whether the recovery has come as far as the second crash. */
static bool
crash_twice(HdSweep *sweep, guint step, bool after, guint second, bool second_after)
{
    g_autoptr(HdFake) fake = hd_sweep_host(sweep);
    hd_fake_die_at(fake, step, after);
    hd_scenario_run(sweep->scenario, fake);
    hd_fake_revive(fake);
    hd_fake_die_at(fake, second, second_after);
    hd_sweep_reconcile(fake);
    bool has_crashed = hd_fake_is_dead(fake);
    hd_fake_revive(fake);
    hd_sweep_assert_claimed(sweep, fake, "second crash", step);
    hd_sweep_recover(sweep, fake);
    hd_sweep_assert_as_before(sweep, fake, "second crash", step, second);
    return has_crashed;
}

START_TEST(crash_in_recovery)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint i = 0; i < 2 * sweep.calls; i++) {
        if (i % 2 == 0 && !hd_sweep_is_long())
            continue;
        bool goes_on = true;
        for (guint second = 1; goes_on; second++) {
            goes_on = crash_twice(&sweep, i / 2 + 1, i % 2, second, second % 2);
            if (hd_sweep_is_long())
                (void)crash_twice(&sweep, i / 2 + 1, i % 2, second, second % 2 == 0);
        }
    }
    hd_sweep_end(&sweep, "pairs of crashes recovered");
}
END_TEST

/* What is done after an error is another way than that of a crash. */
START_TEST(crash_after_error)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    const guint stride = hd_sweep_is_long() ? 1 : 7;
    for (guint step = 1; step <= sweep.calls; step += stride) {
        bool has_crashed = true;
        for (guint second = step + 1; has_crashed; second++) {
            g_autoptr(HdFake) fake = hd_sweep_host(&sweep);
            hd_fake_fail_at(fake, step, EIO);
            hd_fake_die_at(fake, second, second % 2);
            hd_scenario_run(sweep.scenario, fake);
            has_crashed = hd_fake_is_dead(fake);
            hd_fake_revive(fake);
            hd_sweep_assert_claimed(&sweep, fake, "crash after an error", step);
            hd_sweep_recover(&sweep, fake);
            hd_sweep_assert_as_before(&sweep, fake, "crash after an error", step, second);
        }
    }
    hd_sweep_end(&sweep, "crashes after an error");
}
END_TEST

static void
add(TCase *tcase, int count)
{
    tcase_add_loop_test(tcase, crash_in_recovery, 0, count);
    tcase_add_loop_test(tcase, crash_after_error, 0, count);
}

int
main(int argc, char **argv)
{
    return hd_sweep_main(argc, argv, "pairs", "pairs", add);
}
