/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What there is to know about one function besides what decisions rest on.
 */
#include "hd-device-facts.h"

#include <string.h>

#define DEVICES  "sys/bus/pci/devices"
#define ROM      6
#define NO_LANES 255

/* Flags of include/linux/ioport.h, which "resource" prints. */
#define RESOURCE_SHADOW   0x00000002u /* of a ROM */
#define RESOURCE_IO       0x00000100u
#define RESOURCE_PREFETCH 0x00002000u
#define RESOURCE_64BIT    0x00100000u

void
hd_device_facts_free(HdDeviceFacts *facts)
{
    if (facts == NULL)
        return;
    g_array_unref(facts->bars);
    g_ptr_array_unref(facts->modules);
    g_ptr_array_unref(facts->nodes);
    g_free(facts->reset_methods);
    g_free(facts->power_state);
    g_free(facts->runtime_status);
    g_free(facts->power_control);
    g_free(facts->d3cold_allowed);
    g_free(facts->boot_vga);
    g_free(facts->local_cpus);
    g_free(facts->removable);
    g_free(facts->link_now.speed);
    g_free(facts->link_max.speed);
    g_free(facts);
}

static char *
read_text(HdPort *port, const char *name, const char *attribute)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, DEVICES "/%s/%s", name, attribute) != 0 || *text == '\0')
        return NULL;
    return g_steal_pointer(&text);
}

void
hd_device_facts_parse_resource(const char *text, GArray *bars)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; i <= ROM && lines[i] != NULL; i++) {
        guint64 start, end, flags;
        char *cursor = lines[i];
        start = g_ascii_strtoull(cursor, &cursor, 16);
        end = g_ascii_strtoull(cursor, &cursor, 16);
        flags = g_ascii_strtoull(cursor, &cursor, 16);
        if (flags == 0 || end <= start)
            continue;
        const HdBar bar = {i,
                           start,
                           end - start + 1,
                           (flags & RESOURCE_IO) != 0,
                           (flags & RESOURCE_64BIT) != 0,
                           (flags & RESOURCE_PREFETCH) != 0,
                           i == ROM && (flags & RESOURCE_SHADOW) != 0,
                           0};
        g_array_append_val(bars, bar);
    }
}

/* resourceN_resize is there where the BAR's size can be chosen: a mask of powers of two MiB. */
static void
read_bars(HdPort *port, const char *name, GArray *bars)
{
    g_autofree char *text = read_text(port, name, "resource");
    if (text == NULL)
        return;
    hd_device_facts_parse_resource(text, bars);
    for (guint i = 0; i < bars->len; i++) {
        HdBar *bar = &g_array_index(bars, HdBar, i);
        g_autofree char *attribute = g_strdup_printf("resource%u_resize", bar->number);
        g_autofree char *mask = bar->number < ROM ? read_text(port, name, attribute) : NULL;
        bar->sizes = mask != NULL ? g_ascii_strtoull(mask, NULL, 16) : 0;
    }
}

/* A conventional function in a PCI Express machine has "Unknown" and 255 lanes at most. */
static HdPciLink
read_link(HdPort *port, const char *name, const char *which)
{
    g_autofree char *speed_file = g_strconcat(which, "_link_speed", NULL);
    g_autofree char *width_file = g_strconcat(which, "_link_width", NULL);
    g_autofree char *width = read_text(port, name, width_file);
    HdPciLink link = {read_text(port, name, speed_file), 0};
    /* "8.0 GT/s PCIe" */
    if (link.speed != NULL && strstr(link.speed, " PCIe") != NULL)
        *strstr(link.speed, " PCIe") = '\0';
    if (g_strcmp0(link.speed, "Unknown") == 0)
        g_clear_pointer(&link.speed, g_free);
    link.width = width != NULL ? (guint)g_ascii_strtoull(width, NULL, 10) : 0;
    if (link.width == NO_LANES)
        link.width = 0;
    return link;
}

/* The subsystems by which a person knows a card. */
static void
read_nodes(HdPort *port, const char *name, GPtrArray *nodes)
{
    static const char *const folders[] = {"net",   "drm",       "nvme",       "sound",
                                          "block", "ieee80211", "infiniband", "vfio-dev"};
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autoptr(GPtrArray) names = NULL;
        if (hd_port_list(port, &names, DEVICES "/%s/%s", name, folders[i]) != 0)
            continue;
        for (guint j = 0; j < names->len; j++)
            g_ptr_array_add(
                nodes, g_strdup_printf("%s/%s", folders[i], (char *)g_ptr_array_index(names, j)));
    }
}

static void
add_module(GPtrArray *modules, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(modules, name, g_str_equal, NULL))
        g_ptr_array_add(modules, g_strdup(name));
}

static void
read_modules(const HdModuleAliases *aliases, const HdDevice *device, GPtrArray *modules)
{
    if (device->modalias == NULL)
        return;
    g_autoptr(GPtrArray) found = hd_module_aliases_find(aliases, device->modalias);
    for (guint i = 0; i < found->len; i++)
        add_module(modules, ((const HdModuleAlias *)g_ptr_array_index(found, i))->module);
}

HdDeviceFacts *
hd_device_facts_read(HdPort *port, const HdDevice *device)
{
    g_autoptr(HdModuleAliases) aliases = hd_module_aliases_read(port);
    return hd_device_facts_read_with(port, device, aliases);
}

HdDeviceFacts *
hd_device_facts_read_with(HdPort *port, const HdDevice *device, const HdModuleAliases *aliases)
{
    HdDeviceFacts *facts = g_new0(HdDeviceFacts, 1);
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *revision = read_text(port, name.text, "revision");
    facts->revision = revision != NULL ? (int)g_ascii_strtoull(revision, NULL, 16) : -1;
    facts->bars = g_array_new(FALSE, FALSE, sizeof(HdBar));
    facts->modules = g_ptr_array_new_with_free_func(g_free);
    facts->nodes = g_ptr_array_new_with_free_func(g_free);
    read_bars(port, name.text, facts->bars);
    facts->reset_methods = read_text(port, name.text, "reset_method");
    facts->has_reset = hd_port_exists(port, DEVICES "/%s/reset", name.text);
    facts->power_state = read_text(port, name.text, "power_state");
    facts->runtime_status = read_text(port, name.text, "power/runtime_status");
    facts->power_control = read_text(port, name.text, "power/control");
    facts->d3cold_allowed = read_text(port, name.text, "d3cold_allowed");
    facts->boot_vga = read_text(port, name.text, "boot_vga");
    facts->local_cpus = read_text(port, name.text, "local_cpulist");
    facts->removable = read_text(port, name.text, "removable");
    facts->link_now = read_link(port, name.text, "current");
    facts->link_max = read_link(port, name.text, "max");
    read_nodes(port, name.text, facts->nodes);
    read_modules(aliases, device, facts->modules);
    return facts;
}

char *
hd_bar_size_text(guint64 bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    guint unit = 0;
    while (unit + 1 < G_N_ELEMENTS(units) && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s", bytes, units[unit]);
}
