/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The first and the last that is good, and what is just beside: numbers, sizes and sealed lines
 * that people and files give us.
 */
#include <errno.h>
#include <string.h>

#include "hd-error.h"
#include "hd-fingerprint.h"
#include "hd-pages.h"
#include "hd-pci-address.h"
#include "hd-readiness.h"
#include "hd-test.h"
#include "hd-text.h"
#include "hd-tuning.h"

START_TEST(sealed_line)
{
    g_autofree char *line = hd_text_seal("goal 1");
    g_autofree char *empty = hd_text_seal("");
    g_strchomp(line);
    ck_assert_str_eq(hd_text_unseal(line), "goal 1");
    /* Cut at each place, and changed at each. */
    for (gsize i = 0; i < strlen(line); i++) {
        g_autofree char *cut = g_strndup(line, i);
        g_autofree char *other = g_strdup(line);
        other[i] = other[i] == 'g' ? 'h' : 'g';
        ck_assert_msg(hd_text_unseal(cut) == NULL, "'%s'", cut);
        ck_assert_msg(hd_text_unseal(other) == NULL, "'%s'", other);
    }
    /* A seal and nothing behind it is half a line. */
    empty[strlen(empty) - 1] = '\0';
    ck_assert_uint_eq(strlen(empty), 9);
    ck_assert_ptr_null(hd_text_unseal(empty));
}
END_TEST

/* text, and KiB; 0: refused */
static const struct {
    const char *text;
    guint64 kb;
} sizes[] = {
    {"", 0},         {"M", 0},
    {"2", 0},        {"0M", 0},
    {"1K", 1},       {"2M", 2048},
    {"1G", 1048576}, {"1T", G_GUINT64_CONSTANT(1) << 30},
    {"2P", 0},       {"1048576K", 1048576},
    {"1048577K", 0}, {"2MB", 0},
    {"-1M", 0},      {"2 M", 0},
};

START_TEST(page_size)
{
    guint64 kb = 0;
    ck_assert_int_eq(hd_pages_size_parse(sizes[_i].text, &kb), sizes[_i].kb != 0);
    ck_assert_uint_eq(kb, sizes[_i].kb);
}
END_TEST

/* rebar, and what is kept of it; NULL: refused */
static const char *const bars[][2] = {
    {"0:1M", "0:1M"},
    {"5:8G", "5:8192M"},
    {" 0:8G  2:256M ", "0:8192M 2:256M"},
    {"0:8589934592G", "0:8796093022208M"},
    {"0:8796093022208M", "0:8796093022208M"},
    {"0:17179869184G", NULL},
    {"0:17592186044416M", NULL},
    {"6:8G", NULL},
    {"/:8G", NULL},
    {"0:8G 0:8G", NULL},
    {"0:3G", NULL},
    {"0:0G", NULL},
    {"0:8", NULL},
    {"0:8T", NULL},
    {"0:G", NULL},
    {"0-8G", NULL},
    {"0", NULL},
    {"", NULL},
};

START_TEST(bar_size)
{
    HdBars parsed = {0};
    bool is_good = hd_bars_parse(bars[_i][0], &parsed);
    g_autofree char *text = hd_bars_format(&parsed);
    ck_assert_int_eq(is_good, bars[_i][1] != NULL);
    ck_assert_str_eq(text, is_good ? bars[_i][1] : "");
}
END_TEST

static const char *const node_names[][2] = {
    {"pci_0000_01_00_0", "0000:01:00.0"},
    {"pci_10000_e1_1f_7", "10000:e1:1f.7"},
    {"pci_", NULL},
    {"pci_0000_01_00", NULL},
    {"pci_0000:01:00.0", NULL},
    {"pci_0000_01_00.0", NULL},
    {"pci_0000_01_20_0", NULL},
    {"pci_0000_01_00_8", NULL},
    {"usb_0000_01_00_0", NULL},
    {NULL, NULL},
};

START_TEST(node_name)
{
    HdPciAddress address = {0};
    bool is_good = hd_pci_address_parse_node_name(node_names[_i][0], &address);
    ck_assert_int_eq(is_good, node_names[_i][1] != NULL);
    if (is_good)
        ck_assert_str_eq(hd_pci_address_text(&address).text, node_names[_i][1]);
}
END_TEST

