/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * show: all that a person asks about one device before giving it to a VM.
 */
#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-mdev-probe.h"
#include "hd-node-device.h"
#include "hd-probe.h"
#include "hd-readiness-probe.h"
#include "hd-show.h"
#include "hd-sriov.h"
#include "hd-vf-net.h"
#include "hd-vgpu-reach.h"
#include "hd-xml-fragment.h"

char *
hd_show_fragment(const HdShow *show)
{
    const HdXmlHostdev plain = {.is_unmanaged = hd_vgpu_is_set(show->device->vgpu)};
    return g_strchomp(hd_xml_fragment_hostdev(&show->device->address, &plain));
}

char *
hd_show_node_device(const HdShow *show)
{
    return hd_node_device_name("pci", hd_pci_address_text(&show->device->address).text);
}

/* The planner, which doesn't read libvirt's status, sees of a VM without our hook a process only.
 */
char *
hd_show_outcome(const HdShow *show)
{
    g_auto(HdVerdict) verdict = hd_inventory_verdict(show->inventory, show->device);
    if (g_strcmp0(verdict.rule, "held") != 0)
        return hd_plan_describe(show->plan);
    return g_strdup_printf("refused: %s %s; %s (rule: held)\n",
                           hd_pci_address_text(&show->device->address).text, verdict.reason,
                           verdict.remedy);
}

static void
free_device(gpointer device)
{
    hd_device_free(device);
}

static bool
is_network(const HdDevice *device)
{
    return device->id.class_code >> 16 == 0x02;
}

/* VFs are in groups of their own, so that the snapshot doesn't have them. */
static bool
read_vfs(HdPort *port, const HdDevice *pf, GPtrArray **ret_vfs, GError **ret_error)
{
    g_autoptr(GPtrArray) vfs = g_ptr_array_new_with_free_func(free_device);
    g_autoptr(GArray) addresses = NULL;
    if (!hd_sriov_list(port, &pf->address, &addresses, ret_error))
        return false;
    for (guint i = 0; i < addresses->len; i++) {
        HdDevice *vf = NULL;
        if (!hd_probe_device(port, &g_array_index(addresses, HdPciAddress, i), &vf, ret_error))
            return false;
        /* One that has just gone keeps its number. */
        g_ptr_array_add(vfs, vf);
        if (vf != NULL && is_network(vf) && !hd_vf_net_probe(port, vf, &vf->vf_net, ret_error))
            return false;
    }
    *ret_vfs = g_steal_pointer(&vfs);
    return true;
}

/* The mdevs of all parents are read together; others' are not shown. */
static bool
read_mdevs(HdPort *port, const HdPciAddress *parent, HdMdevBus *bus, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(parent);
    if (!hd_mdev_probe_parent(port, name.text, bus, ret_error))
        return false;
    g_autoptr(HdMdevBus) all = hd_mdev_bus_new();
    if (bus->parents->len == 0)
        return true;
    if (!hd_mdev_probe_all(port, all, ret_error))
        return false;
    for (guint i = all->mdevs->len; i > 0; i--) {
        const HdMdev *mdev = g_ptr_array_index(all->mdevs, i - 1);
        if (!g_str_equal(mdev->parent, name.text))
            g_ptr_array_remove_index(all->mdevs, i - 1);
    }
    g_ptr_array_extend_and_steal(bus->mdevs, g_ptr_array_ref(all->mdevs));
    return true;
}

static bool
print(HdCmd *cmd, HdState *state, const HdInventory *inventory, HdDevice *device,
      const HdRequest *request, GError **ret_error)
{
    g_autoptr(GPtrArray) vfs = NULL;
    g_autoptr(HdMdevBus) mdevs = hd_mdev_bus_new();
    g_autoptr(HdPlan) plan = NULL;
    if (!read_vfs(cmd->port, device, &vfs, ret_error) ||
        !read_mdevs(cmd->port, &device->address, mdevs, ret_error) ||
        (device->vgpu == NULL &&
         !hd_vgpu_probe(cmd->port, &device->address, &device->vgpu, ret_error)) ||
        !hd_state_plan(state, request, &plan, ret_error))
        return false;
    g_autoptr(HdDeviceFacts) facts = hd_device_facts_read(cmd->port, device);
    const HdReadinessFacts ready = hd_readiness_probe(cmd->port, device);
    g_autoptr(HdReadiness) iommufd = hd_readiness_iommufd(&ready);
    g_autoptr(HdReadiness) migration = hd_readiness_migration(&ready);
    const HdShow show = {inventory, device, facts, plan, mdevs, vfs, iommufd, migration};
    if (cmd->json)
        hd_show_print_json(&show);
    else
        hd_show_print(&show);
    return true;
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const HdUuid none = {""};
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdRequest) request = hd_request_new("show", &none);
    g_autoptr(HdInventory) inventory = NULL;
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    if (state == NULL || !hd_cmd_address(cmd->arguments[0], &wish->address, ret_error) ||
        !hd_cmd_inventory(cmd, state, request, true, &inventory, ret_error))
        return HD_EXIT_FAILED;
    HdDevice *device = (HdDevice *)hd_host_find(hd_inventory_host(inventory), &wish->address);
    if (device == NULL) {
        (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                           "%s is not on this host; see 'hostdevctl list'",
                           hd_pci_address_text(&wish->address).text);
        return HD_EXIT_FAILED;
    }
    return print(cmd, state, inventory, device, request, ret_error) ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_show = {
    "show", "ADDRESS", "show all about one device", 1, 1, false, NULL, run,
};
