/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `map list` and `map check` print.
 */
#include "hd-cmd-map.h"
#include "hd-error.h"
#include "hd-mapping-probe.h"
#include "hd-out.h"
#include "hd-probe.h"
#include "hd-table.h"
#include "hd-text.h"

/* One pass over mappings and their devices. */
typedef struct {
    HdCmd *cmd;
    GPtrArray *devices; /* of HdDevice*: of the host */
    GPtrArray *claims;  /* (nullable) */
    HdTable *table;
    HdJson *json;
    bool is_good;
} Listing;

typedef void (*AddDevice)(Listing *listing, const HdMapping *mapping, HdDevice *device);

static void
add_listed(Listing *listing, const HdMapping *mapping, HdDevice *device)
{
    const HdClaim *claim = hd_claims_find_vm(listing->claims, &device->address, NULL);
    g_autofree char *holder = claim != NULL ? hd_text_printable(claim->name, 64) : NULL;
    g_autofree char *id = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
    if (listing->cmd->json) {
        hd_json_begin_object(listing->json);
        hd_out_json_text(listing->json, "address", hd_pci_address_text(&device->address).text);
        hd_out_json_text(listing->json, "id", id);
        hd_out_json_text(listing->json, "driver", device->binding.driver);
        hd_out_json_number(listing->json, "numa_node", device->numa_node);
        hd_out_json_text(listing->json, "path", device->port_path);
        hd_out_json_text(listing->json, "held_by", holder);
        hd_json_end(listing->json);
        return;
    }
    char **cells = g_new0(char *, 6);
    cells[0] = g_strdup(mapping->name);
    cells[1] = g_strdup(hd_pci_address_text(&device->address).text);
    cells[2] = g_strdup(id);
    cells[3] = g_strdup(device->binding.driver);
    cells[4] = device->numa_node >= 0 ? g_strdup_printf("%d", device->numa_node) : NULL;
    cells[5] = g_strdup(holder);
    hd_table_add(listing->table, cells);
}

static void
add_verdict(Listing *listing, const char *mapping, const HdPciAddress *address, const char *path,
            const char *verdict)
{
    if (listing->cmd->json) {
        hd_json_begin_object(listing->json);
        hd_out_json_text(listing->json, "mapping", mapping);
        hd_out_json_text(listing->json, "address", hd_pci_address_text(address).text);
        hd_out_json_text(listing->json, "path", path);
        hd_out_json_text(listing->json, "verdict", verdict);
        hd_json_end(listing->json);
        return;
    }
    char **cells = g_new0(char *, 4);
    cells[0] = g_strdup(mapping);
    cells[1] = g_strdup(hd_pci_address_text(address).text);
    cells[2] = g_strdup(path);
    cells[3] = g_strdup(verdict);
    hd_table_add(listing->table, cells);
}

/* Known cards that are not where they were are told with the place where they are. What a mapping
   does not name by address is found wherever it is, and VFs come and go. */
static void
add_missing(Listing *listing, const HdMapping *mapping, const HdFingerprint *known)
{
    if (!g_ptr_array_find_with_equal_func(mapping->values[HD_MAPPING_DEVICES],
                                          hd_pci_address_text(&known->address).text, g_str_equal,
                                          NULL))
        return;
    g_autofree char *verdict = g_strdup("not on this host");
    for (guint i = 0; i < listing->devices->len; i++) {
        HdDevice *device = g_ptr_array_index(listing->devices, i);
        g_autoptr(HdFingerprint) now = hd_fingerprint_probe(listing->cmd->port, device);
        if (hd_pci_address_equal(&known->address, &device->address))
            return;
        if (!hd_fingerprint_is(known, now))
            continue;
        g_free(verdict);
        verdict = g_strdup_printf("is at %s now", hd_pci_address_text(&device->address).text);
    }
    listing->is_good = false;
    add_verdict(listing, mapping->name, &known->address, known->path, verdict);
}

