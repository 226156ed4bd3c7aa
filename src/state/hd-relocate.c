/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VM comes to this host, by migration or from a saved image, or is to be given other
 * devices by its owner: which of its mappings' devices does it get here?
 */
#include "hd-desktop-probe.h"
#include "hd-error.h"
#include "hd-mapping-probe.h"
#include "hd-probe.h"
#include "hd-relocation.h"
#include "hd-state-private.h"
#include "hd-text.h"

static bool
has_candidate(const HdRequest *wanted, const HdPciAddress *address, const char *mapping)
{
    for (guint i = 0; i < wanted->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(wanted->wishes, i);
        if (hd_pci_address_equal(&wish->address, address) && g_str_equal(wish->mapping, mapping))
            return true;
    }
    return false;
}

/* Each device of the wish's mapping once, as a wish of its own. */
static bool
add_candidates(HdState *state, const HdWish *wish, const GPtrArray *devices, HdRequest *wanted,
               GError **ret_error)
{
    g_autoptr(HdMapping) mapping = NULL;
    if (!hd_mapping_load(state->port, wish->mapping, &mapping, ret_error))
        return false;
    if (mapping == NULL)
        return true;
    g_autoptr(GPtrArray) members = hd_mapping_select(mapping, devices);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *device = g_ptr_array_index(members, i);
        if (!has_candidate(wanted, &device->address, wish->mapping))
            hd_request_add_copy(wanted, wish)->address = device->address;
    }
    return true;
}

/* Those without a device on this host are in no candidate. */
static bool
add_empty_mappings(HdState *state, const HdRequest *request, HdHost *host, GError **ret_error)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_relocation_is_wanted(wish) &&
            !hd_mapping_probe(state->port, wish->mapping, host, ret_error))
            return false;
    }
    return true;
}

/* All devices that may be chosen, as wishes. */
static bool
list_candidates(HdState *state, const HdRequest *request, HdRequest **ret_wanted,
                GError **ret_error)
{
    g_autoptr(HdHost) all = NULL;
    g_autoptr(HdRequest) wanted = hd_request_new(request->name, &request->uuid);
    if (!hd_probe_all(state->port, &all, ret_error))
        return false;
    g_autoptr(GPtrArray) devices = hd_host_devices(all);
    hd_mapping_probe_paths(state->port, devices);
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_relocation_is_wanted(wish) &&
            !add_candidates(state, wish, devices, wanted, ret_error))
            return false;
    }
    *ret_wanted = g_steal_pointer(&wanted);
    return true;
}

/* The host with all of them probed as for a start. */
static bool
probe(HdState *state, const HdRequest *request, HdHost **ret_host, GError **ret_error)
{
    g_autoptr(HdRequest) wanted = NULL;
    g_autoptr(HdHost) host = NULL;
    if (!list_candidates(state, request, &wanted, ret_error) ||
        !hd_probe_request(state->port, wanted, &host, ret_error) ||
        !add_empty_mappings(state, request, host, ret_error))
        return false;
    hd_desktop_probe(state->port, wanted, &state->config, host);
    *ret_host = g_steal_pointer(&host);
    return true;
}

static bool
choose(HdState *state, const HdRequest *request, GArray **ret_moves, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdHost) host = NULL;
    g_autofree char *reason = NULL;
    if (!hd_state_claims(state, NULL, &claims, ret_error) ||
        !probe(state, request, &host, ret_error))
        return false;
    const HdPlannerInput input = {request, hd_state_key(request), host, claims,
                                  &state->config.policy};
    return hd_relocation_choose(&input, ret_moves, &reason) ||
           hd_error_set(ret_error, HD_ERROR_REFUSED, "%s", reason);
}

static void
apply_moves(HdRequest *request, const GArray *moves)
{
    g_autoptr(GPtrArray) moved = g_ptr_array_new();
    for (guint i = 0; i < moves->len; i++) {
        const HdMove *move = &g_array_index(moves, HdMove, i);
        for (guint j = 0; j < request->wishes->len; j++) {
            HdWish *wish = g_ptr_array_index(request->wishes, j);
            if (!hd_wish_is_pci(wish) || !hd_pci_address_equal(&wish->address, &move->from) ||
                g_ptr_array_find(moved, wish, NULL))
                continue;
            wish->address = move->to;
            g_ptr_array_add(moved, wish);
            break;
        }
    }
}

