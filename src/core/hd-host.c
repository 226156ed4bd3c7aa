/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host as the planner sees it: facts only, made by the probe or, in tests,
 * by hand.
 */
#include "hd-host.h"

struct HdHost {
    GTree *devices;     /* address key -> HdDevice* */
    GHashTable *groups; /* IOMMU group -> GPtrArray* of HdDevice*, in the order of addresses */
    bool has_iommu;
    HdNodeOwner node_owner;
    HdNodeState iommu_node;
    HdMdevBus *mdevs;
    GPtrArray *mappings;   /* of HdMapping* */
    GHashTable *strangers; /* address text -> why */
    GPtrArray *usbs;       /* of HdUsbDevice* */
    GPtrArray *ttys;       /* of HdTty* */
    guint keyboards_left;
    HdPagesFacts pages;
    HdDesktop *desktop; /* (nullable) */
};

static gint
compare_keys(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    guint64 left = hd_pci_address_key(a), right = hd_pci_address_key(b);
    return left < right ? -1 : left > right;
}

static void
free_device(gpointer data)
{
    hd_device_free(data);
}

static void
free_group(gpointer data)
{
    g_ptr_array_unref(data);
}

static void
free_mapping(gpointer data)
{
    hd_mapping_free(data);
}

static void
free_usb(gpointer data)
{
    hd_usb_device_free(data);
}

static void
free_tty(gpointer data)
{
    hd_tty_free(data);
}

HdHost *
hd_host_new(void)
{
    HdHost *host = g_new0(HdHost, 1);
    host->devices = g_tree_new_full(compare_keys, NULL, NULL, free_device);
    host->groups = g_hash_table_new_full(NULL, NULL, NULL, free_group);
    host->mdevs = hd_mdev_bus_new();
    host->mappings = g_ptr_array_new_with_free_func(free_mapping);
    host->strangers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    host->usbs = g_ptr_array_new_with_free_func(free_usb);
    host->ttys = g_ptr_array_new_with_free_func(free_tty);
    return host;
}

void
hd_host_free(HdHost *host)
{
    if (host == NULL)
        return;
    g_hash_table_unref(host->groups);
    g_tree_unref(host->devices);
    hd_mdev_bus_free(host->mdevs);
    g_ptr_array_unref(host->mappings);
    g_hash_table_unref(host->strangers);
    g_ptr_array_unref(host->usbs);
    g_ptr_array_unref(host->ttys);
    hd_desktop_free(host->desktop);
    if (host->pages.sizes != NULL)
        g_array_unref(host->pages.sizes);
    g_free(host);
}

static GPtrArray *
members_of(const HdHost *host, int group)
{
    return g_hash_table_lookup(host->groups, GINT_TO_POINTER(group));
}

static void
join_group(HdHost *host, HdDevice *device)
{
    GPtrArray *members = members_of(host, device->iommu_group);
    guint place;
    if (members == NULL) {
        members = g_ptr_array_new();
        (void)g_hash_table_insert(host->groups, GINT_TO_POINTER(device->iommu_group), members);
    }
    for (place = members->len; place > 0; place--) {
        const HdDevice *before = g_ptr_array_index(members, place - 1);
        if (compare_keys(&before->address, &device->address, NULL) < 0)
            break;
    }
    g_ptr_array_insert(members, (gint)place, device);
}

void
hd_host_add(HdHost *host, HdDevice *device)
{
    HdDevice *old = g_tree_lookup(host->devices, &device->address);
    if (old != NULL)
        (void)g_ptr_array_remove(members_of(host, old->iommu_group), old);
    join_group(host, device);
    /* The key lives inside the value, so both have to be replaced together. */
    g_tree_replace(host->devices, &device->address, device);
}

const HdDevice *
hd_host_find(const HdHost *host, const HdPciAddress *address)
{
    return g_tree_lookup(host->devices, address);
}

static gboolean
collect(gpointer key, gpointer value, gpointer data)
{
    (void)key;
    g_ptr_array_add(data, value);
    return FALSE;
}

GPtrArray *
hd_host_devices(const HdHost *host)
{
    GPtrArray *devices = g_ptr_array_new();
    g_tree_foreach(host->devices, collect, devices);
    return devices;
}

GPtrArray *
hd_host_group(const HdHost *host, int group)
{
    GPtrArray *members = members_of(host, group);
    return members != NULL ? g_ptr_array_copy(members, NULL, NULL) : g_ptr_array_new();
}

void
hd_host_set_iommu(HdHost *host, bool has_iommu)
{
    host->has_iommu = has_iommu;
}

bool
hd_host_has_iommu(const HdHost *host)
{
    return host->has_iommu;
}

void
hd_host_set_node_owner(HdHost *host, const HdNodeOwner *owner)
{
    host->node_owner = *owner;
}

const HdNodeOwner *
hd_host_node_owner(const HdHost *host)
{
    return &host->node_owner;
}

HdMdevBus *
hd_host_mdevs(const HdHost *host)
{
    return host->mdevs;
}

void
hd_host_add_mapping(HdHost *host, HdMapping *mapping)
{
    g_ptr_array_add(host->mappings, mapping);
}

const HdMapping *
hd_host_find_mapping(const HdHost *host, const char *name)
{
    for (guint i = 0; i < host->mappings->len; i++) {
        const HdMapping *mapping = g_ptr_array_index(host->mappings, i);
        if (g_str_equal(mapping->name, name))
            return mapping;
    }
    return NULL;
}

void
hd_host_set_stranger(HdHost *host, const HdPciAddress *address, char *why)
{
    g_hash_table_replace(host->strangers, g_strdup(hd_pci_address_text(address).text), why);
}

const char *
hd_host_stranger(const HdHost *host, const HdPciAddress *address)
{
    return g_hash_table_lookup(host->strangers, hd_pci_address_text(address).text);
}

void
hd_host_set_iommu_node(HdHost *host, const HdNodeState *state)
{
    host->iommu_node = *state;
}

const HdNodeState *
hd_host_iommu_node(const HdHost *host)
{
    return &host->iommu_node;
}

GPtrArray *
hd_host_usbs(const HdHost *host)
{
    return host->usbs;
}

GPtrArray *
hd_host_ttys(const HdHost *host)
{
    return host->ttys;
}

void
hd_host_set_keyboards_left(HdHost *host, guint count)
{
    host->keyboards_left = count;
}

guint
hd_host_keyboards_left(const HdHost *host)
{
    return host->keyboards_left;
}

HdPagesFacts *
hd_host_pages(HdHost *host)
{
    return &host->pages;
}

const HdPagesFacts *
hd_host_read_pages(const HdHost *host)
{
    return &host->pages;
}

void
hd_host_set_desktop(HdHost *host, HdDesktop *desktop)
{
    hd_desktop_free(host->desktop);
    host->desktop = desktop;
}

const HdDesktop *
hd_host_desktop(const HdHost *host)
{
    return host->desktop;
}
