/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The promise "whole or nothing", tried at every step. Each scenario is first run
 * undisturbed to count its mutating calls; then again for each of them with a crash
 * before it, a crash after it, each errno at it, and a second crash at every step of
 * the recovery. Whatever came, the host must end as it was.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "hd-index.h"
#include "hd-journal.h"
#include "hd-scenario.h"
#include "hd-state.h"

static const int errnos[] = {EIO, ENOSPC, EBUSY, ENODEV, EINVAL, ENOENT, EACCES, ENOMEM};

static HdState *
new_state(HdFake *fake)
{
    HdConfig config = hd_config_default();
    return hd_state_new(hd_fake_port(fake), &config);
}

/* The scenario as libvirt would drive it. Errors are part of it: faults are injected. */
static void
run(HdFake *fake, const HdScenario *scenario)
{
    g_autoptr(HdState) state = new_state(fake);
    g_autoptr(HdRequest) request = hd_scenario_request(scenario);
    (void)hd_state_prepare(state, request, 0, NULL);
    if (scenario->and_release)
        (void)hd_state_release(state, VM_A, NULL);
}

static void
reconcile(HdFake *fake)
{
    g_autoptr(HdState) state = new_state(fake);
    g_autoptr(GPtrArray) reports = NULL;
    (void)hd_state_reconcile(state, &reports, NULL);
}

static guint
count_mutations(const HdScenario *scenario)
{
    g_autoptr(HdFake) fake = hd_scenario_host(scenario);
    run(fake, scenario);
    return hd_fake_mutations(fake);
}

/* The index of claims goes with the last journal. */
static void
assert_no_hints(HdFake *fake, const HdScenario *scenario, const char *what, guint step,
                guint second)
{
    g_autoptr(GPtrArray) hints = hd_index_all(hd_fake_port(fake));
    ck_assert_msg(hints->len == 0, "%s: %s at %u/%u leaves a hint of %s", scenario->name, what,
                  step, second, (char *)g_ptr_array_index(hints, 0));
}

/* Whatever a journal claims, the index leads to it: after any crash. */
static void
assert_hints(HdFake *fake, const HdScenario *scenario, guint step)
{
    HdPort *port = hd_fake_port(fake);
    g_autoptr(HdRecord) record = NULL;
    if (!hd_index_is_whole(port) || !hd_journal_peek(port, VM_A, &record, NULL) || record == NULL ||
        !record->is_planned || hd_record_is_clear(record))
        return;
    g_autoptr(GPtrArray) subjects = hd_index_subjects(record);
    for (guint i = 0; i < subjects->len; i++) {
        const char *subject = g_ptr_array_index(subjects, i);
        g_autoptr(GPtrArray) keys = NULL;
        ck_assert_int_eq(hd_index_keys(port, subject, &keys), 0);
        ck_assert_msg(keys->len == 1, "%s: crash at %u: no hint of %s", scenario->name, step,
                      subject);
    }
}

static void
assert_as_before(HdFake *fake, const HdScenario *scenario, const char *what, guint step,
                 guint second)
{
    g_autoptr(HdFake) untouched = hd_scenario_host(scenario);
    g_autofree char *wanted = hd_fake_dump(untouched);
    g_autofree char *got = hd_fake_dump(fake);
    g_autoptr(GPtrArray) left = NULL;
    g_autoptr(GPtrArray) pages = NULL;
    ck_assert_msg(g_str_equal(got, wanted), "%s: %s at %u/%u: got\n%swanted\n%s", scenario->name,
                  what, step, second, got, wanted);
    bool has_folder = hd_port_list(hd_fake_port(fake), &left, "run/hostdevctl/vm") == 0;
    ck_assert_msg(!has_folder || left->len == 0, "%s: %s at %u/%u leaves a journal", scenario->name,
                  what, step, second);
    assert_no_hints(fake, scenario, what, step, second);
    has_folder = hd_port_list(hd_fake_port(fake), &pages, "run/hostdevctl/pages/2048") == 0;
    ck_assert_msg(!has_folder || pages->len == 0, "%s: %s at %u/%u leaves a note of huge pages",
                  scenario->name, what, step, second);
}

START_TEST(undisturbed)
{
    const HdScenario *scenario = &hd_scenarios[_i];
    g_autoptr(HdFake) fake = hd_scenario_host(scenario);
    g_autoptr(HdState) state = new_state(fake);
    g_autoptr(HdRequest) request = hd_scenario_request(scenario);
    g_autoptr(GError) error = NULL;
    bool prepared = hd_state_prepare(state, request, 0, &error);
    ck_assert_int_eq(prepared, scenario->bad_probe == NULL && !scenario->is_refused);
    if (prepared)
        hd_scenario_assert_whole(scenario, fake);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before(fake, scenario, "nothing", 0, 0);
}
END_TEST

START_TEST(crash_at_every_step)
{
    const HdScenario *scenario = &hd_scenarios[_i];
    guint count = count_mutations(scenario);
    for (guint step = 1; step <= count; step++) {
        for (int after = 0; after <= 1; after++) {
            g_autoptr(HdFake) fake = hd_scenario_host(scenario);
            hd_fake_die_at(fake, step, after);
            run(fake, scenario);
            ck_assert(hd_fake_is_dead(fake));
            hd_fake_revive(fake);
            assert_hints(fake, scenario, step);
            reconcile(fake);
            assert_as_before(fake, scenario, after ? "crash after" : "crash before", step, 0);
        }
    }
    g_print("# %s: %u crashes recovered\n", scenario->name, 2 * count);
}
END_TEST