static const struct {
    const char *text;
    guint version;
} versions[] = {
    {"6.12.9-amd64", 6012},
    {"10.0", 10000},
    {"999.999", 999999},
    {"1000.0", 0},
    {"6.1000", 0},
    {"6", 0},
    {"6.", 0},
    {"6-1", 0},
    {".1", 0},
    {"v6.1", 0},
    {"-1.1", 0},
    {" 6.1", 0},
    {"", 0},
};

START_TEST(version)
{
    ck_assert_uint_eq(hd_readiness_version(versions[_i].text), versions[_i].version);
}
END_TEST

static HdFingerprint *
fingerprint(guint8 bus, const char *serial, const char *mac, const char *path)
{
    HdFingerprint *print = g_new0(HdFingerprint, 1);
    print->address.bus = bus;
    print->serial = g_strdup(serial);
    print->mac = g_strdup(mac);
    print->path = g_strdup(path);
    return print;
}

/* What is known, what is found: whether it is that card, and whether it tells more. */
static const struct {
    const char *known[3], *now[3];
    bool is_it, is_richer;
} cards[] = {
    {{"s", "m", "p"}, {"s", "n", "q"}, true, false},
    {{"s", "m", "p"}, {"t", "m", "p"}, false, false},
    {{"s", "m", "p"}, {NULL, "m", "p"}, false, false},
    {{NULL, "m", "p"}, {"s", "m", "p"}, true, true},
    {{NULL, "m", "p"}, {NULL, "n", "p"}, false, false},
    {{NULL, "m", "p"}, {NULL, NULL, "p"}, false, false},
    {{NULL, NULL, "p"}, {NULL, "m", "p"}, true, true},
    {{"s", NULL, "p"}, {"s", "m", NULL}, true, true},
    {{NULL, NULL, "p"}, {NULL, NULL, "p"}, true, false},
    {{NULL, NULL, "p"}, {NULL, NULL, NULL}, false, false},
    {{NULL, NULL, NULL}, {NULL, NULL, "p"}, false, false},
    {{NULL, NULL, NULL}, {NULL, NULL, NULL}, false, false},
};

START_TEST(same_card)
{
    const char *const *known = cards[_i].known, *const *now = cards[_i].now;
    g_autoptr(HdFingerprint) old = fingerprint(1, known[0], known[1], known[2]);
    g_autoptr(HdFingerprint) new = fingerprint(2, now[0], now[1], now[2]);
    ck_assert_int_eq(hd_fingerprint_is(old, new), cards[_i].is_it);
    ck_assert_int_eq(hd_fingerprint_is_richer(new, old), cards[_i].is_richer);
}
END_TEST

START_TEST(one_fingerprint_an_address)
{
    g_autoptr(GPtrArray) known = hd_fingerprints_parse("");
    for (guint8 bus = 1; bus <= 3; bus++)
        hd_fingerprints_set(known, fingerprint(bus, "old", NULL, NULL));
    hd_fingerprints_set(known, fingerprint(2, "new", NULL, NULL));
    ck_assert_uint_eq(known->len, 3);
    for (guint i = 0; i < known->len; i++) {
        const HdFingerprint *print = g_ptr_array_index(known, i);
        ck_assert_uint_eq(print->address.bus, i + 1);
        ck_assert_str_eq(print->serial, i == 1 ? "new" : "old");
    }
}
END_TEST

#define PRINT "0000:01:00.0 id=10de:2237 subsystem=1043:0001 class=030000"

