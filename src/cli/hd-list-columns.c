/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The columns of `hostdevctl list`, one line each.
 */
#include "hd-list-columns.h"

#include <string.h>

#include "hd-node-device.h"
#include "hd-text.h"

#define USUAL "address,id,class,name,driver,group,sriov,numa,vm,available"

static char *
address(const HdListRow *row)
{
    return g_strdup(hd_pci_address_text(&row->device->address).text);
}

static char *
id(const HdListRow *row)
{
    return g_strdup_printf("%04x:%04x", row->device->id.vendor, row->device->id.device);
}

static char *
subsystem(const HdListRow *row)
{
    return g_strdup_printf("%04x:%04x", row->device->id.subvendor, row->device->id.subdevice);
}

static char *
class_name(const HdListRow *row)
{
    return hd_pci_names_class(hd_inventory_names(row->inventory), &row->device->id);
}

static char *
class_code(const HdListRow *row)
{
    return g_strdup_printf("%06x", row->device->id.class_code);
}

static char *
name(const HdListRow *row)
{
    if (!hd_table_is_terminal())
        return hd_text_printable(row->name, 120);
    g_autofree char *brief =
        hd_pci_names_short(hd_inventory_names(row->inventory), &row->device->id);
    return hd_text_printable(brief, 120);
}

static char *
driver(const HdListRow *row)
{
    return g_strdup(row->device->binding.driver);
}

static char *
override(const HdListRow *row)
{
    return g_strdup(row->device->binding.override);
}

static char *
module(const HdListRow *row)
{
    return g_strdup(row->device->driver_module);
}

static char *
vfio(const HdListRow *row)
{
    return g_strdup(row->device->vfio_driver);
}

static char *
group(const HdListRow *row)
{
    return row->device->iommu_group >= 0 ? g_strdup_printf("%d", row->device->iommu_group) : NULL;
}

static char *
sriov(const HdListRow *row)
{
    const HdDevice *device = row->device;
    if (device->is_vf)
        return g_strdup_printf("VF of %s", hd_pci_address_text(&device->pf).text);
    return device->vf_total > 0 ? g_strdup_printf("PF %u/%u", device->vf_count, device->vf_total)
                                : NULL;
}

static char *
numa(const HdListRow *row)
{
    return row->device->numa_node >= 0 ? g_strdup_printf("%d", row->device->numa_node) : NULL;
}

static char *
vm(const HdListRow *row)
{
    return row->vms != NULL ? hd_text_printable(row->vms, 64) : NULL;
}

static char *
available(const HdListRow *row)
{
    return g_strdup(row->verdict->is_free ? "yes" : row->verdict->rule);
}

static char *
why(const HdListRow *row)
{
    return row->verdict->is_free ? NULL : hd_text_printable(row->verdict->reason, 200);
}

static char *
node_device(const HdListRow *row)
{
    return hd_node_device_name("pci", hd_pci_address_text(&row->device->address).text);
}

static HdTone
tone_of_vm(const char *content)
{
    (void)content;
    return HD_TONE_STRONG;
}

static HdTone
tone_of_available(const char *content)
{
    if (g_str_equal(content, "yes"))
        return HD_TONE_GOOD;
    return g_str_equal(content, "bridge") ? HD_TONE_DIM : HD_TONE_BAD;
}

static const HdListColumn columns[] = {
    {"address", {"ADDRESS", 0, 0, NULL}, address, false},
    {"id", {"ID", 0, 3, NULL}, id, false},
    {"subsystem", {"SUBSYSTEM", 0, 0, NULL}, subsystem, false},
    {"class", {"CLASS", 10, 6, NULL}, class_name, false},
    {"class-code", {"CLASS CODE", 0, 0, NULL}, class_code, false},
    {"name", {"NAME", 24, 0, NULL}, name, false},
    {"driver", {"DRIVER", 8, 0, NULL}, driver, false},
    {"override", {"OVERRIDE", 0, 0, NULL}, override, false},
    {"module", {"MODULE", 0, 0, NULL}, module, false},
    {"vfio", {"VFIO", 0, 0, NULL}, vfio, false},
    {"group", {"GROUP", 0, 0, NULL}, group, false},
    {"sriov", {"SR-IOV", 0, 4, NULL}, sriov, false},
    {"numa", {"NUMA", 0, 5, NULL}, numa, false},
    {"vm", {"VM", 8, 1, tone_of_vm}, vm, false},
    {"available", {"AVAILABLE", 0, 0, tone_of_available}, available, true},
    {"why", {"WHY", HD_TABLE_BELOW, 0, NULL}, why, true},
    {"node-device", {"NODE DEVICE", 0, 0, NULL}, node_device, false},
};

const HdListColumn *
hd_list_columns_find(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (g_str_equal(columns[i].key, key))
            return &columns[i];
    }
    return NULL;
}

char *
hd_list_columns_keys(void)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", columns[i].key);
    return g_string_free(text, FALSE);
}

static bool
add(const char *text, GPtrArray *chosen, GError **ret_error)
{
    g_auto(GStrv) keys = g_strsplit(text, ",", -1);
    for (guint i = 0; keys[i] != NULL; i++) {
        g_autofree char *key = g_ascii_strdown(g_strstrip(keys[i]), -1);
        const HdListColumn *column = hd_list_columns_find(key);
        g_autofree char *known = hd_list_columns_keys();
        g_autofree char *shown = hd_text_printable(key, 32);
        if (column == NULL)
            return hd_error_set(ret_error, HD_ERROR_USAGE, "there is no column '%s'; there are %s",
                                shown, known);
        g_ptr_array_add(chosen, (gpointer)column);
    }
    return true;
}

bool
hd_list_columns_choose(const char *text, GPtrArray **ret_columns, GError **ret_error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    bool adds = text == NULL || *text == '+';
    if ((adds && !add(USUAL, chosen, ret_error)) ||
        (text != NULL && !add(text + (adds ? 1 : 0), chosen, ret_error)))
        return false;
    if (chosen->len == 0)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--columns: name one at least");
    *ret_columns = g_steal_pointer(&chosen);
    return true;
}
