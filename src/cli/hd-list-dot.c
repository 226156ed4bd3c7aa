/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * list --dot: the host as a graph for Graphviz.
 */
#include <stdio.h>

#include "hd-list-picture.h"
#include "hd-text.h"

/* Between the quotes of a Graphviz label. */
static char *
escape_label(const char *text)
{
    g_autofree char *printable = hd_text_printable(text, 60);
    g_auto(GStrv) slashes = g_strsplit(printable, "\\", -1);
    g_autofree char *doubled = g_strjoinv("\\\\", slashes);
    g_auto(GStrv) quotes = g_strsplit(doubled, "\"", -1);
    return g_strjoinv("\\\"", quotes);
}

static const char *
colour_of(const HdVerdict *verdict)
{
    if (verdict->is_free)
        return "#d9f2d9";
    return g_str_equal(verdict->rule, "held") ? "#ffe0b3" : "#eeeeee";
}

static void
print_dot_function(const HdListPicture *picture, const HdDevice *device)
{
    g_autofree char *name = hd_pci_names_short(hd_inventory_names(picture->inventory), &device->id);
    g_autofree char *label = escape_label(name);
    g_autofree char *vms = hd_inventory_vms(picture->inventory, device);
    g_autofree char *vm = vms != NULL ? escape_label(vms) : NULL;
    g_auto(HdVerdict) verdict = hd_inventory_verdict(picture->inventory, device);
    g_autofree char *driver =
        escape_label(device->binding.driver != NULL ? device->binding.driver : "no driver");
    const HdPciAddressText address = hd_pci_address_text(&device->address);
    (void)printf("    \"%s\" [label=\"%s\\n%s\\n%s%s%s\", fillcolor=\"%s\"];\n", address.text,
                 address.text, label, driver, vm != NULL ? "\\nVM " : "", vm != NULL ? vm : "",
                 colour_of(&verdict));
}

static void
print_dot_edges(const HdListPicture *picture, const HdTopologyNode *node)
{
    g_autoptr(GPtrArray) shown = hd_list_picture_children(picture, node);
    for (guint i = 0; i < shown->len; i++) {
        const HdTopologyNode *child = g_ptr_array_index(shown, i);
        (void)printf("  \"%s\" -> \"%s\";\n",
                     node->device != NULL ? hd_pci_address_text(&node->device->address).text
                                          : node->bus,
                     hd_pci_address_text(&child->device->address).text);
        print_dot_edges(picture, child);
    }
}

/* What hangs below @node and is in the IOMMU group @group. */
static void
collect(const HdListPicture *picture, const HdTopologyNode *node, GTree *groups)
{
    g_autoptr(GPtrArray) shown = hd_list_picture_children(picture, node);
    for (guint i = 0; i < shown->len; i++) {
        const HdTopologyNode *child = g_ptr_array_index(shown, i);
        gpointer key = GINT_TO_POINTER(child->device->iommu_group);
        GPtrArray *members = g_tree_lookup(groups, key);
        if (members == NULL) {
            members = g_ptr_array_new();
            g_tree_insert(groups, key, members);
        }
        g_ptr_array_add(members, (gpointer)child->device);
        collect(picture, child, groups);
    }
}

static gint
compare_groups(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b);
}

static gboolean
print_dot_group(gpointer key, gpointer value, gpointer data)
{
    const GPtrArray *members = value;
    int group = GPOINTER_TO_INT(key);
    if (group >= 0)
        (void)printf("  subgraph \"cluster_%d\" {\n    label=\"IOMMU group %d\";\n", group, group);
    for (guint i = 0; i < members->len; i++)
        print_dot_function(data, g_ptr_array_index(members, i));
    if (group >= 0)
        (void)puts("  }");
    return FALSE;
}

static void
unref_members(gpointer members)
{
    g_ptr_array_unref(members);
}

void
hd_list_dot_print(const HdListPicture *picture, const GPtrArray *roots)
{
    g_autoptr(GTree) groups = g_tree_new_full(compare_groups, NULL, NULL, unref_members);
    (void)puts("digraph host {\n  rankdir=LR;\n  compound=true;\n"
               "  graph [fontname=\"sans-serif\", fontsize=10, style=\"rounded,dashed\"];\n"
               "  node [shape=box, style=filled, fontname=\"sans-serif\", fontsize=10];");
    for (guint i = 0; i < roots->len; i++)
        collect(picture, g_ptr_array_index(roots, i), groups);
    g_tree_foreach(groups, print_dot_group, (gpointer)picture);
    for (guint i = 0; i < roots->len; i++)
        print_dot_edges(picture, g_ptr_array_index(roots, i));
    (void)puts("}");
}
