/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a scenario is driven: what came before it, and what is done.
 */
#include <check.h>

#include "hd-scenario.h"

static HdState *
new_state(HdFake *fake)
{
    HdConfig config = hd_config_default();
    (void)hd_state_load_config(hd_fake_port(fake), &config, NULL);
    return hd_state_new(hd_fake_port(fake), &config);
}

static bool
prepare(const HdScenario *scenario, HdState *state, const char *uuid)
{
    g_autoptr(HdRequest) request = hd_scenario_request(scenario, uuid);
    return hd_state_prepare(state, request, 0, NULL);
}

void
hd_scenario_prelude(const HdScenario *scenario, HdFake *fake)
{
    g_autoptr(HdState) state = new_state(fake);
    if (scenario->is_second)
        ck_assert(prepare(scenario, state, VM_A));
    if (scenario->is_successor)
        ck_assert(prepare(scenario, state, VM_B));
    hd_fake_revive(fake);
}

static void
arrive(const HdScenario *scenario, HdState *state)
{
    g_autoptr(HdRequest) request = hd_scenario_request(scenario, VM_A);
    g_autoptr(GArray) moves = NULL;
    (void)hd_state_arrive(state, request, 0, &moves, NULL);
}

void
hd_scenario_run(const HdScenario *scenario, HdFake *fake)
{
    g_autoptr(HdState) state = new_state(fake);
    if (scenario->verb != NULL) {
        scenario->verb->act(state);
        if (scenario->and_release)
            scenario->verb->undo(state);
        return;
    }
    if (scenario->arrives)
        arrive(scenario, state);
    (void)prepare(scenario, state, VM_A);
    if (scenario->and_release)
        (void)hd_state_release(state, VM_A, NULL);
}

bool
hd_scenario_succeeds(const HdScenario *scenario)
{
    return scenario->verb == NULL && scenario->bad_probe == NULL && !scenario->is_refused;
}
