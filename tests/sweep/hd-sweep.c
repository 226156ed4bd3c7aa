/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all sweeps share: the host before, the recovery, and what must hold after it.
 */
#include "hd-sweep.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hd-journal.h"

const int hd_sweep_errnos[] = {EIO, ENOSPC, EBUSY, ENODEV, EINVAL, ENOENT, EACCES, ENOMEM};
const guint hd_sweep_errno_count = G_N_ELEMENTS(hd_sweep_errnos);

/* Each test is a process of its own; these are added up. */
typedef struct {
    atomic_ullong scenarios, calls, states;
} Totals;

static Totals *totals;
static bool is_long;

bool
hd_sweep_is_long(void)
{
    return is_long;
}

HdState *
hd_sweep_state(HdFake *fake)
{
    HdConfig config = hd_config_default();
    (void)hd_state_load_config(hd_fake_port(fake), &config, NULL);
    return hd_state_new(hd_fake_port(fake), &config);
}

HdFake *
hd_sweep_host(const HdSweep *sweep)
{
    HdFake *fake = hd_scenario_host(sweep->scenario);
    hd_scenario_prelude(sweep->scenario, fake);
    return fake;
}

void
hd_sweep_begin(HdSweep *sweep, int index)
{
    *sweep = (HdSweep){.scenario = &hd_scenarios[index]};
    g_autoptr(HdFake) untouched = hd_scenario_host(sweep->scenario);
    g_autoptr(HdFake) fake = hd_sweep_host(sweep);
    sweep->before = hd_fake_dump(untouched);
    hd_scenario_run(sweep->scenario, fake);
    sweep->calls = hd_fake_mutations(fake);
    ck_assert_uint_gt(sweep->calls, 0);
}

void
hd_sweep_end(HdSweep *sweep, const char *what)
{
    g_print("# %s: %u calls, %" G_GUINT64_FORMAT " %s\n", sweep->scenario->name, sweep->calls,
            sweep->states, what);
    atomic_fetch_add(&totals->scenarios, 1);
    atomic_fetch_add(&totals->calls, sweep->calls);
    atomic_fetch_add(&totals->states, sweep->states);
    g_clear_pointer(&sweep->before, g_free);
}

void
hd_sweep_reconcile(HdFake *fake)
{
    g_autoptr(HdState) state = hd_sweep_state(fake);
    g_autoptr(GPtrArray) reports = NULL;
    (void)hd_state_reconcile(state, &reports, NULL);
}

void
hd_sweep_recover(const HdSweep *sweep, HdFake *fake)
{
    hd_fake_revive(fake);
    hd_sweep_reconcile(fake);
    if (sweep->scenario->verb == NULL || sweep->scenario->verb->undo == NULL)
        return;
    g_autoptr(HdState) state = hd_sweep_state(fake);
    sweep->scenario->verb->undo(state);
}

static void
assert_nothing_in(const HdSweep *sweep, HdFake *fake, const char *folder, const char *what,
                  guint step, guint second)
{
    g_autoptr(GPtrArray) left = NULL;
    bool has_folder = hd_port_list(hd_fake_port(fake), &left, "run/hostdevctl/%s", folder) == 0;
    ck_assert_msg(!has_folder || left->len == 0, "%s: %s at %u/%u leaves %s/%s",
                  sweep->scenario->name, what, step, second, folder,
                  has_folder && left->len > 0 ? (char *)g_ptr_array_index(left, 0) : "");
}

void
hd_sweep_assert_as_before(HdSweep *sweep, HdFake *fake, const char *what, guint step, guint second)
{
    g_autofree char *got = hd_fake_dump(fake);
    ck_assert_msg(g_str_equal(got, sweep->before), "%s: %s at %u/%u: got\n%swanted\n%s",
                  sweep->scenario->name, what, step, second, got, sweep->before);
    assert_nothing_in(sweep, fake, "vm", what, step, second);
    assert_nothing_in(sweep, fake, "pages/2048", what, step, second);
    g_autoptr(GPtrArray) hints = hd_index_all(hd_fake_port(fake));
    ck_assert_msg(hints->len == 0, "%s: %s at %u/%u leaves a hint of %s", sweep->scenario->name,
                  what, step, second, hints->len > 0 ? (char *)g_ptr_array_index(hints, 0) : "");
    sweep->states++;
}