bool
hd_state_relocate(HdState *state, HdRequest *request, GArray **ret_moves, GError **ret_error)
{
    g_autoptr(GArray) moves = NULL;
    if (!hd_relocation_is_asked(request)) {
        *ret_moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
        return true;
    }
    if (!choose(state, request, &moves, ret_error))
        return false;
    apply_moves(request, moves);
    *ret_moves = g_steal_pointer(&moves);
    return true;
}

/* A claim without any change: prepare, which comes next, takes its place. */
static HdRecord *
new_reservation(HdState *state, const HdRequest *request, guint64 caller)
{
    g_autoptr(HdPlan) plan = hd_plan_new();
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_relocation_is_wanted(wish))
            hd_plan_add_goal(plan, hd_goal_new(HD_GOAL_HOLD, &wish->address));
    }
    return hd_state_new_record(state, request, plan, caller);
}

/* libvirt asks before it looks whether the VM is there already: what that one has stays its own. */
static bool
check_absent(HdState *state, const HdRecord *record, GError **ret_error)
{
    bool may_live = record->is_planned && !hd_record_is_clear(record) &&
                    !hd_record_is_reservation(record) &&
                    hd_liveness(state->port, record) != HD_VM_DEAD;
    return !may_live || hd_error_set(ret_error, HD_ERROR_REFUSED,
                                     "this VM is running here and holds its devices already");
}

/* Dead VMs must not keep an arriving one from any device that it could get. */
static bool
free_candidates(HdState *state, const HdRequest *request, GError **ret_error)
{
    g_autoptr(HdRequest) wanted = NULL;
    return list_candidates(state, request, &wanted, ret_error) &&
           hd_state_free_dead_holders(state, wanted, false, ret_error);
}

static bool
arrive(HdState *state, HdRequest *request, guint64 caller, GArray **ret_moves, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    g_autoptr(GArray) moves = NULL;
    HdLock *lock = NULL;
    if (!hd_relocation_is_asked(request))
        return hd_state_relocate(state, request, ret_moves, ret_error);
    if (!hd_journal_open(state->port, hd_state_key(request), true, hd_state_lock_ms(state),
                         &journal, ret_error) ||
        !check_absent(state, hd_journal_record(journal), ret_error) ||
        !hd_state_clear_leftovers(state, journal, ret_error) ||
        !free_candidates(state, request, ret_error) || !hd_state_lock_host(state, &lock, ret_error))
        return false;
    bool reserved = hd_state_relocate(state, request, &moves, ret_error) &&
                    hd_journal_begin(journal, new_reservation(state, request, caller), ret_error) &&
                    hd_journal_commit(journal, NULL, ret_error);
    hd_port_unlock(state->port, lock);
    if (!reserved)
        return false;
    g_autofree char *name = hd_text_printable(request->name, 64);
    hd_state_log(state, "%u devices of '%s' have others in their place here", moves->len, name);
    *ret_moves = g_steal_pointer(&moves);
    return true;
}

bool
hd_state_arrive(HdState *state, HdRequest *request, guint64 caller, GArray **ret_moves,
                GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    if (arrive(state, request, caller, ret_moves, &problem))
        return true;
    hd_state_log_refusal(state, request, problem);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

static HdRequest *
copy_functions(const HdRequest *request)
{
    HdRequest *copy = hd_request_new(request->name, &request->uuid);
    copy->policy = request->policy;
    copy->numa_nodes = request->numa_nodes;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_wish_is_pci(wish))
            hd_request_add_copy(copy, wish);
    }
    return copy;
}

void
hd_state_suggest(HdState *state, const HdRequest *request, GError **error)
{
    g_autoptr(HdRequest) copy = copy_functions(request);
    g_autoptr(GArray) moves = NULL;
    g_autoptr(GError) problem = NULL;
    if (!hd_error_is(*error, HD_ERROR_REFUSED) || !hd_relocation_is_asked(request))
        return;
    bool chosen = hd_state_relocate(state, copy, &moves, &problem);
    if (chosen && moves->len == 0)
        return;
    const HdMove *move = chosen ? &g_array_index(moves, HdMove, 0) : NULL;
    g_autofree char *text =
        chosen ? g_strdup_printf("%s; %s of the same mapping is free: 'hostdevctl map assign' "
                                 "gives it to the VM",
                                 (*error)->message, hd_pci_address_text(&move->to).text)
               : g_strdup_printf("%s; %s", (*error)->message, problem->message);
    g_clear_error(error);
    (void)hd_error_set(error, HD_ERROR_REFUSED, "%s", text);
}
