/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sets of VFs and their network settings without a VM: what a person or the boot asks
 * for. Each change has a journal for as long as it takes, so that a crash leaves
 * either the old set or the new one, and no VM gets a VF that is about to vanish.
 */
#include "hd-apply.h"
#include "hd-card-probe.h"
#include "hd-error.h"
#include "hd-probe.h"
#include "hd-sriov.h"
#include "hd-state-private.h"
#include "hd-text.h"
#include "hd-vf-net.h"

#define SETTLE_MS 10000

static bool
refuse_vf(const HdPciAddress *pf, const HdPciAddress *vf, const char *why, const char *remedy,
          GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s keeps its VFs: %s %s; %s",
                        hd_pci_address_text(pf).text, hd_pci_address_text(vf).text, why, remedy);
}

/* An mdev that a VM has, or is about to make, on @vf counts too. */
static bool
holds(const HdClaim *claim, const HdPciAddress *vf)
{
    const HdPciAddressText name = hd_pci_address_text(vf);
    for (guint i = 0; i < claim->goals->len; i++) {
        const HdGoal *goal = g_ptr_array_index(claim->goals, i);
        if (hd_goal_claims(goal, vf) ||
            (goal->kind == HD_GOAL_MDEV && hd_mdev_places_have_parent(goal->places, name.text)))
            return true;
    }
    return false;
}

/* By anyone's journal: a VM's, or a person's detach. */
static bool
check_claims(const GPtrArray *claims, const HdPciAddress *pf, const HdPciAddress *vf,
             GError **ret_error)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        if (!holds(claim, vf))
            continue;
        g_autofree char *name = hd_text_printable(claim->name, 64);
        g_autofree char *why =
            g_strdup_printf("is held by %s'%s'", claim->is_vm ? "VM " : "", name);
        return refuse_vf(pf, vf, why,
                         claim->is_vm ? "shut that VM down first" : "see 'hostdevctl status'",
                         ret_error);
    }
    return true;
}

static bool
check_mdevs(HdPort *port, const HdPciAddress *pf, const HdPciAddress *vf, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, "sys/bus/pci/devices/%s", hd_pci_address_text(vf).text) != 0)
        return true;
    for (guint i = 0; i < names->len; i++) {
        HdUuid uuid;
        if (!hd_uuid_parse(g_ptr_array_index(names, i), &uuid))
            continue;
        g_autofree char *why = g_strdup_printf("has the mdev %s", uuid.text);
        return refuse_vf(pf, vf, why, "remove that first", ret_error);
    }
    return true;
}

static HdRequest *
new_request(const char *key, const GArray *vfs)
{
    const HdUuid none = {""};
    HdRequest *request = hd_request_new(key, &none);
    for (guint i = 0; i < vfs->len; i++)
        hd_request_add(request, HD_WISH_PCI)->address = g_array_index(vfs, HdPciAddress, i);
    return request;
}

/* Everyone who could use a VF is asked before the kernel is: it would wait for them for ever. */
static bool
check_unused(HdState *state, const HdPciAddress *pf, const HdRequest *request, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdHost) host = NULL;
    if (!hd_state_claims(state, request->name, &claims, ret_error) ||
        !hd_probe_request(state->port, request, &host, ret_error) ||
        !check_claims(claims, pf, pf, ret_error))
        return false;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdPciAddress *vf = &((const HdWish *)g_ptr_array_index(request->wishes, i))->address;
        const HdDevice *device = hd_host_find(host, vf);
        if (!check_claims(claims, pf, vf, ret_error) ||
            !check_mdevs(state->port, pf, vf, ret_error))
            return false;
        if (device == NULL || device->holders->len == 0)
            continue;
        const HdHolder *holder = g_ptr_array_index(device->holders, 0);
        g_autofree char *why = g_strdup_printf("is in use by this host: %s", holder->text);
        return refuse_vf(pf, vf, why, holder->remedy, ret_error);
    }
    return true;
}

static bool
run_once(HdState *state, HdJournal *journal, GError **ret_error)
{
    if (hd_state_apply(state, journal, ret_error)) {
        /* The change has been made and stays: nothing is to be given back. */
        hd_journal_forget(journal);
        return true;
    }
    (void)hd_state_leave(state, journal, NULL);
    return false;
}