static void
assert_hints(const HdSweep *sweep, HdPort *port, const HdRecord *record, guint step)
{
    g_autoptr(GPtrArray) subjects = hd_index_subjects(record);
    for (guint i = 0; hd_index_is_whole(port) && i < subjects->len; i++) {
        const char *subject = g_ptr_array_index(subjects, i);
        g_autoptr(GPtrArray) keys = NULL;
        ck_assert_int_eq(hd_index_keys(port, subject, &keys), 0);
        ck_assert_msg(g_ptr_array_find_with_equal_func(keys, record->key, g_str_equal, NULL),
                      "%s: crash at %u: no hint of %s", sweep->scenario->name, step, subject);
    }
}

/* Subjects of all that is claimed. */
static GHashTable *
collect_claimed(const HdSweep *sweep, HdFake *fake, guint step)
{
    HdPort *port = hd_fake_port(fake);
    GHashTable *claimed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(HdState) state = hd_sweep_state(fake);
    g_autoptr(GPtrArray) records = NULL;
    ck_assert(hd_state_records(state, &records, NULL));
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        ck_assert_msg(!record->is_damaged, "%s: crash at %u: a journal is damaged",
                      sweep->scenario->name, step);
        if (hd_record_is_clear(record))
            continue;
        assert_hints(sweep, port, record, step);
        g_autoptr(GPtrArray) subjects = hd_index_subjects(record);
        for (guint j = 0; j < subjects->len; j++)
            g_hash_table_add(claimed, g_strdup(g_ptr_array_index(subjects, j)));
    }
    return claimed;
}

void
hd_sweep_assert_claimed(const HdSweep *sweep, HdFake *fake, const char *what, guint step)
{
    g_autofree char *now = hd_fake_dump(fake);
    g_autoptr(GHashTable) claimed = collect_claimed(sweep, fake, step);
    g_auto(GStrv) lines = g_strsplit(now, "\n", -1);
    g_auto(GStrv) wanted = g_strsplit(sweep->before, "\n", -1);
    if (sweep->scenario->verb != NULL && sweep->scenario->verb->is_nobodys)
        return;
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit(*line, " ", 4);
        if (g_strv_contains((const char *const *)wanted, *line) || g_strv_length(words) < 2)
            continue;
        ck_assert_msg(g_hash_table_size(claimed) > 0, "%s: %s at %u: nobody has %s",
                      sweep->scenario->name, what, step, *line);
        /* "<address> <driver> <override>" of one that was there before. */
        g_autofree char *start = g_strconcat("\n", words[0], " ", NULL);
        if (g_strv_length(words) == 3 && strchr(words[0], ':') != NULL &&
            strstr(sweep->before, start) != NULL)
            ck_assert_msg(g_hash_table_contains(claimed, words[0]), "%s: %s at %u: nobody has %s",
                          sweep->scenario->name, what, step, *line);
    }
}

int
hd_sweep_main(int argc, char **argv, const char *name, const char *unit,
              void (*add)(TCase *tcase, int count))
{
    for (int i = 1; i < argc; i++)
        is_long |= g_str_equal(argv[i], "--long");
    totals = mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (totals == MAP_FAILED)
        return EXIT_FAILURE;
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, is_long ? 7200 : 300);
    add(tcase, (int)hd_scenario_count);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    g_print("# %s: %u scenarios; %llu sweeps over %llu calls tried %llu %s; %d failed\n", name,
            hd_scenario_count, atomic_load(&totals->scenarios), atomic_load(&totals->calls),
            atomic_load(&totals->states), unit, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
