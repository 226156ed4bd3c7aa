/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host as list, groups and show tell of it: one probe of everything, and the very
 * planner that decides at a VM's start.
 */
#include "hd-inventory.h"

#include "hd-holders.h"
#include "hd-planner.h"
#include "hd-probe.h"
#include "hd-text.h"

#define MDEVS "sys/bus/mdev/devices"

struct HdInventory {
    HdHost *host;
    GPtrArray *devices; /* of HdDevice*, borrowed from host */
    HdVmUsers *users;
    HdPciNames *names;
    GHashTable *mdev_users; /* parent's address -> GPtrArray of names of VMs */
    const HdPolicy *policy;
};

void
hd_inventory_free(HdInventory *inventory)
{
    if (inventory == NULL)
        return;
    if (inventory->devices != NULL)
        g_ptr_array_unref(inventory->devices);
    hd_host_free(inventory->host);
    hd_vm_users_free(inventory->users);
    hd_pci_names_free(inventory->names);
    g_hash_table_unref(inventory->mdev_users);
    g_free(inventory);
}

static void
free_names(gpointer names)
{
    g_ptr_array_unref(names);
}

static void
add_mdev_user(HdInventory *inventory, const char *parent, const char *vm)
{
    GPtrArray *names = g_hash_table_lookup(inventory->mdev_users, parent);
    if (names == NULL) {
        names = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(inventory->mdev_users, g_strdup(parent), names);
    }
    if (!g_ptr_array_find_with_equal_func(names, vm, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(vm));
}

/* An mdev's folder is below its parent's. */
static void
read_mdevs(HdPort *port, HdInventory *inventory)
{
    g_autoptr(GPtrArray) uuids = NULL;
    if (hd_port_list(port, &uuids, MDEVS) != 0)
        return;
    for (guint i = 0; i < uuids->len; i++) {
        g_autofree char *target = NULL;
        HdUuid uuid;
        if (!hd_uuid_parse(g_ptr_array_index(uuids, i), &uuid) ||
            hd_port_link(port, &target, MDEVS "/%s", uuid.text) != 0)
            continue;
        g_autofree char *folder = g_path_get_dirname(target);
        g_autofree char *parent = g_path_get_basename(folder);
        const HdVmUser *user = hd_vm_users_of_mdev(inventory->users, &uuid);
        if (user != NULL)
            add_mdev_user(inventory, parent, user->name);
    }
}

/* The planner asks a PF whose VFs would go with it. */
static void
list_vfs(const HdInventory *inventory)
{
    for (guint i = 0; i < inventory->devices->len; i++) {
        const HdDevice *vf = g_ptr_array_index(inventory->devices, i);
        HdDevice *pf = vf->is_vf ? (HdDevice *)hd_host_find(inventory->host, &vf->pf) : NULL;
        if (pf == NULL)
            continue;
        if (pf->vfs == NULL)
            pf->vfs = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
        g_array_append_val(pf->vfs, vf->address);
    }
}

bool
hd_inventory_read(HdPort *port, HdState *state, HdPciNames *names, const HdRequest *request,
                  bool with_holders, HdInventory **ret_inventory, GError **ret_error)
{
    g_autoptr(HdInventory) inventory = g_new0(HdInventory, 1);
    inventory->mdev_users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_names);
    inventory->names = names;
    inventory->policy = hd_state_policy(state);
    if (!(request != NULL ? hd_probe_request(port, request, &inventory->host, ret_error)
                          : hd_probe_all(port, &inventory->host, ret_error)) ||
        !hd_vm_users_read(port, state, &inventory->users, ret_error))
        return false;
    inventory->devices = hd_host_devices(inventory->host);
    hd_state_probe_desktop(state, inventory->host);
    if (request == NULL)
        list_vfs(inventory);
    read_mdevs(port, inventory);
    if (with_holders && request == NULL)
        hd_holders_find(port, inventory->devices);
    *ret_inventory = g_steal_pointer(&inventory);
    return true;
}

GPtrArray *
hd_inventory_devices(const HdInventory *inventory)
{
    return inventory->devices;
}

const HdHost *
hd_inventory_host(const HdInventory *inventory)
{
    return inventory->host;
}

const HdVmUsers *
hd_inventory_users(const HdInventory *inventory)
{
    return inventory->users;
}

HdPciNames *
hd_inventory_names(const HdInventory *inventory)
{
    return inventory->names;
}

char *
hd_inventory_vms(const HdInventory *inventory, const HdDevice *device)
{
    const HdVmUser *user = hd_vm_users_of(inventory->users, &device->address);
    const GPtrArray *mdev_users =
        g_hash_table_lookup(inventory->mdev_users, hd_pci_address_text(&device->address).text);
    if (user != NULL)
        return g_strdup(user->name);
    if (mdev_users == NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < mdev_users->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (char *)g_ptr_array_index(mdev_users, i));
    return g_string_free(text, FALSE);
}

void
hd_verdict_clear(HdVerdict *verdict)
{
    g_clear_pointer(&verdict->reason, g_free);
    g_clear_pointer(&verdict->remedy, g_free);
}

HdVerdict
hd_inventory_verdict(const HdInventory *inventory, const HdDevice *device)
{
    const HdUuid none = {""};
    g_autoptr(HdRequest) request = hd_request_new("inventory", &none);
    g_autofree char *vms = hd_inventory_vms(inventory, device);
    if (vms != NULL) {
        g_autofree char *shown = hd_text_printable(vms, 64);
        return (HdVerdict){false, "held", g_strdup_printf("is held by VM '%s'", shown),
                           g_strdup("shut that VM down first")};
    }
    hd_request_add(request, HD_WISH_PCI)->address = device->address;
    const HdPlannerInput input = {request, "inventory", inventory->host,
                                  hd_vm_users_claims(inventory->users), inventory->policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    if (!hd_plan_is_refused(plan))
        return (HdVerdict){true, NULL, NULL, NULL};
    const HdRefusal *refusal = g_ptr_array_index(plan->refusals, 0);
    return (HdVerdict){false, refusal->rule, g_strdup(refusal->reason), g_strdup(refusal->remedy)};
}
