/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A card's ROM is read, and the attribute is afterwards as it was, whatever happened.
 */
#include <errno.h>
#include <string.h>

#include "hd-error.h"
#include "hd-fake-host.h"
#include "hd-fake-rom.h"
#include "hd-rom-builder.h"
#include "hd-rom-reader.h"
#include "hd-test.h"

#define BOUND     "0000:01:00.0"
#define NO_DRIVER "0000:05:00.0"
#define ROM       "sys/bus/pci/devices/" BOUND "/rom"

static HdFake *fake;
static GByteArray *wanted;

static void
setup(void)
{
    fake = hd_fake_host_new();
    wanted = hd_rom_build_usual();
}

static void
teardown(void)
{
    g_byte_array_unref(wanted);
    hd_fake_free(fake);
}

static void
give(const char *address, HdFakeRomKind kind)
{
    hd_fake_set_rom(fake, address, kind, wanted->data, wanted->len);
}

static bool
read_rom(const char *name, HdRomOutcome *outcome, GString **bytes, GError **error)
{
    const HdPciAddress address = hd_fake_address(name);
    return hd_rom_read(hd_fake_port(fake), &address, 1000, outcome, bytes, error);
}

static void
assert_read(const char *name)
{
    g_autoptr(GString) bytes = NULL;
    g_autoptr(GError) error = NULL;
    HdRomOutcome outcome;
    ck_assert_msg(read_rom(name, &outcome, &bytes, &error), "%s",
                  error != NULL ? error->message : "");
    ck_assert_int_eq(outcome, HD_ROM_READ);
    ck_assert_uint_eq(bytes->len, wanted->len);
    ck_assert_int_eq(memcmp(bytes->str, wanted->data, wanted->len), 0);
}

static HdRomOutcome
outcome_of(const char *name)
{
    g_autoptr(GString) bytes = NULL;
    HdRomOutcome outcome;
    ck_assert(read_rom(name, &outcome, &bytes, NULL));
    ck_assert_ptr_null(bytes);
    return outcome;
}

/* What the reader rests on; the lab's 56-rom says the same of the kernel. */
START_TEST(the_attribute)
{
    HdPort *port = hd_fake_port(fake);
    g_autoptr(GString) bytes = NULL;
    give(BOUND, HD_FAKE_ROM_READY);
    ck_assert_int_eq(hd_port_load(port, &bytes, ROM), EINVAL);
    ck_assert_int_eq(hd_port_write(port, "0", ROM), 0);
    ck_assert(hd_fake_rom_is_enabled(fake, BOUND));
    ck_assert_int_eq(hd_port_write(port, "0\n", ROM), 0);
    ck_assert(!hd_fake_rom_is_enabled(fake, BOUND));
}
END_TEST

START_TEST(reads)
{
    give(BOUND, HD_FAKE_ROM_READY);
    assert_read(BOUND);
    ck_assert(!hd_fake_rom_is_enabled(fake, BOUND));
}
END_TEST

/* Somebody else wants it enabled: it stays so. */
START_TEST(enabled_before)
{
    give(BOUND, HD_FAKE_ROM_READY);
    ck_assert_int_eq(hd_port_write(hd_fake_port(fake), "1", ROM), 0);
    const guint before = hd_fake_mutations(fake);
    assert_read(BOUND);
    ck_assert_uint_eq(hd_fake_mutations(fake), before);
    ck_assert(hd_fake_rom_is_enabled(fake, BOUND));
}
END_TEST

START_TEST(asleep)
{
    g_autofree char *state = NULL;
    give(NO_DRIVER, HD_FAKE_ROM_ASLEEP);
    assert_read(NO_DRIVER);
    ck_assert_int_eq(
        hd_port_read(hd_fake_port(fake), &state, "sys/bus/pci/devices/%s/enable", NO_DRIVER), 0);
    ck_assert_str_eq(state, "0");
    ck_assert(!hd_fake_rom_is_enabled(fake, NO_DRIVER));
    /* A driver's function is that driver's business. */
    give(BOUND, HD_FAKE_ROM_ASLEEP);
    ck_assert_int_eq(outcome_of(BOUND), HD_ROM_EMPTY);
    ck_assert(!hd_fake_rom_is_enabled(fake, BOUND));
}
END_TEST

START_TEST(nothing_there)
{
    ck_assert_int_eq(outcome_of(BOUND), HD_ROM_NONE);
    hd_fake_set_rom(fake, BOUND, HD_FAKE_ROM_READY, NULL, 0);
    ck_assert_int_eq(outcome_of(BOUND), HD_ROM_EMPTY);
    ck_assert(!hd_fake_rom_is_enabled(fake, BOUND));
}
END_TEST

/* One that somebody has enabled is not counted down by us. */
START_TEST(on_already)
{
    g_autofree char *state = NULL;
    hd_fake_set_rom(fake, NO_DRIVER, HD_FAKE_ROM_READY, NULL, 0);
    const guint before = hd_fake_mutations(fake);
    ck_assert_int_eq(outcome_of(NO_DRIVER), HD_ROM_EMPTY);
    ck_assert_uint_eq(hd_fake_mutations(fake), before + 2);
    ck_assert_int_eq(
        hd_port_read(hd_fake_port(fake), &state, "sys/bus/pci/devices/%s/enable", NO_DRIVER), 0);
    ck_assert_str_eq(state, "1");
}
END_TEST

/* Each write may fail: the error is said, and what could be undone is undone. */
START_TEST(each_write_fails)
{
    for (guint number = 1; number <= 4; number++) {
        g_autoptr(GString) bytes = NULL;
        g_autoptr(GError) error = NULL;
        HdRomOutcome outcome;
        hd_fake_revive(fake);
        give(NO_DRIVER, HD_FAKE_ROM_ASLEEP);
        hd_fake_fail_at(fake, number, EACCES);
        bool done = read_rom(NO_DRIVER, &outcome, &bytes, &error);
        if (number == 1)
            ck_assert_contains(error->message, "rom: Permission denied");
        if (number == 2)
            ck_assert(done && outcome == HD_ROM_EMPTY);
        if (number >= 3)
            ck_assert_contains(error->message, "did not take back");
        ck_assert_int_eq(hd_fake_rom_is_enabled(fake, NO_DRIVER), number == 3);
    }
}
END_TEST

START_TEST(hangs)
{
    g_autoptr(GString) bytes = NULL;
    g_autoptr(GError) error = NULL;
    HdRomOutcome outcome;
    give(BOUND, HD_FAKE_ROM_HANGS);
    ck_assert(!read_rom(BOUND, &outcome, &bytes, &error));
    ck_assert(hd_error_is(error, HD_ERROR_STUCK));
    ck_assert_contains(error->message, BOUND ": its ROM could not be read in time (process 4242");
    ck_assert(!hd_fake_rom_is_enabled(fake, BOUND));
}
END_TEST

static void
add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_attribute);
    tcase_add_test(tcase, reads);
    tcase_add_test(tcase, enabled_before);
    tcase_add_test(tcase, asleep);
    tcase_add_test(tcase, nothing_there);
    tcase_add_test(tcase, on_already);
    tcase_add_test(tcase, each_write_fails);
    tcase_add_test(tcase, hangs);
}

HD_TEST_MAIN("rom-reader", add(tcase))