/* @goal is taken over. */
static bool
begin_change(HdState *state, HdJournal *journal, const HdRequest *request, HdGoal *goal,
             GError **ret_error)
{
    g_autoptr(HdGoal) owned = goal;
    HdLock *lock = NULL;
    if (!hd_state_lock_host(state, &lock, ret_error))
        return false;
    bool begun =
        check_unused(state, &goal->address, request, ret_error) &&
        hd_journal_begin(journal,
                         hd_state_new_goal_record(state, request->name, g_steal_pointer(&owned)),
                         ret_error);
    hd_port_unlock(state->port, lock);
    return begun;
}

static HdGoal *
new_count_goal(HdState *state, const HdPciAddress *pf, const HdSriov *sriov, guint count)
{
    HdGoal *goal = hd_goal_new(HD_GOAL_SRIOV, pf);
    goal->count_before = sriov->count;
    goal->count_after = count;
    goal->autoprobe = sriov->autoprobe;
    (void)hd_probe_id(state->port, pf, &goal->id);
    return goal;
}

static bool
change_count(HdState *state, HdJournal *journal, const char *key, const HdPciAddress *pf,
             const HdSriov *sriov, guint count, GError **ret_error)
{
    g_autoptr(GArray) vfs = NULL;
    if (!hd_sriov_list(state->port, pf, &vfs, ret_error))
        return false;
    g_autoptr(HdRequest) request = new_request(key, vfs);
    return hd_state_free_dead_holders(state, request, false, ret_error) &&
           begin_change(state, journal, request, new_count_goal(state, pf, sriov, count),
                        ret_error) &&
           run_once(state, journal, ret_error);
}

bool
hd_state_vf_set(HdState *state, const HdPciAddress *pf, guint count, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(pf);
    g_autofree char *key = g_strconcat(HD_STATE_VF_SET, name.text, NULL);
    g_autoptr(HdJournal) journal = NULL;
    HdSriov sriov = {0};
    /* Only now is there a number to speak of: an earlier change may have been killed. */
    if (!hd_journal_open(state->port, key, true, hd_state_lock_ms(state), &journal, ret_error) ||
        !hd_state_clear_leftovers(state, journal, ret_error) ||
        !hd_sriov_probe(state->port, pf, &sriov, ret_error))
        return false;
    if (count > sriov.total)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s can have %u VFs at most, not %u",
                            name.text, sriov.total, count);
    if (count == sriov.count)
        return true;
    if (!change_count(state, journal, key, pf, &sriov, count, ret_error))
        return false;
    hd_port_settle(state->port, SETTLE_MS);
    hd_state_log(state, "%s: %u -> %u VFs", name.text, sriov.count, count);
    return true;
}

bool
hd_state_check_free(HdState *state, const HdPciAddress *address, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(GArray) functions = NULL;
    if (!hd_state_claims(state, NULL, &claims, ret_error) ||
        !hd_sriov_list(state->port, address, &functions, ret_error))
        return false;
    g_array_prepend_val(functions, *address);
    for (guint i = 0; i < functions->len; i++) {
        const HdPciAddress *function = &g_array_index(functions, HdPciAddress, i);
        const HdClaim *claim = hd_claims_find_vm(claims, function, NULL);
        if (claim == NULL)
            continue;
        const HdPciAddressText pf = hd_pci_address_text(address);
        g_autofree char *what = g_strconcat(hd_pci_address_text(function).text,
                                            i > 0 ? ", a VF of " : NULL, pf.text, NULL);
        return hd_state_refuse_held(what, claim, ret_error);
    }
    return true;
}

static HdGoal *
new_vf_goal(const HdDevice *device, const HdVfSettings *wish)
{
    HdGoal *goal = hd_goal_new_vf(HD_GOAL_VF, device);
    goal->vf_after = hd_vf_settings_target(&goal->vf_before, wish);
    return goal;
}

static bool
probe_vf(HdState *state, const HdPciAddress *vf, HdDevice **ret_device, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(vf);
    g_autoptr(HdDevice) device = NULL;
    if (!hd_probe_device(state->port, vf, &device, ret_error))
        return false;
    if (device == NULL || !device->is_vf)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s is %s", name.text,
                            device == NULL ? "not on this host" : "no virtual function");
    if (!hd_vf_net_probe(state->port, device, &device->vf_net, ret_error))
        return false;
    if (device->vf_net->interface == NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "%s can't be given VF settings: its PF has no network interface on "
                            "this host",
                            name.text);
    *ret_device = g_steal_pointer(&device);
    return true;
}

