/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Does the host speak through this network card? Being up, or having only a
 * link-local address, is no use of it.
 */
#include "hd-holder-net.h"

#include <string.h>

#define MAX_LAYERS 8

typedef struct {
    HdPort *port;
    HdDevice *device;
    char *routes;  /* (nullable): /proc/net/route */
    char *routes6; /* (nullable): /proc/net/ipv6_route */
} Search;

static void
add(Search *search, char *text, char *remedy)
{
    g_ptr_array_add(search->device->holders, hd_holder_new(HD_RULE_NETWORK, text, remedy));
}

/* IPv4: "eth0 destination gateway flags refcount use metric mask ..."; default is 0/0. */
static bool
has_default_route4(const char *routes, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(routes != NULL ? routes : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) fields = g_strsplit_set(*line, "\t ", -1);
        if (g_strv_length(fields) >= 8 && g_str_equal(fields[0], name) &&
            g_str_equal(fields[1], "00000000") && g_str_equal(fields[7], "00000000"))
            return true;
    }
    return false;
}

/* IPv6: "destination length source length next-hop metric ... name"; default is 0/00 with a hop. */
static bool
has_default_route6(const char *routes, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(routes != NULL ? routes : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) fields = g_strsplit(g_strchomp(*line), " ", -1);
        guint count = g_strv_length(fields);
        if (count >= 10 && strspn(fields[0], "0") == 32 && g_str_equal(fields[1], "00") &&
            strspn(fields[4], "0") != 32 && g_str_equal(fields[count - 1], name))
            return true;
    }
    return false;
}

static void
find_addresses(Search *search, const char *name, const char *what)
{
    g_autoptr(GPtrArray) addresses = NULL;
    if (hd_port_net_addresses(search->port, name, &addresses) != 0)
        add(search, g_strdup_printf("the addresses of %s can't be read", what),
            g_strdup("look with 'ip address'"));
    else if (addresses->len > 0)
        add(search,
            g_strdup_printf("network interface %s has the address %s", what,
                            (char *)g_ptr_array_index(addresses, 0)),
            g_strdup("move it to another interface, or set network=allow"));
}

static bool
find_master(Search *search, const char *name, const char *what)
{
    g_autofree char *master = NULL;
    if (hd_port_link_name(search->port, &master, "sys/class/net/%s/master", name) != 0)
        return false;
    const char *kind = hd_port_exists(search->port, "sys/class/net/%s/bridge", master) ? "bridge"
                       : hd_port_exists(search->port, "sys/class/net/%s/bonding", master)
                           ? "bond"
                           : "device";
    add(search, g_strdup_printf("network interface %s is a port of the %s %s", what, kind, master),
        g_strdup_printf("take it out with 'ip link set %s nomaster'", name));
    return true;
}

static void
find_uses(Search *search, const char *name, const char *below, guint layer)
{
    g_autoptr(GPtrArray) entries = NULL;
    g_autofree char *what =
        below == NULL ? g_strdup(name) : g_strdup_printf("%s (on %s)", name, below);
    find_addresses(search, name, what);
    if (has_default_route4(search->routes, name) || has_default_route6(search->routes6, name))
        add(search, g_strdup_printf("network interface %s carries the default route", what),
            g_strdup("move the route to another interface, or set network=allow"));
    bool is_port = find_master(search, name, what);
    if (is_port || layer >= MAX_LAYERS ||
        hd_port_list(search->port, &entries, "sys/class/net/%s", name) != 0)
        return;
    for (guint i = 0; i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        if (g_str_has_prefix(entry, "upper_"))
            find_uses(search, entry + strlen("upper_"), name, layer + 1);
    }
}

void
hd_holder_net_find(HdPort *port, const HdSysfsTree *tree, HdDevice *device)
{
    g_autofree char *routes = NULL;
    g_autofree char *routes6 = NULL;
    if (tree->interfaces->len == 0)
        return;
    (void)hd_port_read(port, &routes, "proc/net/route");
    (void)hd_port_read(port, &routes6, "proc/net/ipv6_route");
    Search search = {port, device, routes, routes6};
    for (guint i = 0; i < tree->interfaces->len; i++)
        find_uses(&search, g_ptr_array_index(tree->interfaces, i), NULL, 0);
}
