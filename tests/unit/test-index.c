/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The index of claims: it leads to every claim that matters, it is rebuilt where it lacks,
 * and what is left over in it does no harm.
 */
#include <errno.h>
#include <string.h>

#include "hd-fake-host.h"
#include "hd-index.h"
#include "hd-state.h"
#include "hd-test.h"

#define CLAIM "run/hostdevctl/claim/"

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

/* Returns: (transfer full) (nullable): why not. */
static char *
prepare(const char *vm, const char *address)
{
    g_autoptr(GError) error = NULL;
    const HdUuid uuid = hd_fake_uuid(vm);
    g_autoptr(HdRequest) request = hd_request_new("vm", &uuid);
    ck_assert(hd_pci_address_parse(address, &hd_request_add(request, HD_WISH_PCI)->address));
    /* QEMU runs, or the VM would be taken for dead. */
    bool done = hd_state_prepare(state, request, 0, &error);
    return done ? NULL : g_strdup(error->message);
}

static void
run_qemu(const char *vm)
{
    g_autofree char *command =
        g_strdup_printf("/usr/bin/qemu-system-x86_64 -uuid %s -name guest=vm", vm);
    hd_fake_add_process(fake, 4242, "qemu-system-x86", command, NULL);
}

static bool
has(const char *path)
{
    return hd_port_exists(hd_fake_port(fake), "%s", path);
}

START_TEST(hints_come_and_go)
{
    ck_assert_ptr_null(prepare(VM_A, "0000:02:00.0"));
    ck_assert(has(CLAIM "0000:02:00.0/" VM_A));
    ck_assert(has(CLAIM "0000:02:00.1/" VM_A)); /* it went along */
    ck_assert(has(CLAIM "whole"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    g_autoptr(GPtrArray) left = hd_index_all(hd_fake_port(fake));
    ck_assert_uint_eq(left->len, 0);
}
END_TEST

static const char *const theirs[] = {"0000:02:00.0", "0000:02:00.1"};

/* By the device itself and by one of its group; with the index and without. */
START_TEST(claims_are_found)
{
    ck_assert_ptr_null(prepare(VM_A, "0000:02:00.0"));
    run_qemu(VM_A);
    if (_i >= 2)
        hd_fake_unset(fake, "run/hostdevctl/claim");
    g_autofree char *problem = prepare(VM_B, theirs[_i % 2]);
    ck_assert_ptr_nonnull(problem);
    ck_assert_contains(problem, "VM 'vm'");
    ck_assert(has(CLAIM "0000:02:00.0/" VM_A));
    ck_assert(has(CLAIM "whole"));
    ck_assert(!has(CLAIM "0000:02:00.0/" VM_B));
}
END_TEST

/* A thousand others: theirs are not read, or this one, which can't be, would be in the way. */
START_TEST(others_are_not_read)
{
    ck_assert_ptr_null(prepare(VM_A, "0000:01:00.0"));
    hd_fake_unset(fake, "run/hostdevctl/vm/" VM_A);
    hd_fake_set_file(fake, "run/hostdevctl/vm/" VM_A "/unreadable", "");
    ck_assert_ptr_null(prepare(VM_B, "0000:03:00.0"));
    g_autofree char *problem = prepare(VM_B, "0000:01:00.0");
    ck_assert_ptr_nonnull(problem);
}
END_TEST

START_TEST(what_is_left_over_does_no_harm)
{
    ck_assert_ptr_null(prepare(VM_A, "0000:03:00.0"));
    hd_fake_set_file(fake, CLAIM "0000:01:00.0/" VM_B, "");
    hd_fake_set_file(fake, CLAIM "0000:01:00.0/" VM_A, "");
    ck_assert_ptr_null(prepare(VM_B, "0000:01:00.0"));
    hd_fake_set_file(fake, CLAIM "0000:05:00.0/33333333-cccc-4ccc-8ccc-333333333333", "");
    run_qemu(VM_B);
    g_autoptr(GPtrArray) reports = NULL;
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    ck_assert(!has(CLAIM "0000:05:00.0"));
    ck_assert(!has("run/hostdevctl/vm/33333333-cccc-4ccc-8ccc-333333333333"));
    ck_assert(has(CLAIM "0000:01:00.0/" VM_B));
}
END_TEST

static const HdPortOps *plain_ops;

/* The journal is not there; before anybody can ask again, its owner has begun another. */
static int
read_too_late(HdPort *port, const char *path, char **ret_text)
{
    if (!g_str_equal(path, "run/hostdevctl/vm/" VM_B))
        return plain_ops->read(port, path, ret_text);
    hd_fake_set_file(fake, path, "");
    return ENOENT;
}

START_TEST(journal_that_goes_and_comes)
{
    HdPortOps ops;
    HdPort *port = hd_fake_port(fake);
    ck_assert_ptr_null(prepare(VM_A, "0000:02:00.0"));
    hd_fake_set_file(fake, CLAIM "0000:01:00.0/" VM_B, "");
    plain_ops = port->ops;
    ops = *plain_ops;
    ops.read = read_too_late;
    port->ops = &ops;
    g_autofree char *problem = prepare(VM_A, "0000:01:00.0");
    ck_assert_msg(problem == NULL, "%s", problem);
}
END_TEST

HD_TEST_MAIN("index", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, hints_come_and_go);
             tcase_add_loop_test(tcase, claims_are_found, 0, 4);
             tcase_add_test(tcase, others_are_not_read);
             tcase_add_test(tcase, journal_that_goes_and_comes);
             tcase_add_test(tcase, what_is_left_over_does_no_harm))