/* Under the host lock: a VM that starts meanwhile reads what was before it, or after. */
static bool
begin_settings(HdState *state, HdJournal *journal, const char *key, const HdPciAddress *vf,
               const HdVfSettings *wish, bool only_if_free, bool *ret_begun, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdDevice) device = NULL;
    HdLock *lock = NULL;
    if (!hd_state_lock_host(state, &lock, ret_error))
        return false;
    bool done = hd_state_claims(state, key, &claims, ret_error);
    bool is_left = done && only_if_free && hd_claims_find_vm(claims, vf, NULL) != NULL;
    if (done && !is_left)
        done = probe_vf(state, vf, &device, ret_error) &&
               hd_journal_begin(journal,
                                hd_state_new_goal_record(state, key, new_vf_goal(device, wish)),
                                ret_error);
    hd_port_unlock(state->port, lock);
    *ret_begun = done && !is_left;
    return done;
}

static bool
set_net(HdState *state, const HdPciAddress *vf, const HdVfSettings *wish, bool only_if_free,
        GError **ret_error)
{
    g_autofree char *key = hd_state_vf_net_key(vf);
    g_autoptr(HdJournal) journal = NULL;
    bool is_begun = false;
    return hd_journal_open(state->port, key, true, hd_state_lock_ms(state), &journal, ret_error) &&
           hd_state_clear_leftovers(state, journal, ret_error) &&
           begin_settings(state, journal, key, vf, wish, only_if_free, &is_begun, ret_error) &&
           (!is_begun || run_once(state, journal, ret_error));
}

bool
hd_state_vf_net(HdState *state, const HdPciAddress *vf, const HdVfSettings *wish,
                GError **ret_error)
{
    return set_net(state, vf, wish, false, ret_error);
}

static bool
probe_drivers(HdPort *port, gpointer data, GError **ret_error)
{
    return hd_sriov_probe_drivers(port, data, ret_error);
}

bool
hd_state_vf_drivers(HdState *state, const HdPciAddress *pf, GError **ret_error)
{
    HdJob job = {.work = probe_drivers, .data = (gpointer)pf};
    g_autoptr(GArray) vfs = NULL;
    if (!hd_sriov_list(state->port, pf, &vfs, ret_error))
        return false;
    hd_port_run_jobs(state->port, &job, 1, hd_state_vfs_ms(state, vfs->len));
    g_autofree char *message = job.message;
    hd_port_settle(state->port, SETTLE_MS);
    if (job.result == HD_JOB_DONE)
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s",
                        message != NULL ? message : "the VFs' driver has not come back in time");
}

/* Each VF but those that a VM has: theirs are what that VM was given. */
static bool
apply_settings(HdState *state, const HdVfSet *set, const HdPciAddress *pf, GError **ret_error)
{
    g_autoptr(GArray) vfs = NULL;
    if (!hd_sriov_list(state->port, pf, &vfs, ret_error))
        return false;
    for (guint i = 0; i < vfs->len; i++) {
        const HdVfSettings settings = hd_vf_set_settings(set, i);
        if (settings.known != 0 &&
            !set_net(state, &g_array_index(vfs, HdPciAddress, i), &settings, true, ret_error))
            return false;
    }
    return true;
}

bool
hd_state_vf_apply(HdState *state, const HdVfSet *set, const HdPciAddress *pf, GError **ret_error)
{
    return hd_state_vf_set(state, pf, set->count, ret_error) &&
           apply_settings(state, set, pf, ret_error) &&
           (!set->with_driver || hd_state_vf_drivers(state, pf, ret_error));
}

bool
hd_state_vf_find(HdState *state, const HdVfSet *set, HdPciAddress *ret_pf, bool *ret_found,
                 GError **ret_error)
{
    g_autoptr(HdHost) host = NULL;
    HdPciAddress found;
    guint count = 0;
    if (!hd_probe_all(state->port, &host, ret_error))
        return false;
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (device->vf_total == 0)
            continue;
        g_autoptr(HdCard) card = hd_card_probe(state->port, device);
        if (!hd_vf_set_matches(set, card))
            continue;
        if (++count > 1)
            return hd_error_set(ret_error, HD_ERROR_CONFIG,
                                "%s: [pf] fits both %s and %s; add address, mac or interface",
                                set->file, hd_pci_address_text(&found).text,
                                hd_pci_address_text(&device->address).text);
        found = device->address;
    }
    *ret_found = count == 1;
    if (count == 1)
        *ret_pf = found;
    return true;
}
