/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `vf list` and `vf net` print.
 */
#include <stdio.h>

#include "hd-cmd-vf.h"
#include "hd-error.h"
#include "hd-out.h"
#include "hd-probe.h"
#include "hd-sriov.h"
#include "hd-table.h"
#include "hd-text.h"
#include "hd-vf-net.h"

typedef struct {
    HdCmd *cmd;
    const HdHost *host;
    GPtrArray *claims;
    HdTable *table;
    HdJson *json;
} Listing;

static void
add_row(Listing *listing, const HdDevice *device, char *vf, const char *settings,
        const char *holder)
{
    char **cells = g_new0(char *, 6);
    cells[0] = g_strdup(hd_pci_address_text(&device->address).text);
    cells[1] = vf;
    cells[2] = g_strdup(device->binding.driver);
    cells[3] = device->iommu_group >= 0 ? g_strdup_printf("%d", device->iommu_group) : NULL;
    cells[4] = g_strdup(settings);
    cells[5] = g_strdup(holder);
    hd_table_add(listing->table, cells);
}

static void
add_vf_object(HdJson *json, const HdDevice *device, const HdVfNet *net, const char *holder)
{
    hd_json_begin_object(json);
    hd_out_json_text(json, "address", hd_pci_address_text(&device->address).text);
    hd_out_json_number(json, "index", net->index);
    hd_out_json_text(json, "driver", device->binding.driver);
    hd_out_json_number(json, "iommu_group", device->iommu_group);
    hd_cmd_add_vf_settings(json, "settings", &net->settings);
    hd_out_json_text(json, "held_by", holder);
    hd_json_end(json);
}

static bool
add_vf(Listing *listing, const HdPciAddress *address, GError **ret_error)
{
    const HdDevice *device = hd_host_find(listing->host, address);
    const HdClaim *claim = hd_claims_find_vm(listing->claims, address, NULL);
    g_autofree char *holder = claim != NULL ? hd_text_printable(claim->name, 64) : NULL;
    g_autoptr(HdVfNet) net = NULL;
    if (device == NULL)
        return true;
    if (!hd_vf_net_probe(listing->cmd->port, device, &net, ret_error))
        return false;
    g_autofree char *settings = hd_vf_settings_format(&net->settings);
    if (listing->cmd->json)
        add_vf_object(listing->json, device, net, holder);
    else
        add_row(listing, device, g_strdup_printf("VF %u", net->index),
                *settings != '\0' ? settings : NULL, holder);
    return true;
}

static bool
begin_pf(Listing *listing, const HdDevice *device, GError **ret_error)
{
    HdSriov sriov = {.total = device->vf_total};
    g_autoptr(GArray) vfs = NULL;
    g_autofree char *interface = hd_vf_net_interface(listing->cmd->port, &device->address);
    HdJson *json = listing->json;
    /* The kernel holds their number back while it changes. */
    if (device->is_moving && hd_sriov_list(listing->cmd->port, &device->address, &vfs, NULL))
        sriov.count = vfs->len;
    if (!device->is_moving &&
        !hd_sriov_probe(listing->cmd->port, &device->address, &sriov, ret_error))
        return false;
    if (!listing->cmd->json) {
        add_row(listing, device, g_strdup_printf("PF %u/%u", sriov.count, sriov.total), interface,
                NULL);
        return true;
    }
    hd_json_begin_object(json);
    hd_out_json_text(json, "address", hd_pci_address_text(&device->address).text);
    hd_out_json_text(json, "driver", device->binding.driver);
    hd_out_json_text(json, "interface", interface);
    hd_out_json_number(json, "vf_count", sriov.count);
    hd_out_json_number(json, "vf_total", sriov.total);
    hd_out_json_flag(json, "drivers_autoprobe", sriov.autoprobe);
    hd_json_name(json, "vfs");
    hd_json_begin_array(json);
    return true;
}

static bool
add_pf(Listing *listing, const HdDevice *device, GError **ret_error)
{
    g_autoptr(GArray) vfs = NULL;
    if (!begin_pf(listing, device, ret_error) ||
        !hd_sriov_list(listing->cmd->port, &device->address, &vfs, ret_error))
        return false;
    for (guint i = 0; i < vfs->len; i++) {
        if (!add_vf(listing, &g_array_index(vfs, HdPciAddress, i), ret_error))
            return false;
    }
    if (listing->cmd->json) {
        hd_json_end(listing->json);
        hd_json_end(listing->json);
    }
    return true;
}

bool
hd_cmd_vf_print_list(HdCmd *cmd, HdState *state, const HdPciAddress *pf, GError **ret_error)
{
    static const char *const titles[] = {"ADDRESS", "VF",      "DRIVER", "GROUP",
                                         "NETWORK", "HELD BY", NULL};
    g_autoptr(HdHost) host = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    if (!hd_probe_all(cmd->port, &host, ret_error) ||
        !hd_state_read_claims(state, &claims, ret_error))
        return false;
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    Listing listing = {cmd, host, claims, table, json};
    bool is_found = false;
    hd_json_begin_array(json);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (device->vf_total == 0 || (pf != NULL && !hd_pci_address_equal(&device->address, pf)))
            continue;
        is_found = true;
        if (!add_pf(&listing, device, ret_error))
            return false;
    }
    hd_json_end(json);
    if (pf != NULL && !is_found)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s is no function that can have VFs",
                            hd_pci_address_text(pf).text);
    if (cmd->json)
        hd_out_json(json);
    else
        hd_table_print(table);
    return true;
}

bool
hd_cmd_vf_print_net(HdCmd *cmd, const HdPciAddress *vf, GError **ret_error)
{
    g_autoptr(HdDevice) device = NULL;
    g_autoptr(HdVfNet) net = NULL;
    if (!hd_probe_device(cmd->port, vf, &device, ret_error))
        return false;
    if (device == NULL || !device->is_vf)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s is no virtual function of this host",
                            hd_pci_address_text(vf).text);
    if (!hd_vf_net_probe(cmd->port, device, &net, ret_error))
        return false;
    if (cmd->json) {
        g_autoptr(HdJson) json = hd_json_new();
        hd_json_begin_object(json);
        hd_out_json_text(json, "address", hd_pci_address_text(vf).text);
        hd_out_json_text(json, "pf", hd_pci_address_text(&device->pf).text);
        hd_out_json_text(json, "pf_interface", net->interface);
        hd_out_json_number(json, "index", net->index);
        hd_cmd_add_vf_settings(json, "settings", &net->settings);
        hd_json_end(json);
        hd_out_json(json);
        return true;
    }
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (!hd_vf_settings_has(&net->settings, (HdVfKey)i))
            continue;
        g_autofree char *value = hd_vf_settings_value(&net->settings, (HdVfKey)i);
        (void)printf("%s=%s\n", hd_vf_key_name((HdVfKey)i), value);
    }
    return true;
}
