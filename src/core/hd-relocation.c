/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of a mapping a VM gets on this host. Whether a device may be given is the
 * planner's to say, so each candidate is put to it as a start of its own.
 */
#include "hd-relocation.h"

#include "hd-text.h"

#define MAX_TOLD 4

bool
hd_relocation_is_wanted(const HdWish *wish)
{
    return hd_wish_is_pci(wish) && wish->mapping != NULL;
}

bool
hd_relocation_is_asked(const HdRequest *request)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        if (hd_relocation_is_wanted(g_ptr_array_index(request->wishes, i)))
            return true;
    }
    return false;
}

static bool
is_taken(const GPtrArray *taken, const HdPciAddress *address)
{
    for (guint i = 0; i < taken->len; i++) {
        if (hd_pci_address_equal(g_ptr_array_index(taken, i), address))
            return true;
    }
    return false;
}

static bool
is_near(const HdPlannerInput *input, const HdDevice *device)
{
    return device->numa_node >= 0 && device->numa_node < 64 &&
           (input->request->numa_nodes >> device->numa_node & 1) != 0;
}

/* The mapping's devices, those to be tried first in front. (element-type HdDevice) */
static GPtrArray *
list_candidates(const HdPlannerInput *input, const HdWish *wish, const HdMapping *mapping)
{
    HdPolicy policy = hd_policy_overlay(input->policy, &input->request->policy);
    g_autoptr(GPtrArray) devices = hd_host_devices(input->host);
    g_autoptr(GPtrArray) members = hd_mapping_select(mapping, devices);
    GPtrArray *candidates = g_ptr_array_new();
    for (guint pass = 0; pass < 3; pass++) {
        for (guint i = 0; i < members->len; i++) {
            HdDevice *device = g_ptr_array_index(members, i);
            bool is_named = hd_pci_address_equal(&device->address, &wish->address);
            bool is_first = policy.choice == HD_CHOICE_NUMA && is_near(input, device);
            guint rank = is_named ? 0 : is_first ? 1 : 2;
            if (rank == pass)
                g_ptr_array_add(candidates, device);
        }
    }
    return candidates;
}

/* Returns: (transfer full) (nullable): NULL when it may be given, else why not. */
static char *
try_device(const HdPlannerInput *input, const HdWish *wish, const HdDevice *device)
{
    g_autoptr(HdRequest) request = hd_request_new(input->request->name, &input->request->uuid);
    request->policy = input->request->policy;
    request->numa_nodes = input->request->numa_nodes;
    HdWish *copy = hd_request_add_copy(request, wish);
    copy->address = device->address;
    /* The VM's other functions are not in the trial; whether it lists its companions prepare sees.
     */
    copy->policy.stance[HD_RULE_COMPANIONS] = HD_STANCE_ALLOW;
    const HdPlannerInput trial = {request, input->key, input->host, input->claims, input->policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&trial);
    if (!hd_plan_is_refused(plan))
        return NULL;
    const HdRefusal *refusal = g_ptr_array_index(plan->refusals, 0);
    return g_strdup_printf("%s %s", refusal->subject, refusal->reason);
}

static void
tell(GString *reasons, guint *count, const char *reason)
{
    if ((*count)++ < MAX_TOLD)
        g_string_append_printf(reasons, "%s%s", reasons->len > 0 ? ", " : "", reason);
}

static char *
describe_failure(const HdMapping *mapping, GString *reasons, guint count)
{
    if (count == 0)
        return g_strdup_printf("mapping '%s' has no device on this host", mapping->name);
    if (count > MAX_TOLD)
        g_string_append_printf(reasons, " and %u more", count - MAX_TOLD);
    return g_strdup_printf("mapping '%s' has no free device on this host: %s", mapping->name,
                           reasons->str);
}

/* What the VM has now, since it is running, it keeps. */
static bool
is_its_own(const HdPlannerInput *input, const HdPciAddress *address)
{
    for (guint i = 0; i < input->claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(input->claims, i);
        for (guint j = 0; g_strcmp0(claim->key, input->key) == 0 && j < claim->goals->len; j++) {
            if (hd_goal_claims(g_ptr_array_index(claim->goals, j), address))
                return true;
        }
    }
    return false;
}

static bool
choose(const HdPlannerInput *input, const HdWish *wish, GPtrArray *taken, GArray *moves,
       char **ret_reason)
{
    const HdMapping *mapping = hd_host_find_mapping(input->host, wish->mapping);
    g_autoptr(GString) reasons = g_string_new(NULL);
    guint count = 0;
    if (mapping == NULL || !mapping->is_here) {
        *ret_reason =
            g_strdup_printf("this host has no mapping '%s' ('hostdevctl map add')", wish->mapping);
        return false;
    }
    g_autoptr(GPtrArray) candidates = list_candidates(input, wish, mapping);
    for (guint i = 0; i < candidates->len; i++) {
        const HdDevice *device = g_ptr_array_index(candidates, i);
        if (is_taken(taken, &device->address)) {
            g_autofree char *goes = g_strdup_printf("%s goes to another device of this VM",
                                                    hd_pci_address_text(&device->address).text);
            tell(reasons, &count, goes);
            continue;
        }
        g_autofree char *reason = try_device(input, wish, device);
        if (reason != NULL) {
            tell(reasons, &count, reason);
            continue;
        }
        const HdMove move = {wish->address, device->address};
        if (!hd_pci_address_equal(&move.from, &move.to))
            g_array_append_val(moves, move);
        g_ptr_array_add(taken, (gpointer)&device->address);
        return true;
    }
    *ret_reason = describe_failure(mapping, reasons, count);
    return false;
}

bool
hd_relocation_choose(const HdPlannerInput *input, GArray **ret_moves, char **ret_reason)
{
    const GPtrArray *wishes = input->request->wishes;
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    /* What the VM wants by address alone stays its own. */
    for (guint i = 0; i < wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(wishes, i);
        if (hd_wish_is_pci(wish) &&
            (!hd_relocation_is_wanted(wish) || is_its_own(input, &wish->address)))
            g_ptr_array_add(taken, &wish->address);
    }
    for (guint i = 0; i < wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(wishes, i);
        if (hd_relocation_is_wanted(wish) && !is_its_own(input, &wish->address) &&
            !choose(input, wish, taken, moves, ret_reason))
            return false;
    }
    *ret_moves = g_steal_pointer(&moves);
    return true;
}