START_TEST(crash_in_recovery)
{
    const HdScenario *scenario = &hd_scenarios[_i];
    guint count = count_mutations(scenario), pairs = 0;
    for (guint step = 1; step <= count; step++) {
        bool recovery_has_step = true;
        for (guint second = 1; recovery_has_step; second++) {
            g_autoptr(HdFake) fake = hd_scenario_host(scenario);
            hd_fake_die_at(fake, step, true);
            run(fake, scenario);
            hd_fake_revive(fake);
            hd_fake_die_at(fake, second, second % 2);
            reconcile(fake);
            recovery_has_step = hd_fake_is_dead(fake);
            hd_fake_revive(fake);
            reconcile(fake);
            assert_as_before(fake, scenario, "second crash", step, second);
            pairs += recovery_has_step;
        }
    }
    g_print("# %s: %u pairs of crashes recovered\n", scenario->name, pairs);
}
END_TEST

/* The same devices, listed the other way round: another plan for the same journal. */
static HdRequest *
new_reversed_request(const HdScenario *scenario)
{
    g_autoptr(HdRequest) forward = hd_scenario_request(scenario);
    HdRequest *request = hd_fake_request("vm", VM_A, NULL);
    while (forward->wishes->len > 0)
        g_ptr_array_add(request->wishes,
                        g_ptr_array_steal_index(forward->wishes, forward->wishes->len - 1));
    for (guint i = forward->pages->len; i > 0; i--)
        g_array_append_val(request->pages, g_array_index(forward->pages, HdPagesNeed, i - 1));
    request->allocates = forward->allocates;
    return request;
}

/* What a user does after a crash: edits the VM and starts it again. It gets its devices, and gives
   them back. */
START_TEST(start_again_after_crash)
{
    const HdScenario *scenario = &hd_scenarios[_i];
    guint count = count_mutations(scenario);
    for (guint step = 1; step <= count; step++) {
        for (int after = 0; after <= 1; after++) {
            g_autoptr(HdFake) fake = hd_scenario_host(scenario);
            g_autoptr(HdState) state = new_state(fake);
            g_autoptr(HdRequest) request = new_reversed_request(scenario);
            g_autoptr(GError) error = NULL;
            hd_fake_die_at(fake, step, after);
            run(fake, scenario);
            hd_fake_revive(fake);
            bool prepared = hd_state_prepare(state, request, 0, &error);
            ck_assert_msg(prepared == (scenario->bad_probe == NULL && !scenario->is_refused),
                          "%s: crash at %u: %s", scenario->name, step,
                          error != NULL ? error->message : "prepared");
            if (prepared)
                hd_scenario_assert_whole(scenario, fake);
            ck_assert(hd_state_release(state, VM_A, NULL));
            assert_as_before(fake, scenario, "crash and a new start", step, 0);
        }
    }
}
END_TEST

START_TEST(errno_at_every_step)
{
    const HdScenario *scenario = &hd_scenarios[_i];
    guint count = count_mutations(scenario);
    for (guint step = 1; step <= count; step++) {
        for (gsize i = 0; i < G_N_ELEMENTS(errnos); i++) {
            g_autoptr(HdFake) fake = hd_scenario_host(scenario);
            hd_fake_fail_at(fake, step, errnos[i]);
            run(fake, scenario);
            /* Still there only where prepare has succeeded or the way back met the error. */
            hd_fake_revive(fake);
            reconcile(fake);
            assert_as_before(fake, scenario, g_strerror(errnos[i]), step, 0);
        }
    }
    g_print("# %s: %u errors survived\n", scenario->name, count * (guint)G_N_ELEMENTS(errnos));
}
END_TEST

/* One failing call in prepare: either the VM has all its devices or the host is as it was, at once,
   without any reconcile. */
START_TEST(error_is_whole_or_nothing)
{
    HdScenario scenario = hd_scenarios[_i];
    scenario.and_release = false;
    guint count = count_mutations(&scenario);
    for (guint step = 1; step <= count; step++) {
        g_autoptr(HdFake) fake = hd_scenario_host(&scenario);
        g_autoptr(HdState) state = new_state(fake);
        g_autoptr(HdRequest) request = hd_scenario_request(&scenario);
        g_autoptr(GError) error = NULL;
        hd_fake_fail_at(fake, step, EIO);
        if (hd_state_prepare(state, request, 0, &error)) {
            hd_scenario_assert_whole(&scenario, fake);
        } else if (scenario.bad_probe == NULL && !scenario.is_refused) {
            ck_assert(error != NULL && *error->message != '\0');
            assert_as_before(fake, &scenario, "one error", step, 0);
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("every step");
    TCase *tcase = tcase_create("sweep");
    int count = (int)hd_scenario_count;
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, undisturbed, 0, count);
    tcase_add_loop_test(tcase, crash_at_every_step, 0, count);
    tcase_add_loop_test(tcase, crash_in_recovery, 0, count);
    tcase_add_loop_test(tcase, start_again_after_crash, 0, count);
    tcase_add_loop_test(tcase, errno_at_every_step, 0, count);
    tcase_add_loop_test(tcase, error_is_whole_or_nothing, 0, count);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
