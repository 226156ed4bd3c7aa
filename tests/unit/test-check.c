/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What check says of journals, on the fake kernel; all else is in tests/cli/check.sh.
 */
#include <errno.h>
#include <string.h>

#include "hd-check.h"
#include "hd-fake-host.h"
#include "hd-finding.h"
#include "hd-test.h"

static HdFake *fake;
static HdState *state;

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    state = hd_state_new(hd_fake_port(fake), &config);
}

static void
teardown(void)
{
    hd_state_free(state);
    hd_fake_free(fake);
}

/* Returns: (transfer full): all findings as "level topic text" lines. */
static char *
check(void)
{
    g_autoptr(GPtrArray) findings = NULL;
    GString *lines = g_string_new(NULL);
    ck_assert(hd_check_host(hd_fake_port(fake), state, false, &findings, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const HdFinding *finding = g_ptr_array_index(findings, i);
        g_string_append_printf(lines, "%s %s %s\n", hd_level_name(finding->level), finding->topic,
                               finding->text);
    }
    return g_string_free(lines, FALSE);
}

static void
prepare(const char *address)
{
    g_autoptr(HdRequest) request = hd_fake_request("a", VM_A, address, NULL);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
}

START_TEST(dead_vm)
{
    prepare("0000:01:00.0");
    g_autofree char *dead = check();
    ck_assert_contains(dead, "warning leftovers a VM that is gone still holds devices (" VM_A ")");
    ck_assert_ptr_null(strstr(dead, "0000:01:00.0 is on vfio-pci"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    g_autofree char *released = check();
    ck_assert_ptr_null(strstr(released, "still holds"));
}
END_TEST

START_TEST(stuck_device)
{
    prepare("0000:01:00.0");
    hd_fake_block(fake, "0000:01:00.0");
    ck_assert(!hd_state_release(state, VM_A, NULL));
    g_autofree char *text = check();
    ck_assert_contains(text, "problem leftovers 0000:01:00.0 of 'a' is stuck in the kernel");
}
END_TEST

/* Whichever step fails: in one of them the device is left off its driver. */
START_TEST(device_that_does_not_come_back)
{
    bool is_told = false;
    for (guint step = 1; step < 20 && !is_told; step++) {
        teardown();
        setup();
        prepare("0000:01:00.0");
        hd_fake_fail_at(fake, hd_fake_mutations(fake) + step, EIO);
        (void)hd_state_release(state, VM_A, NULL);
        hd_fake_fail_at(fake, 0, 0);
        g_autofree char *text = check();
        is_told = strstr(text, "problem leftovers 0000:01:00.0 of 'a' could not be put back: ");
    }
    ck_assert(is_told);
}
END_TEST

START_TEST(damaged_journal)
{
    g_autofree char *journal = NULL;
    prepare("0000:01:00.0");
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &journal, "run/hostdevctl/vm/" VM_A), 0);
    char *goal = strstr(journal, "goal 0");
    ck_assert_ptr_nonnull(goal);
    goal[0] = 'G';
    hd_fake_set_file(fake, "run/hostdevctl/vm/" VM_A, journal);
    g_autofree char *text = check();
    ck_assert_contains(text,
                       "problem leftovers the journal /run/hostdevctl/vm/" VM_A " is damaged");
}
END_TEST

HD_TEST_MAIN("check", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, dead_vm); tcase_add_test(tcase, stuck_device);
             tcase_add_test(tcase, device_that_does_not_come_back);
             tcase_add_test(tcase, damaged_journal))
