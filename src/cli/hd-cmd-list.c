/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * list: the host's PCI functions, who has which, and which could be given.
 */
#include "hd-cmd-list.h"

#include <stdio.h>
#include <string.h>

#include "hd-device-json.h"
#include "hd-error.h"
#include "hd-list-columns.h"
#include "hd-out.h"
#include "hd-pci-filter.h"

static char **ids_option, **slot_option, **name_option;
static char *columns_option, *sort_option;
static gboolean available_option, tree_option, dot_option;

static const GOptionEntry options[] = {
    {"device", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &ids_option, "only these ids, as lspci -d",
     "VENDOR:DEVICE:CLASS"},
    {"slot", 's', 0, G_OPTION_ARG_STRING_ARRAY, &slot_option, "only these addresses, as lspci -s",
     "ADDRESS"},
    {"name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &name_option,
     "only names that match, without regard to case", "REGEX"},
    {"available", 0, 0, G_OPTION_ARG_NONE, &available_option, "only what a VM could get now", NULL},
    {"columns", 'o', 0, G_OPTION_ARG_STRING, &columns_option,
     "these columns; with + before them, besides the usual ones", "KEY,..."},
    {"sort", 0, 0, G_OPTION_ARG_STRING, &sort_option, "sort by this column", "KEY"},
    {"tree", 0, 0, G_OPTION_ARG_NONE, &tree_option, "as a tree of buses", NULL},
    {"dot", 0, 0, G_OPTION_ARG_NONE, &dot_option, "as a graph for Graphviz, groups as boxes", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* One function that is to be shown. */
typedef struct {
    const HdDevice *device;
    char *name;
    char *vms; /* (nullable) */
    HdVerdict verdict;
    char *sort_key; /* (nullable) */
} Entry;

static void
free_entry(gpointer data)
{
    Entry *entry = data;
    g_free(entry->name);
    g_free(entry->vms);
    g_free(entry->sort_key);
    hd_verdict_clear(&entry->verdict);
    g_free(entry);
}

static bool
add_filters(char *const *texts, HdPciFilter *filter,
            bool (*add)(HdPciFilter *, const char *, GError **), GError **ret_error)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        if (!add(filter, *texts, ret_error))
            return false;
    }
    return true;
}

static bool
read_filter(HdPciFilter **ret_filter, GError **ret_error)
{
    g_autoptr(HdPciFilter) filter = hd_pci_filter_new();
    if (!add_filters(ids_option, filter, hd_pci_filter_add_ids, ret_error) ||
        !add_filters(slot_option, filter, hd_pci_filter_add_slots, ret_error) ||
        !add_filters(name_option, filter, hd_pci_filter_add_name, ret_error))
        return false;
    *ret_filter = g_steal_pointer(&filter);
    return true;
}

static HdListRow
row_of(const HdInventory *inventory, const Entry *entry)
{
    return (HdListRow){inventory, entry->device, entry->name, entry->vms, &entry->verdict};
}

static GPtrArray *
select_entries(const HdInventory *inventory, const HdPciFilter *filter, bool wants_verdict)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);
    const GPtrArray *devices = hd_inventory_devices(inventory);
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        g_autofree char *name = hd_pci_names_device(hd_inventory_names(inventory), &device->id);
        if (!hd_pci_filter_passes(filter, device, name))
            continue;
        HdVerdict verdict = {0};
        if (wants_verdict)
            verdict = hd_inventory_verdict(inventory, device);
        if (available_option && !verdict.is_free) {
            hd_verdict_clear(&verdict);
            continue;
        }
        Entry *entry = g_new0(Entry, 1);
        entry->device = device;
        entry->name = g_steal_pointer(&name);
        entry->vms = hd_inventory_vms(inventory, device);
        entry->verdict = verdict;
        g_ptr_array_add(entries, entry);
    }
    return entries;
}

/* "2" before "10"; what has nothing to say comes last. */
static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const Entry *first = *(Entry *const *)a, *second = *(Entry *const *)b;
    if (first->sort_key == NULL || second->sort_key == NULL)
        return (first->sort_key == NULL) - (second->sort_key == NULL);
    return strverscmp(first->sort_key, second->sort_key);
}

