/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * list --tree: how the functions hang together, with groups and VMs.
 */
#include <stdio.h>
#include <string.h>

#include "hd-device-json.h"
#include "hd-list-picture.h"
#include "hd-out.h"
#include "hd-table.h"
#include "hd-text.h"
#include "hd-topology.h"

#define LONGEST_NAME   120
#define LONGEST_DRIVER 32

char *
hd_list_picture_name(const HdListPicture *picture, const HdDevice *device)
{
    return hd_pci_names_device(hd_inventory_names(picture->inventory), &device->id);
}

static bool
is_available(const HdListPicture *picture, const HdDevice *device)
{
    if (!picture->only_available)
        return true;
    g_auto(HdVerdict) verdict = hd_inventory_verdict(picture->inventory, device);
    return verdict.is_free;
}

static bool
is_shown(const HdListPicture *picture, const HdTopologyNode *node)
{
    g_autofree char *name =
        node->device != NULL ? hd_list_picture_name(picture, node->device) : NULL;
    if (node->device != NULL && hd_pci_filter_passes(picture->filter, node->device, name) &&
        is_available(picture, node->device))
        return true;
    for (guint i = 0; i < node->children->len; i++) {
        if (is_shown(picture, g_ptr_array_index(node->children, i)))
            return true;
    }
    return false;
}

GPtrArray *
hd_list_picture_children(const HdListPicture *picture, const HdTopologyNode *node)
{
    GPtrArray *shown = g_ptr_array_new();
    for (guint i = 0; i < node->children->len; i++) {
        if (is_shown(picture, g_ptr_array_index(node->children, i)))
            g_ptr_array_add(shown, g_ptr_array_index(node->children, i));
    }
    return shown;
}

static void
append_driver(GString *text, const char *driver)
{
    g_autofree char *shown = hd_text_printable(driver, LONGEST_DRIVER);
    g_string_append_printf(text, "  [%s]", shown);
}

/* What is said of a function after its name: "[nvidia]  group 12". */
static char *
facts_of(const HdDevice *device)
{
    GString *text = g_string_new(NULL);
    if (device->binding.driver != NULL)
        append_driver(text, device->binding.driver);
    if (device->iommu_group >= 0)
        g_string_append_printf(text, "  group %d", device->iommu_group);
    if (device->is_vf)
        g_string_append_printf(text, "  VF of %s", hd_pci_address_text(&device->pf).text);
    return g_string_free(text, FALSE);
}

static void
print_function(const HdListPicture *picture, const HdDevice *device, gsize indent)
{
    g_autofree char *full =
        hd_table_is_terminal()
            ? hd_pci_names_short(hd_inventory_names(picture->inventory), &device->id)
            : hd_list_picture_name(picture, device);
    g_autofree char *facts = facts_of(device);
    g_autofree char *vms = hd_inventory_vms(picture->inventory, device);
    g_autofree char *vm = vms != NULL ? hd_text_printable(vms, 64) : g_strdup("");
    gsize others = indent + strlen(hd_pci_address_text(&device->address).text) + 1 +
                   hd_table_text_width(facts) +
                   (vms != NULL ? strlen("  VM ") + hd_table_text_width(vm) : 0);
    g_autofree char *printable = hd_text_printable(full, LONGEST_NAME);
    g_autofree char *name = hd_table_fit(printable, hd_table_room(others));
    (void)printf("%s %s%s%s%s", hd_pci_address_text(&device->address).text, name,
                 hd_table_tone(HD_TONE_DIM), facts, hd_table_tone(HD_TONE_PLAIN));
    if (vms != NULL)
        (void)printf("  %sVM %s%s", hd_table_tone(HD_TONE_STRONG), vm,
                     hd_table_tone(HD_TONE_PLAIN));
    (void)putchar('\n');
}

static void
print_node(const HdListPicture *picture, const HdTopologyNode *node, const char *prefix)
{
    g_autoptr(GPtrArray) shown = hd_list_picture_children(picture, node);
    for (guint i = 0; i < shown->len; i++) {
        const HdTopologyNode *child = g_ptr_array_index(shown, i);
        bool is_last = i + 1 == shown->len;
        g_autofree char *deeper = g_strconcat(prefix, is_last ? "   " : "│  ", NULL);
        (void)printf("%s%s ", prefix, is_last ? "└─" : "├─");
        print_function(picture, child->device, (gsize)g_utf8_strlen(prefix, -1) + 3);
        print_node(picture, child, deeper);
    }
}

static void
print_tree(const HdListPicture *picture, const GPtrArray *roots)
{
    for (guint i = 0; i < roots->len; i++) {
        const HdTopologyNode *root = g_ptr_array_index(roots, i);
        if (!is_shown(picture, root))
            continue;
        (void)printf("%s%s%s\n", hd_table_tone(HD_TONE_STRONG), root->bus,
                     hd_table_tone(HD_TONE_PLAIN));
        print_node(picture, root, "");
    }
}

static void
add_children(HdJson *json, const HdListPicture *picture, const HdTopologyNode *node)
{
    g_autoptr(GPtrArray) shown = hd_list_picture_children(picture, node);
    hd_json_name(json, "children");
    hd_json_begin_array(json);
    for (guint i = 0; i < shown->len; i++) {
        const HdTopologyNode *child = g_ptr_array_index(shown, i);
        hd_json_begin_object(json);
        hd_device_json_add(json, picture->inventory, child->device);
        add_children(json, picture, child);
        hd_json_end(json);
    }
    hd_json_end(json);
}

static void
print_json(const HdListPicture *picture, const GPtrArray *roots)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < roots->len; i++) {
        const HdTopologyNode *root = g_ptr_array_index(roots, i);
        if (!is_shown(picture, root))
            continue;
        hd_json_begin_object(json);
        hd_out_json_text(json, "bus", root->bus);
        add_children(json, picture, root);
        hd_json_end(json);
    }
    hd_json_end(json);
    hd_out_json(json);
}

HdExit
hd_cmd_list_tree(HdCmd *cmd, const HdInventory *inventory, const HdPciFilter *filter,
                 bool only_available, bool as_dot)
{
    g_autoptr(GPtrArray) roots = hd_topology_read(cmd->port, hd_inventory_devices(inventory));
    const HdListPicture picture = {inventory, filter, only_available};
    if (as_dot)
        hd_list_dot_print(&picture, roots);
    else if (cmd->json)
        print_json(&picture, roots);
    else
        print_tree(&picture, roots);
    return HD_EXIT_DONE;
}
