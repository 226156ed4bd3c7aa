/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The promise "whole or nothing", tried at every step. Each scenario is first run
 * undisturbed to count its mutating calls; then again for each of them with a crash
 * before it and a crash after it. Whatever came, the host must end as it was, and
 * meanwhile nothing is without its owner.
 */
#include <stdlib.h>

#include "hd-sweep.h"

START_TEST(undisturbed)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    g_autoptr(HdFake) fake = hd_sweep_host(&sweep);
    if (sweep.scenario->verb == NULL) {
        HdScenario scenario = *sweep.scenario;
        scenario.and_release = false;
        hd_scenario_run(&scenario, fake);
        if (hd_scenario_succeeds(&scenario))
            hd_scenario_assert_whole(&scenario, fake);
        g_autoptr(HdState) state = hd_sweep_state(fake);
        ck_assert(hd_state_release(state, VM_A, NULL));
    } else {
        g_autoptr(HdState) state = hd_sweep_state(fake);
        sweep.scenario->verb->act(state);
        g_autofree char *now = hd_fake_dump(fake);
        ck_assert_int_eq(g_str_equal(now, sweep.before), !sweep.scenario->verb->changes);
        if (sweep.scenario->verb->undo != NULL)
            sweep.scenario->verb->undo(state);
    }
    hd_sweep_assert_as_before(&sweep, fake, "nothing", 0, 0);
    hd_sweep_end(&sweep, "undisturbed");
}
END_TEST

/* Returns: (transfer full): the host just after the crash, nothing repaired. */
static HdFake *
crash(const HdSweep *sweep, guint step, bool after)
{
    HdFake *fake = hd_sweep_host(sweep);
    hd_fake_die_at(fake, step, after);
    hd_scenario_run(sweep->scenario, fake);
    ck_assert(hd_fake_is_dead(fake));
    hd_fake_revive(fake);
    return fake;
}

START_TEST(crash_at_every_step)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint i = 0; i < 2 * sweep.calls; i++) {
        const char *what = i % 2 ? "crash after" : "crash before";
        g_autoptr(HdFake) fake = crash(&sweep, i / 2 + 1, i % 2);
        hd_sweep_assert_claimed(&sweep, fake, what, i / 2 + 1);
        hd_sweep_recover(&sweep, fake);
        hd_sweep_assert_as_before(&sweep, fake, what, i / 2 + 1, 0);
    }
    hd_sweep_end(&sweep, "crashes recovered");
}
END_TEST

/* The same devices, listed the other way round: another plan for the same journal. */
static HdRequest *
new_reversed_request(const HdScenario *scenario)
{
    g_autoptr(HdRequest) forward = hd_scenario_request(scenario, VM_A);
    HdRequest *request = hd_fake_request("vm", VM_A, NULL);
    while (forward->wishes->len > 0)
        g_ptr_array_add(request->wishes,
                        g_ptr_array_steal_index(forward->wishes, forward->wishes->len - 1));
    for (guint i = forward->pages->len; i > 0; i--)
        g_array_append_val(request->pages, g_array_index(forward->pages, HdPagesNeed, i - 1));
    request->allocates = forward->allocates;
    return request;
}

/* Does at once what it was prevented from. */
static void
assert_starts(HdSweep *sweep, HdFake *fake, HdRequest *request, guint step)
{
    g_autoptr(HdState) state = hd_sweep_state(fake);
    g_autoptr(GError) error = NULL;
    bool prepared = hd_state_prepare(state, request, 0, &error);
    ck_assert_msg(prepared == hd_scenario_succeeds(sweep->scenario), "%s: crash at %u: %s",
                  sweep->scenario->name, step, error != NULL ? error->message : "prepared");
    if (prepared)
        hd_scenario_assert_whole(sweep->scenario, fake);
    ck_assert(hd_state_release(state, request->uuid.text, NULL));
    /* What the dead one had and this one doesn't want is there still. */
    hd_sweep_reconcile(fake);
}

/* What a user does after a crash: edits the VM and starts it again. It gets its devices, and gives
   them back. */
START_TEST(start_again_after_crash)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint i = 0; i < 2 * sweep.calls; i++) {
        g_autoptr(HdFake) fake = crash(&sweep, i / 2 + 1, i % 2);
        g_autoptr(HdRequest) request = new_reversed_request(sweep.scenario);
        if (sweep.scenario->verb != NULL)
            hd_scenario_run(sweep.scenario, fake);
        else
            assert_starts(&sweep, fake, request, i / 2 + 1);
        hd_sweep_recover(&sweep, fake);
        hd_sweep_assert_as_before(&sweep, fake, "crash and a new start", i / 2 + 1, 0);
    }
    hd_sweep_end(&sweep, "new starts after a crash");
}
END_TEST

/* Nobody repairs anything, and another VM wants the same: no claim of the dead one is in its way,
   and none is lost. */
START_TEST(another_vm_after_crash)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    for (guint i = 0; sweep.scenario->verb == NULL && i < 2 * sweep.calls; i++) {
        g_autoptr(HdFake) fake = crash(&sweep, i / 2 + 1, i % 2);
        g_autoptr(HdRequest) request = hd_scenario_request(sweep.scenario, VM_B);
        assert_starts(&sweep, fake, request, i / 2 + 1);
        hd_sweep_assert_as_before(&sweep, fake, "crash and another VM", i / 2 + 1, 0);
    }
    hd_sweep_end(&sweep, "other VMs after a crash");
}
END_TEST

static void
add(TCase *tcase, int count)
{
    tcase_add_loop_test(tcase, undisturbed, 0, count);
    tcase_add_loop_test(tcase, crash_at_every_step, 0, count);
    tcase_add_loop_test(tcase, start_again_after_crash, 0, count);
    tcase_add_loop_test(tcase, another_vm_after_crash, 0, count);
}

int
main(int argc, char **argv)
{
    return hd_sweep_main(argc, argv, "every step", "states", add);
}
