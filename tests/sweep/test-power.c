/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Power loss. The next boot finds the kernel as it is at boot, and of our files what the
 * disk kept: with /run in memory nothing of it, and, on a host that keeps it on a disk,
 * any beginning and any selection of what was written. No device is touched for what an
 * earlier boot has left, no start is refused for it, and nothing of it stays.
 *
 * And a process that dies amid a write, while the kernel goes on: any beginning of each line.
 */
#include <stdlib.h>
#include <string.h>

#include "hd-disk.h"
#include "hd-sweep.h"

/* Which operations survive: those before @count, without those whose bit is in @lost. */
typedef struct {
    guint count;
    guint64 lost; /* by number, modulo 64 */
} Survivors;

static bool
survives(guint number, gpointer data)
{
    const Survivors *survivors = data;
    return number < survivors->count && (survivors->lost >> (number % 64) & 1) == 0;
}

/* What the owner does on the next day: the same VM, from the very same state. */
static void
assert_starts(HdSweep *sweep, HdFake *fake, guint step, guint count)
{
    g_autoptr(HdState) state = hd_sweep_state(fake);
    g_autoptr(HdRequest) request = hd_scenario_request(sweep->scenario, VM_A);
    g_autoptr(GError) error = NULL;
    bool is_prepared = hd_state_prepare(state, request, 0, &error);
    ck_assert_msg(is_prepared == hd_scenario_succeeds(sweep->scenario),
                  "%s: power loss at %u/%u: %s", sweep->scenario->name, step, count,
                  error != NULL ? error->message : "prepared");
    if (is_prepared)
        hd_scenario_assert_whole(sweep->scenario, fake);
    ck_assert(hd_state_release(state, VM_A, NULL));
}

static void
boot(HdSweep *sweep, const HdDisk *disk, const Survivors *survivors, guint step, bool reconciles)
{
    g_autoptr(HdFake) fake = hd_scenario_host(sweep->scenario);
    hd_fake_set_file(fake, "proc/sys/kernel/random/boot_id", "boot-2\n");
    hd_disk_restore(disk, fake, survivors != NULL ? survives : NULL, (gpointer)survivors);
    const guint count = survivors != NULL ? survivors->count : 0;
    if (reconciles) {
        hd_sweep_reconcile(fake);
        hd_sweep_assert_as_before(sweep, fake, "power loss", step, count);
    }
    if (sweep->scenario->verb == NULL) {
        assert_starts(sweep, fake, step, count);
        hd_sweep_reconcile(fake);
        hd_sweep_assert_as_before(sweep, fake, "power loss and a start", step, count);
    }
}

/* All beginnings in turn and single losses, then selections by chance, always the same. */
static Survivors
survivors_of(guint number, guint operations, guint step)
{
    if (number <= operations)
        return (Survivors){number, 0};
    number -= operations + 1;
    if (number < operations)
        return (Survivors){operations, G_GUINT64_CONSTANT(1) << (number % 64)};
    g_autoptr(GRand) random = g_rand_new_with_seed(step * 1000 + number);
    const guint64 high = g_rand_int(random);
    return (Survivors){operations, high << 32 | g_rand_int(random)};
}

START_TEST(power_loss)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    const guint stride = hd_sweep_is_long() ? 1 : 5, by_chance = 8;
    for (guint step = 1; step <= sweep.calls; step += stride) {
        HdFake *fake = hd_scenario_host(sweep.scenario);
        g_autoptr(HdDisk) disk = hd_disk_new(fake);
        hd_scenario_prelude(sweep.scenario, fake);
        hd_fake_die_at(fake, step, true);
        hd_scenario_run(sweep.scenario, fake);
        ck_assert(hd_fake_is_dead(fake));
        const guint operations = hd_disk_operations(disk);
        boot(&sweep, disk, NULL, step, true);
        for (guint i = 0; i < 2 * operations + 1 + by_chance; i += hd_sweep_is_long() ? 1 : 4) {
            const Survivors survivors = survivors_of(i, operations, step);
            /* What no file system would leave is for the reconcile that each boot runs. */
            boot(&sweep, disk, &survivors, step, i % 2 || survivors.lost != 0);
        }
        hd_disk_free(g_steal_pointer(&disk));
        hd_fake_free(fake);
    }
    hd_sweep_end(&sweep, "boots after a power loss");
}
END_TEST

static void
tear(HdSweep *sweep, guint number, gsize bytes)
{
    HdFake *fake = hd_sweep_host(sweep);
    g_autoptr(HdDisk) disk = hd_disk_new(fake);
    hd_disk_tear(disk, number, bytes);
    hd_scenario_run(sweep->scenario, fake);
    ck_assert(hd_fake_is_dead(fake));
    hd_disk_free(g_steal_pointer(&disk));
    hd_fake_revive(fake);
    hd_sweep_assert_claimed(sweep, fake, "torn write", number);
    hd_sweep_recover(sweep, fake);
    hd_sweep_assert_as_before(sweep, fake, "torn write", number, (guint)bytes);
    hd_fake_free(fake);
}

/* Lengths of all appends of an undisturbed run. */
static GArray *
append_lengths(const HdSweep *sweep)
{
    GArray *lengths = g_array_new(FALSE, FALSE, sizeof(gsize));
    HdFake *fake = hd_sweep_host(sweep);
    g_autoptr(HdDisk) disk = hd_disk_new(fake);
    hd_scenario_run(sweep->scenario, fake);
    for (guint i = 1; i <= hd_disk_appends(disk); i++) {
        const gsize length = strlen(hd_disk_append_text(disk, i));
        g_array_append_val(lengths, length);
    }
    hd_disk_free(g_steal_pointer(&disk));
    hd_fake_free(fake);
    return lengths;
}

START_TEST(torn_writes)
{
    HdSweep sweep;
    hd_sweep_begin(&sweep, _i);
    g_autoptr(GArray) lengths = append_lengths(&sweep);
    for (guint i = 0; i < lengths->len; i++) {
        const gsize length = g_array_index(lengths, gsize, i);
        const gsize stride = hd_sweep_is_long() ? 1 : MAX(length / 3, 1);
        for (gsize bytes = 0; bytes < length; bytes += stride)
            tear(&sweep, i + 1, bytes);
        if (length > 1)
            tear(&sweep, i + 1, length - 1);
    }
    hd_sweep_end(&sweep, "torn writes");
}
END_TEST

static void
add(TCase *tcase, int count)
{
    tcase_add_loop_test(tcase, power_loss, 0, count);
    tcase_add_loop_test(tcase, torn_writes, 0, count);
}

int
main(int argc, char **argv)
{
    return hd_sweep_main(argc, argv, "power", "states", add);
}
