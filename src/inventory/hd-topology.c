/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the functions hang together: root buses, bridges and what is behind them.
 */
#include "hd-topology.h"

#include <string.h>

static void
free_node(gpointer node)
{
    hd_topology_node_free(node);
}

static HdTopologyNode *
node_new(const HdDevice *device, const char *bus)
{
    HdTopologyNode *node = g_new0(HdTopologyNode, 1);
    node->device = device;
    node->bus = g_strdup(bus);
    node->children = g_ptr_array_new_with_free_func(free_node);
    return node;
}

void
hd_topology_node_free(HdTopologyNode *node)
{
    if (node == NULL)
        return;
    g_free(node->bus);
    g_ptr_array_unref(node->children);
    g_free(node);
}

/* Whether @node is below @other, or is it: links of a machine that nobody has may go round. */
static bool
is_below(const HdTopologyNode *node, const HdTopologyNode *other)
{
    for (; node != NULL; node = node->above) {
        if (node == other)
            return true;
    }
    return false;
}

static HdTopologyNode *
root_called(GPtrArray *roots, const char *bus)
{
    for (guint i = 0; i < roots->len; i++) {
        HdTopologyNode *root = g_ptr_array_index(roots, i);
        if (g_str_equal(root->bus, bus))
            return root;
    }
    HdTopologyNode *root = node_new(NULL, bus);
    g_ptr_array_add(roots, root);
    return root;
}

/* ".../pci0000:00/0000:00:1c.0/0000:01:00.0": the name of the folder that holds the last one. */
static char *
parent_of(const char *target)
{
    g_autofree char *folder = g_path_get_dirname(target);
    return g_path_get_basename(folder);
}

/* Where the folder of @device is; NULL where nothing can be told. */
static HdTopologyNode *
find_above(HdPort *port, const HdDevice *device, GHashTable *nodes, GPtrArray *roots)
{
    g_autofree char *target = NULL;
    if (hd_port_link(port, &target, "sys/bus/pci/devices/%s",
                     hd_pci_address_text(&device->address).text) != 0)
        return NULL;
    g_autofree char *parent = parent_of(target);
    HdTopologyNode *above = g_hash_table_lookup(nodes, parent);
    if (above == NULL && g_str_has_prefix(parent, "pci"))
        above = root_called(roots, parent + strlen("pci"));
    return above;
}

GPtrArray *
hd_topology_read(HdPort *port, const GPtrArray *devices)
{
    g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func(free_node);
    g_autoptr(GHashTable) nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    for (guint i = 0; i < devices->len; i++) {
        HdTopologyNode *node = node_new(g_ptr_array_index(devices, i), NULL);
        g_ptr_array_add(order, node);
        g_hash_table_insert(nodes, g_strdup(hd_pci_address_text(&node->device->address).text),
                            node);
    }
    for (guint i = 0; i < order->len; i++) {
        HdTopologyNode *node = g_ptr_array_index(order, i);
        HdTopologyNode *above = find_above(port, node->device, nodes, roots);
        if (above == NULL || is_below(above, node)) {
            const HdPciAddress *address = &node->device->address;
            g_autofree char *bus = g_strdup_printf("%04x:%02x", address->domain, address->bus);
            above = root_called(roots, bus);
        }
        g_ptr_array_add(above->children, node);
        node->above = above;
    }
    return g_steal_pointer(&roots);
}
