/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SWEEP_H
#define HD_SWEEP_H

#include <check.h>

#include "hd-index.h"
#include "hd-scenario.h"

/** HdSweep: one scenario on its way through all faults. */
typedef struct {
    const HdScenario *scenario;
    char *before; /* how the host is to be in the end */
    guint calls;  /* mutating calls of an undisturbed run */
    guint64 states;
} HdSweep;

/** The errnos that any call may answer. */
extern const int hd_sweep_errnos[];
extern const guint hd_sweep_errno_count;

/** Scenario number @index; runs it undisturbed once, to count its calls. */
void hd_sweep_begin(HdSweep *sweep, int index);
/** Says how many states were tried, "<name>: <n> @what", and adds them to the test's total. */
void hd_sweep_end(HdSweep *sweep, const char *what);

/** Returns: whether all is to be tried, however long it takes: --long. */
bool hd_sweep_is_long(void);

/** Returns: (transfer full): the scenario's host, up to the moment where it begins. */
HdFake *hd_sweep_host(const HdSweep *sweep);

/** Returns: (transfer full): the module over @fake, as a new process makes it. */
HdState *hd_sweep_state(HdFake *fake);

/** A new process gives back what the dead ones left. */
void hd_sweep_reconcile(HdFake *fake);

/** The same, and whoever had asked for what stays takes it back: then the host is as before. */
void hd_sweep_recover(const HdSweep *sweep, HdFake *fake);

/** The host is as before, with no journal, hint or note left. */
void hd_sweep_assert_as_before(HdSweep *sweep, HdFake *fake, const char *what, guint step,
                               guint second);

/** Whatever is not as before has an owner in the journals, and the index leads to each. */
void hd_sweep_assert_claimed(const HdSweep *sweep, HdFake *fake, const char *what, guint step);

/**
 * hd_sweep_main:
 * @name: of the suite
 * @unit: what its states are, for the total
 * @add: adds the tests
 *
 * Knows --long. Returns: the exit status.
 */
int hd_sweep_main(int argc, char **argv, const char *name, const char *unit,
                  void (*add)(TCase *tcase, int count));

#endif