static void
sort_entries(const HdInventory *inventory, GPtrArray *entries, const HdListColumn *column)
{
    for (guint i = 0; i < entries->len; i++) {
        Entry *entry = g_ptr_array_index(entries, i);
        const HdListRow row = row_of(inventory, entry);
        entry->sort_key = column->content(&row);
    }
    g_ptr_array_sort(entries, compare_entries);
}

static void
print_table(const HdInventory *inventory, const GPtrArray *entries, const GPtrArray *columns)
{
    g_autofree HdTableColumn *looks = g_new0(HdTableColumn, columns->len);
    for (guint i = 0; i < columns->len; i++)
        looks[i] = ((const HdListColumn *)g_ptr_array_index(columns, i))->look;
    g_autoptr(HdTable) table = hd_table_new_columns(looks, columns->len);
    for (guint i = 0; i < entries->len; i++) {
        const HdListRow row = row_of(inventory, g_ptr_array_index(entries, i));
        char **cells = g_new0(char *, columns->len);
        for (guint j = 0; j < columns->len; j++)
            cells[j] = ((const HdListColumn *)g_ptr_array_index(columns, j))->content(&row);
        hd_table_add(table, cells);
    }
    hd_table_print(table);
}

static void
print_json(const HdInventory *inventory, const GPtrArray *entries)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = g_ptr_array_index(entries, i);
        hd_json_begin_object(json);
        hd_device_json_add(json, inventory, entry->device);
        hd_json_end(json);
    }
    hd_json_end(json);
    hd_out_json(json);
}

/* @columns: (nullable): JSON asks for itself, whatever the columns. */
static bool
wants_verdict(const GPtrArray *columns, const HdListColumn *sort)
{
    bool wants = available_option || (sort != NULL && sort->wants_verdict);
    for (guint i = 0; columns != NULL && i < columns->len; i++)
        wants |= ((const HdListColumn *)g_ptr_array_index(columns, i))->wants_verdict;
    return wants;
}

static bool
read_sort(const HdListColumn **ret_sort, GError **ret_error)
{
    g_autofree char *keys = hd_list_columns_keys();
    *ret_sort = sort_option != NULL ? hd_list_columns_find(sort_option) : NULL;
    return sort_option == NULL || *ret_sort != NULL ||
           hd_error_set(ret_error, HD_ERROR_USAGE, "--sort %s: there are %s", sort_option, keys);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const HdListColumn *sort = NULL;
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdPciFilter) filter = NULL;
    g_autoptr(GPtrArray) columns = NULL;
    g_autoptr(HdInventory) inventory = NULL;
    if (state == NULL || !read_filter(&filter, ret_error) || !read_sort(&sort, ret_error) ||
        !hd_list_columns_choose(columns_option, &columns, ret_error))
        return HD_EXIT_FAILED;
    bool is_table = columns_option != NULL || sort_option != NULL;
    if ((tree_option && dot_option) || ((tree_option || dot_option) && is_table)) {
        (void)hd_error_set(ret_error, HD_ERROR_USAGE,
                           "list: --tree, --dot, or columns and their order");
        return HD_EXIT_USAGE;
    }
    bool is_picture = tree_option || dot_option;
    bool judges = cmd->json || is_picture || wants_verdict(columns, sort);
    if (!hd_cmd_inventory(cmd, state, NULL, judges, &inventory, ret_error))
        return HD_EXIT_FAILED;
    if (is_picture)
        return hd_cmd_list_tree(cmd, inventory, filter, available_option, dot_option);
    g_autoptr(GPtrArray) entries =
        select_entries(inventory, filter, wants_verdict(cmd->json ? NULL : columns, sort));
    if (sort != NULL)
        sort_entries(inventory, entries, sort);
    if (cmd->json)
        print_json(inventory, entries);
    else
        print_table(inventory, entries, columns);
    return HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_list = {
    "list", "", "list PCI devices, who has them, which are free", 0, 0, false, options, run,
};
