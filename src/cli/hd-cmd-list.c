/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * list: the host's PCI functions, and who holds which.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-out.h"
#include "hd-pci-names.h"
#include "hd-probe.h"
#include "hd-text.h"

static char *ids_option, *slot_option, *name_option;

static const GOptionEntry options[] = {
    {"device", 'd', 0, G_OPTION_ARG_STRING, &ids_option, "only these ids, as lspci -d",
     "VENDOR:DEVICE:CLASS"},
    {"slot", 's', 0, G_OPTION_ARG_STRING, &slot_option, "only these addresses, as lspci -s",
     "ADDRESS"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &name_option,
     "only names that match, without regard to case", "REGEX"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

typedef struct {
    HdPciNames *names;
    GRegex *name_filter; /* (nullable) */
    GPtrArray *claims;
    HdTable *table;
    HdJson *json;
} Listing;

static char *
role_of(const HdDevice *device)
{
    if (device->is_vf)
        return g_strdup_printf("VF of %s", hd_pci_address_text(&device->pf).text);
    if (device->vf_total > 0)
        return g_strdup_printf("PF %u/%u", device->vf_count, device->vf_total);
    return NULL;
}

static void
add_row(Listing *listing, const HdDevice *device, const char *name, const char *holder)
{
    char **cells = g_new0(char *, 9);
    cells[0] = g_strdup(hd_pci_address_text(&device->address).text);
    cells[1] = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
    cells[2] = hd_pci_names_class(listing->names, &device->id);
    cells[3] = hd_text_printable(name, 48);
    cells[4] = g_strdup(device->binding.driver);
    cells[5] = device->iommu_group >= 0 ? g_strdup_printf("%d", device->iommu_group) : NULL;
    cells[6] = role_of(device);
    cells[7] = device->numa_node >= 0 ? g_strdup_printf("%d", device->numa_node) : NULL;
    cells[8] = g_strdup(holder);
    hd_table_add(listing->table, cells);
}

static void
add_object(Listing *listing, const HdDevice *device, const char *name, const char *holder)
{
    g_autofree char *id = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
    g_autofree char *class_code = g_strdup_printf("%06x", device->id.class_code);
    g_autofree char *class_name = hd_pci_names_class(listing->names, &device->id);
    HdJson *json = listing->json;
    hd_json_begin_object(json);
    hd_out_json_text(json, "address", hd_pci_address_text(&device->address).text);
    hd_out_json_text(json, "id", id);
    hd_out_json_text(json, "class", class_code);
    hd_out_json_text(json, "class_name", class_name);
    hd_out_json_text(json, "name", name);
    hd_out_json_text(json, "driver", device->binding.driver);
    hd_out_json_text(json, "driver_override", device->binding.override);
    hd_out_json_number(json, "iommu_group", device->iommu_group);
    hd_out_json_text(json, "pf", device->is_vf ? hd_pci_address_text(&device->pf).text : NULL);
    hd_out_json_number(json, "vf_count", device->vf_count);
    hd_out_json_number(json, "vf_total", device->vf_total);
    hd_out_json_number(json, "numa_node", device->numa_node);
    hd_out_json_text(json, "held_by", holder);
    hd_json_end(json);
}

static bool
add_device(HdCmd *cmd, Listing *listing, const HdDevice *device, GError **ret_error)
{
    g_autofree char *name = hd_pci_names_device(listing->names, &device->id);
    bool matches = false;
    if (!hd_pci_names_matches(listing->names, ids_option, slot_option, device, &matches, ret_error))
        return false;
    if (!matches ||
        (listing->name_filter != NULL && !g_regex_match(listing->name_filter, name, 0, NULL)))
        return true;
    const HdClaim *claim = hd_claims_find_vm(listing->claims, &device->address, NULL);
    g_autofree char *holder = claim != NULL ? hd_text_printable(claim->name, 64) : NULL;
    if (cmd->json)
        add_object(listing, device, name, holder);
    else
        add_row(listing, device, name, holder);
    return true;
}

static bool
read_name_filter(GRegex **ret_filter, GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    *ret_filter = NULL;
    if (name_option == NULL)
        return true;
    *ret_filter = g_regex_new(name_option, G_REGEX_CASELESS, 0, &problem);
    return *ret_filter != NULL ||
           hd_error_set(ret_error, HD_ERROR_USAGE, "--name: %s", problem->message);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    static const char *const titles[] = {"ADDRESS", "ID",     "CLASS", "NAME",    "DRIVER",
                                         "GROUP",   "SR-IOV", "NUMA",  "HELD BY", NULL};
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdHost) host = NULL;
    g_autoptr(GRegex) filter = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    if (state == NULL || !read_name_filter(&filter, ret_error) ||
        !hd_probe_all(cmd->port, &host, ret_error) ||
        !hd_state_read_claims(state, &claims, ret_error))
        return HD_EXIT_FAILED;
    g_autoptr(HdPciNames) names = hd_pci_names_new();
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    Listing listing = {names, filter, claims, table, json};
    hd_json_begin_array(json);
    for (guint i = 0; i < devices->len; i++) {
        if (!add_device(cmd, &listing, g_ptr_array_index(devices, i), ret_error))
            return HD_EXIT_FAILED;
    }
    hd_json_end(json);
    if (cmd->json)
        hd_out_json(json);
    else
        hd_table_print(table);
    return HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_list = {
    "list", "", "list PCI devices, their groups and holders", 0, 0, false, options, run,
};
