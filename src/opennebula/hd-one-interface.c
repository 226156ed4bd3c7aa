/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IFNAME: OpenNebula finds a VF's network by the interface of its card, and wants to be
 * told it even while a guest has the card.
 */
#include "hd-one-interface.h"

#define RENAMES "etc/udev/rules.d/99-rename.rules"
#define NET     "sys/bus/pci/devices/%s/net"

struct HdOneInterfaces {
    HdPort *port;
    HdOneCache *cache;
    GHashTable *renames; /* (nullable): not read yet */
};

HdOneInterfaces *
hd_one_interfaces_new(HdPort *port, HdOneCache *cache)
{
    HdOneInterfaces *interfaces = g_new0(HdOneInterfaces, 1);
    *interfaces = (HdOneInterfaces){.port = port, .cache = cache};
    return interfaces;
}

void
hd_one_interfaces_free(HdOneInterfaces *interfaces)
{
    if (interfaces == NULL)
        return;
    if (interfaces->renames != NULL)
        g_hash_table_unref(interfaces->renames);
    g_free(interfaces);
}

GHashTable *
hd_one_interfaces_parse_renames(const char *text)
{
    GHashTable *renames = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GRegex) pattern =
        g_regex_new("^#\\s*([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-9])\\s*<-\\s*(\\S+)",
                    G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autoptr(GMatchInfo) match = NULL;
        if (g_regex_match(pattern, *line, 0, &match))
            g_hash_table_replace(renames, g_match_info_fetch(match, 1),
                                 g_match_info_fetch(match, 2));
    }
    return renames;
}

static GHashTable *
read_renames(HdPort *port)
{
    g_autofree char *text = NULL;
    return hd_one_interfaces_parse_renames(hd_port_read(port, &text, RENAMES) == 0 ? text : "");
}

/* "p0": a port of the card. Those that stand for VFs are called pf0vf1. */
static bool
is_port(HdPort *port, const char *address, const char *interface)
{
    g_autofree char *name = NULL;
    return hd_port_read(port, &name, NET "/%s/phys_port_name", address, interface) == 0 &&
           g_regex_match_simple("^p\\d+$", g_strstrip(name), G_REGEX_RAW, 0);
}

static char *
find_in_sysfs(HdPort *port, const char *address)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, NET, address) != 0 || names->len == 0)
        return NULL;
    if (names->len == 1)
        return g_strdup(g_ptr_array_index(names, 0));
    for (guint i = 0; i < names->len; i++) {
        if (is_port(port, address, g_ptr_array_index(names, i)))
            return g_strdup(g_ptr_array_index(names, i));
    }
    return NULL;
}

char *
hd_one_interfaces_find(HdOneInterfaces *interfaces, const HdPciAddress *address)
{
    const HdPciAddressText text = hd_pci_address_text(address);
    if (interfaces->renames == NULL)
        interfaces->renames = read_renames(interfaces->port);
    const char *renamed = g_hash_table_lookup(interfaces->renames, text.text);
    if (renamed != NULL)
        return g_strdup(renamed);
    char *name = hd_one_cache_get(interfaces->cache, address);
    if (name != NULL)
        return name;
    name = find_in_sysfs(interfaces->port, text.text);
    if (name == NULL)
        return g_strdup("-");
    hd_one_cache_put(interfaces->cache, address, name);
    return name;
}
