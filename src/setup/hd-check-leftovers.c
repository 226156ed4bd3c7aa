/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: what earlier starts, other tools or people have left behind: stuck devices,
 * overrides and vfio bindings of nobody.
 */
#include "hd-boot-claim.h"
#include "hd-check-private.h"
#include "hd-cmdline.h"
#include "hd-holders.h"
#include "hd-text.h"

static void
check_goal(HdCheck *check, const HdRecord *record, const HdRecordGoal *entry)
{
    g_autofree char *name = hd_text_printable(record->name, 64);
    if (entry->step == HD_STEP_STUCK)
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "leftovers",
                        "end what holds the device; it comes back by itself then",
                        "%s of '%s' is stuck in the kernel", hd_goal_subject(entry->goal).text,
                        name);
    else if (entry->step == HD_STEP_FAILED)
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "leftovers", "hostdevctl reconcile",
                        "%s of '%s' could not be put back: %s", hd_goal_subject(entry->goal).text,
                        name, entry->message != NULL ? entry->message : "no reason recorded");
}

static void
check_records(HdCheck *check)
{
    g_autoptr(GPtrArray) records = NULL;
    g_autoptr(GError) problem = NULL;
    if (!hd_state_records(check->state, &records, &problem)) {
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "leftovers", NULL, "%s",
                        problem->message);
        return;
    }
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        if (record->is_damaged)
            hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "leftovers",
                            "look at it with cat, put the devices right, then remove it",
                            "the journal /run/hostdevctl/vm/%s is damaged", record->key);
        else if (record->is_vm && hd_state_liveness(check->state, record) == HD_VM_DEAD)
            hd_findings_add(check->findings, HD_LEVEL_WARNING, "leftovers", "hostdevctl reconcile",
                            "a VM that is gone still holds devices (%s)", record->key);
        for (guint j = 0; j < record->goals->len; j++)
            check_goal(check, record, hd_record_goal(record, j));
    }
}

static bool
is_claimed_by_ids(const HdCheck *check, const HdDevice *device)
{
    for (guint i = 0; i < check->boot_ids->len; i++) {
        const HdBootIds *ids = g_ptr_array_index(check->boot_ids, i);
        if (ids->is_pair && ids->vendor == device->id.vendor && ids->device == device->id.device)
            return true;
    }
    return false;
}

/* Boot-time claims: ours, driverctl's, or by ids. */
static bool
is_claimed_at_boot(const HdCheck *check, const HdDevice *device)
{
    return hd_boot_claims_find(check->boot, &device->address) != NULL ||
           hd_port_exists(check->port, "etc/driverctl.d/pci-%s",
                          hd_pci_address_text(&device->address).text) ||
           is_claimed_by_ids(check, device);
}

static bool
is_claimed(HdCheck *check, const HdDevice *device)
{
    for (guint i = 0; i < check->claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(check->claims, i);
        for (guint j = 0; j < claim->goals->len; j++) {
            if (hd_goal_claims(g_ptr_array_index(claim->goals, j), &device->address))
                return true;
        }
    }
    return false;
}

static void
check_device(HdCheck *check, const HdDevice *device)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    const char *driver = device->binding.driver;
    bool is_on_vfio = hd_device_is_on_vfio(device);
    g_autofree char *ids = hd_cmdline_value(check->cmdline, "vfio-pci.ids");
    g_autofree char *clear =
        g_strdup_printf("echo > /sys/bus/pci/devices/%s/driver_override", name.text);
    g_autofree char *claim =
        device->is_vf ? g_strdup("if that is meant, make the PF's VFs by 'hostdevctl vf set PF "
                                 "COUNT --save': they wait for VMs then")
                      : g_strdup_printf("if that is meant: hostdevctl setup --claim %s", name.text);
    g_autofree char *remove =
        g_strdup_printf("echo %04x %04x > /sys/bus/pci/drivers/%s/remove_id, or name them in "
                        "modprobe.d if that is meant",
                        device->id.vendor, device->id.device, driver != NULL ? driver : "vfio-pci");
    if (device->binding.override != NULL && !is_on_vfio &&
        g_strcmp0(driver, device->binding.override) != 0)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "leftovers", clear,
                        "%s has driver_override=%s but driver %s, and no VM holds it", name.text,
                        device->binding.override, driver != NULL ? driver : "none");
    else if (is_on_vfio && device->binding.override == NULL && ids == NULL && !device->is_vf)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "leftovers", remove,
                        "%s is on %s by ids (new_id or ids=), and no VM holds it", name.text,
                        driver);
    else if (is_on_vfio)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "leftovers", claim,
                        "%s is on %s, and neither a VM nor a claim at boot wants it there",
                        name.text, driver);
}

/* The kernel gives vfio-pci the VFs of a PF that is on it. */
static bool
comes_from_pf(const HdCheck *check, const HdDevice *device)
{
    const HdDevice *pf = device->is_vf ? hd_host_find(check->host, &device->pf) : NULL;
    return pf != NULL && hd_device_is_on_vfio(pf);
}

/* (transfer container): bound or overridden by nobody that we know of. */
static GPtrArray *
find_odd(HdCheck *check)
{
    GPtrArray *odd = g_ptr_array_new();
    for (guint i = 0; i < check->devices->len; i++) {
        HdDevice *device = g_ptr_array_index(check->devices, i);
        bool is_odd = device->binding.override != NULL || hd_device_is_on_vfio(device);
        if (is_odd && !comes_from_pf(check, device) && !is_claimed(check, device) &&
            !is_claimed_at_boot(check, device))
            g_ptr_array_add(odd, device);
    }
    return odd;
}

/* By a VM that was started without our hook, or another program that knows vfio. */
static bool
is_open(const HdDevice *device)
{
    for (guint i = 0; i < device->holders->len; i++) {
        const HdHolder *holder = g_ptr_array_index(device->holders, i);
        if (holder->is_vm)
            return true;
    }
    return false;
}

void
hd_check_leftovers(HdCheck *check)
{
    guint before = check->findings->len;
    check_records(check);
    g_autoptr(GPtrArray) odd = find_odd(check);
    if (odd->len > 0)
        hd_holders_find(check->port, odd);
    for (guint i = 0; i < odd->len; i++) {
        if (!is_open(g_ptr_array_index(odd, i)))
            check_device(check, g_ptr_array_index(odd, i));
    }
    if (check->findings->len == before)
        hd_findings_add(check->findings, HD_LEVEL_OK, "leftovers", NULL,
                        "nothing is left behind by anyone");
}