static void
add_checked(Listing *listing, const HdMapping *mapping, HdDevice *device)
{
    g_autoptr(GPtrArray) prints = hd_fingerprints_load(listing->cmd->port, mapping->name);
    g_autoptr(HdFingerprint) now = hd_fingerprint_probe(listing->cmd->port, device);
    const HdFingerprint *known = hd_fingerprints_find(prints, &device->address);
    g_autofree char *difference = known != NULL ? hd_fingerprint_compare(known, now) : NULL;
    g_autofree char *group = known != NULL && known->group != now->group
                                 ? g_strdup_printf("the same card (its IOMMU group was %d, is %d)",
                                                   known->group, now->group)
                                 : NULL;
    const char *same = group != NULL ? group : "the same card";
    const char *verdict = known == NULL ? "not used yet" : difference != NULL ? difference : same;
    listing->is_good &= difference == NULL;
    add_verdict(listing, mapping->name, &device->address, device->port_path, verdict);
}

static void
begin_mapping(Listing *listing, const HdMapping *mapping)
{
    if (!listing->cmd->json || listing->claims == NULL)
        return;
    hd_json_begin_object(listing->json);
    hd_out_json_text(listing->json, "name", mapping->name);
    hd_out_json_text(listing->json, "description", mapping->description);
    hd_out_json_flag(listing->json, "on_this_host", mapping->is_here);
    hd_json_name(listing->json, "devices");
    hd_json_begin_array(listing->json);
}

static void
end_mapping(Listing *listing)
{
    if (!listing->cmd->json || listing->claims == NULL)
        return;
    hd_json_end(listing->json);
    hd_json_end(listing->json);
}

static bool
add_mapping(Listing *listing, const char *name, AddDevice add_device, GError **ret_error)
{
    g_autoptr(HdMapping) mapping = NULL;
    if (!hd_mapping_load(listing->cmd->port, name, &mapping, ret_error))
        return false;
    if (mapping == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "there is no mapping '%s'", name);
    g_autoptr(GPtrArray) members = hd_mapping_select(mapping, listing->devices);
    begin_mapping(listing, mapping);
    for (guint i = 0; i < members->len; i++)
        add_device(listing, mapping, g_ptr_array_index(members, i));
    end_mapping(listing);
    if (listing->claims != NULL)
        return true;
    g_autoptr(GPtrArray) prints = hd_fingerprints_load(listing->cmd->port, name);
    for (guint i = 0; i < prints->len; i++)
        add_missing(listing, mapping, g_ptr_array_index(prints, i));
    return true;
}

static bool
print(Listing *listing, const char *name, AddDevice add_device, GError **ret_error)
{
    g_autoptr(HdHost) host = NULL;
    g_autoptr(GPtrArray) names = hd_mapping_names(listing->cmd->port);
    if (!hd_probe_all(listing->cmd->port, &host, ret_error))
        return false;
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    hd_mapping_probe_paths(listing->cmd->port, devices);
    listing->devices = devices;
    hd_json_begin_array(listing->json);
    for (guint i = 0; name == NULL && i < names->len; i++) {
        if (!add_mapping(listing, g_ptr_array_index(names, i), add_device, ret_error))
            return false;
    }
    if (name != NULL && !add_mapping(listing, name, add_device, ret_error))
        return false;
    hd_json_end(listing->json);
    if (listing->cmd->json)
        hd_out_json(listing->json);
    else
        hd_table_print(listing->table);
    return true;
}

bool
hd_cmd_map_print_list(HdCmd *cmd, HdState *state, const char *name, GError **ret_error)
{
    static const char *const titles[] = {"MAPPING", "ADDRESS", "ID", "DRIVER",
                                         "NUMA",    "HELD BY", NULL};
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    if (!hd_state_read_claims(state, &claims, ret_error))
        return false;
    Listing listing = {.cmd = cmd, .claims = claims, .table = table, .json = json};
    return print(&listing, name, add_listed, ret_error);
}

bool
hd_cmd_map_print_check(HdCmd *cmd, const char *name, bool *ret_good, GError **ret_error)
{
    static const char *const titles[] = {"MAPPING", "ADDRESS", "PATH", "CARD", NULL};
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    Listing listing = {.cmd = cmd, .table = table, .json = json, .is_good = true};
    if (!print(&listing, name, add_checked, ret_error))
        return false;
    *ret_good = listing.is_good;
    return true;
}
