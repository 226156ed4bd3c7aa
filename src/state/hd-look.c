/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a decision rests on, read in the one order that is safe: claims, then the host;
 * and of both no more than it needs.
 */
#include "hd-desktop-probe.h"
#include "hd-index.h"
#include "hd-pages-pool.h"
#include "hd-planner.h"
#include "hd-probe.h"
#include "hd-state-private.h"

/* Nothing is read of huge pages that are not to be allocated. */
static void
probe_pages(HdState *state, const HdRequest *request, HdHost *host)
{
    HdPagesFacts *facts = hd_host_pages(host);
    facts->is_asked = hd_request_asks_pages(request, state->config.allocates_pages);
    facts->limit_kb = state->config.pages_max_kb;
    if (facts->is_asked)
        hd_pages_pool_probe(state->port, facts);
}

GPtrArray *
hd_state_wanted(HdState *state, const HdRequest *request)
{
    return hd_index_wanted(state->port, request,
                           hd_request_asks_pages(request, state->config.allocates_pages));
}

/* Whether the owners of all that the probe has found were asked for: groups and VFs may change. */
static bool
covers(const GPtrArray *subjects, const HdHost *host)
{
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    bool covers = true;
    for (guint i = 0; covers && i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        covers = hd_index_has(subjects, &device->address);
        for (guint j = 0; covers && device->vfs != NULL && j < device->vfs->len; j++)
            covers = hd_index_has(subjects, &g_array_index(device->vfs, HdPciAddress, j));
    }
    return covers;
}

/* Claims first: what is given back in between is refused once more than needed, but never taken for
   free in the state that its owner had put it into. @subjects: NULL: all claims. */
static bool
look(HdState *state, const HdRequest *request, const GPtrArray *subjects, GPtrArray **ret_claims,
     HdHost **ret_host, GError **ret_error)
{
    const char *key = hd_state_key(request);
    g_autoptr(GPtrArray) claims = NULL;
    bool has_claims = subjects != NULL
                          ? hd_state_claims_about(state, subjects, key, &claims, ret_error)
                          : hd_state_claims(state, key, &claims, ret_error);
    if (!has_claims || !hd_probe_request(state->port, request, ret_host, ret_error))
        return false;
    *ret_claims = g_steal_pointer(&claims);
    return true;
}

static HdPlan *
decide_for(HdState *state, const HdRequest *request, const GPtrArray *claims, HdHost *host)
{
    probe_pages(state, request, host);
    hd_desktop_probe(state->port, request, &state->config, host);
    const HdPlannerInput input = {request, hd_state_key(request), host, claims,
                                  &state->config.policy};
    return hd_planner_prepare(&input);
}

bool
hd_state_plan(HdState *state, const HdRequest *request, HdPlan **ret_plan, GError **ret_error)
{
    g_autoptr(GPtrArray) subjects = hd_state_wanted(state, request);
    g_autoptr(GPtrArray) claims = NULL, all = NULL;
    g_autoptr(HdHost) host = NULL, again = NULL;
    if (!look(state, request, subjects, &claims, &host, ret_error))
        return false;
    if (covers(subjects, host))
        *ret_plan = decide_for(state, request, claims, host);
    else if (look(state, request, NULL, &all, &again, ret_error))
        *ret_plan = decide_for(state, request, all, again);
    else
        return false;
    return true;
}