/* A line of a file of fingerprints, and what is kept of it; NULL: it is none. */
static const char *const prints[][2] = {
    {PRINT " serial=s%20n mac=52:54:00:00:00:01 path=0000:00/01.0 group=7",
     PRINT " serial=s%20n mac=52:54:00:00:00:01 path=0000:00/01.0 group=7\n"},
    {PRINT " group=0", PRINT " group=0\n"},
    {PRINT, PRINT " group=-1\n"},
    {"0000:01:00.0 id=1:2 subsystem=3:4 class=ffffff",
     "0000:01:00.0 id=0001:0002 subsystem=0003:0004 class=ffffff group=-1\n"},
    {"", NULL},
    {"0000:01:00.0", NULL},
    {"0000:01:00 id=1:2 subsystem=3:4 class=5", NULL},
    {"0000:01:00.0 subsystem=3:4 class=5", NULL},
    {"0000:01:00.0 id=1:2 class=5", NULL},
    {"0000:01:00.0 id=1:2 subsystem=3:4", NULL},
    {"0000:01:00.0 id=1 subsystem=3:4 class=5", NULL},
    {"0000:01:00.0 id=1:2:3 subsystem=3:4 class=5", NULL},
    {"0000:01:00.0 id=1:x subsystem=3:4 class=5", NULL},
    {"0000:01:00.0 id=1:2 subsystem=3:4 class=1000000", NULL},
};

START_TEST(fingerprint_line)
{
    g_autoptr(GPtrArray) parsed = hd_fingerprints_parse(prints[_i][0]);
    g_autofree char *text = hd_fingerprints_format(parsed);
    ck_assert_str_eq(text, prints[_i][1] != NULL ? prints[_i][1] : "");
}
END_TEST

static const struct {
    HdErrorCode code;
    int errnum;
    const char *words;
} errors[] = {
    {HD_ERROR_KERNEL, EROFS,
     "/sys is read-only here, as in a container: do this on the host itself"},
    {HD_ERROR_KERNEL, EMEDIUMTYPE,
     "/sys is not the kernel's sysfs here: do this on the host itself"},
    {HD_ERROR_KERNEL, EPERM, "Operation not permitted"},
    {HD_ERROR_KERNEL, ENOENT, "No such file or directory"},
    {HD_ERROR_CONFIG, EPERM, "others than root may change it; chown root and chmod go-w"},
    {HD_ERROR_CONFIG, EROFS, "Read-only file system"},
    {HD_ERROR_STATE, EMEDIUMTYPE, "Wrong medium type"},
    {HD_ERROR_STATE, EPERM, "Operation not permitted"},
};

START_TEST(words_of_an_error)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_error_set_errno(&error, errors[_i].code, errors[_i].errnum, "read %s", "f"));
    ck_assert(hd_error_is(error, errors[_i].code));
    ck_assert(g_str_has_prefix(error->message, "read f: "));
    ck_assert_str_eq(error->message + strlen("read f: "), errors[_i].words);
}
END_TEST

/* A wish of a person, key and value, and what is kept of it; NULL: refused. */
static const char *const tunings[][3] = {
    {"reset", "flr", "flr"},
    {"reset", "  a  b ", "a b"},
    {"reset", "default", NULL},
    {"reset", "", NULL},
    {"reset", "FLR", NULL},
    {"reset", "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd",
     "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"},
    {"reset", "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddde", NULL},
};

START_TEST(tuning)
{
    HdTuning tuned = {0};
    const char *problem = hd_tuning_set(&tuned, tunings[_i][0], tunings[_i][1]);
    ck_assert_int_eq(problem == NULL, tunings[_i][2] != NULL);
    ck_assert_pstr_eq(tuned.reset_method, tunings[_i][2]);
    hd_tuning_clear(&tuned);
}
END_TEST

HD_TEST_MAIN("edges", tcase_add_test(tcase, sealed_line);
             tcase_add_loop_test(tcase, page_size, 0, G_N_ELEMENTS(sizes));
             tcase_add_loop_test(tcase, bar_size, 0, G_N_ELEMENTS(bars));
             tcase_add_loop_test(tcase, node_name, 0, G_N_ELEMENTS(node_names));
             tcase_add_loop_test(tcase, version, 0, G_N_ELEMENTS(versions));
             tcase_add_loop_test(tcase, same_card, 0, G_N_ELEMENTS(cards));
             tcase_add_test(tcase, one_fingerprint_an_address);
             tcase_add_loop_test(tcase, tuning, 0, G_N_ELEMENTS(tunings));
             tcase_add_loop_test(tcase, fingerprint_line, 0, G_N_ELEMENTS(prints));
             tcase_add_loop_test(tcase, words_of_an_error, 0, G_N_ELEMENTS(errors)))
