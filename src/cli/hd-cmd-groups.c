/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * groups: the IOMMU groups, and what keeps one from being given.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-holders.h"
#include "hd-out.h"
#include "hd-pci-names.h"
#include "hd-probe.h"
#include "hd-text.h"

/* What a person has to know of one member; NULL: it can be given. */
static char *
obstacle(const GPtrArray *claims, const HdDevice *device)
{
    const HdClaim *claim = hd_claims_find_vm(claims, &device->address, NULL);
    if (claim != NULL) {
        g_autofree char *name = hd_text_printable(claim->name, 64);
        return g_strdup_printf("held by VM '%s'", name);
    }
    if (device->is_bridge)
        return g_strdup("bridge, stays with the host");
    if (device->vf_count > 0)
        return g_strdup_printf("has %u VFs", device->vf_count);
    if (device->holders->len > 0)
        return g_strdup(((HdHolder *)g_ptr_array_index(device->holders, 0))->text);
    return NULL;
}

static void
print_group(HdPciNames *names, const GPtrArray *claims, int group, const GPtrArray *members)
{
    (void)printf("group %d\n", group);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *device = g_ptr_array_index(members, i);
        g_autofree char *name = hd_pci_names_device(names, &device->id);
        g_autofree char *shown = hd_text_printable(name, 60);
        g_autofree char *problem = obstacle(claims, device);
        (void)printf("  %s %s  %s  [%s]%s%s\n", i + 1 < members->len ? "├─" : "└─",
                     hd_pci_address_text(&device->address).text, shown,
                     device->binding.driver != NULL ? device->binding.driver : "no driver",
                     problem != NULL ? "  " : "", problem != NULL ? problem : "");
    }
}

static void
add_group(HdJson *json, const GPtrArray *claims, int group, const GPtrArray *members)
{
    hd_json_begin_object(json);
    hd_out_json_number(json, "group", group);
    hd_json_name(json, "members");
    hd_json_begin_array(json);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *device = g_ptr_array_index(members, i);
        g_autofree char *problem = obstacle(claims, device);
        hd_json_begin_object(json);
        hd_out_json_text(json, "address", hd_pci_address_text(&device->address).text);
        hd_out_json_text(json, "driver", device->binding.driver);
        hd_out_json_flag(json, "bridge", device->is_bridge);
        hd_out_json_text(json, "obstacle", problem);
        hd_json_end(json);
    }
    hd_json_end(json);
    hd_json_end(json);
}

static bool
read_wanted(const char *argument, gint64 *ret_group, GError **ret_error)
{
    guint64 number;
    if (argument == NULL)
        return true;
    if (!g_ascii_string_to_unsigned(argument, 10, 0, G_MAXINT, &number, NULL))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "'%s' is no group's number", argument);
    *ret_group = (gint64)number;
    return true;
}

static gint
compare_groups(gconstpointer a, gconstpointer b)
{
    return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b);
}

static GList *
group_numbers(const GPtrArray *devices, gint64 wanted)
{
    g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (device->iommu_group >= 0 && (wanted < 0 || device->iommu_group == wanted))
            g_hash_table_add(numbers, GINT_TO_POINTER(device->iommu_group));
    }
    return g_list_sort(g_hash_table_get_keys(numbers), compare_groups);
}

/* One look at /proc for all. */
static void
find_holders(HdCmd *cmd, const HdHost *host, const GList *numbers)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    for (const GList *item = numbers; item != NULL; item = item->next) {
        g_autoptr(GPtrArray) members = hd_host_group(host, GPOINTER_TO_INT(item->data));
        for (guint i = 0; i < members->len; i++)
            g_ptr_array_add(devices, g_ptr_array_index(members, i));
    }
    hd_holders_find(cmd->port, devices);
}

static HdExit
show(HdCmd *cmd, const HdHost *host, const GPtrArray *claims, const GList *numbers)
{
    g_autoptr(HdPciNames) names = hd_pci_names_new();
    g_autoptr(HdJson) json = hd_json_new();
    find_holders(cmd, host, numbers);
    hd_json_begin_array(json);
    for (const GList *item = numbers; item != NULL; item = item->next) {
        int group = GPOINTER_TO_INT(item->data);
        g_autoptr(GPtrArray) members = hd_host_group(host, group);
        if (cmd->json)
            add_group(json, claims, group, members);
        else
            print_group(names, claims, group, members);
    }
    hd_json_end(json);
    if (cmd->json)
        hd_out_json(json);
    return HD_EXIT_DONE;
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdHost) host = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    gint64 wanted = -1;
    if (state == NULL || !read_wanted(cmd->arguments[0], &wanted, ret_error) ||
        !hd_probe_all(cmd->port, &host, ret_error) ||
        !hd_state_read_claims(state, &claims, ret_error))
        return HD_EXIT_FAILED;
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    g_autoptr(GList) numbers = group_numbers(devices, wanted);
    if (numbers != NULL)
        return show(cmd, host, claims, numbers);
    (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                       wanted >= 0 ? "there is no such IOMMU group"
                                   : "there are no IOMMU groups: this host has no active IOMMU");
    return HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_groups = {
    "groups", "[GROUP]", "show IOMMU groups and what keeps them", 0, 1, false, NULL, run,
};
