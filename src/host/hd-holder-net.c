/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Does the host speak through this network card? Being up, or having only a
 * link-local address, is no use of it.
 */
#include "hd-holder-net.h"

#include <errno.h>
#include <string.h>

#include "hd-text.h"

#define MAX_LAYERS 8

typedef struct {
    HdPort *port;
    GPtrArray *holders;
    char *routes;  /* (nullable): /proc/net/route */
    char *routes6; /* (nullable): /proc/net/ipv6_route */
} Search;

static void
add(Search *search, char *text, char *remedy)
{
    g_ptr_array_add(search->holders, hd_holder_new(HD_RULE_NETWORK, text, remedy));
}

/* What is not there is an answer; what can't be read may be a use. */
static void
add_unknown(Search *search, const char *what, int error)
{
    if (error != 0 && error != ENOENT)
        add(search, g_strdup_printf("%s can't be read (%s)", what, g_strerror(error)),
            g_strdup("look with 'ip address' and 'ip route'"));
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

/* IPv6: "destination length source length next-hop metric ... name"; default is 0/00. The kernel's
   own entry for "unreachable" has it too, but names lo. */
static bool
has_default_route6(const char *routes, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(routes != NULL ? routes : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) fields = g_strsplit(g_strchomp(*line), " ", -1);
        guint count = g_strv_length(fields);
        if (count >= 10 && strspn(fields[0], "0") == 32 && g_str_equal(fields[1], "00") &&
            g_str_equal(fields[count - 1], name))
            return true;
    }
    return false;
}

static void
find_addresses(Search *search, const char *name, const char *what)
{
    g_autoptr(GPtrArray) addresses = NULL;
    int error = hd_port_net_addresses(search->port, name, &addresses);
    if (error != 0)
        add(search,
            g_strdup_printf("the addresses of %s can't be read (%s)", what, g_strerror(error)),
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
    int error = hd_port_link_name(search->port, &master, "sys/class/net/%s/master", name);
    add_unknown(search, what, error);
    if (error != 0)
        return false;
    g_autofree char *shown = hd_text_printable(name, 32);
    g_autofree char *shown_master = hd_text_printable(master, 32);
    const char *kind = hd_port_exists(search->port, "sys/class/net/%s/bridge", master) ? "bridge"
                       : hd_port_exists(search->port, "sys/class/net/%s/bonding", master)
                           ? "bond"
                           : "device";
    add(search,
        g_strdup_printf("network interface %s is a port of the %s %s", what, kind, shown_master),
        g_strdup_printf("take it out with 'ip link set %s nomaster'", shown));
    return true;
}

/* A macvtap on the card is the network card of a VM, and has no address on the host. */
static void
find_tap(Search *search, const char *name, const char *what)
{
    if (hd_port_exists(search->port, "sys/class/net/%s/macvtap", name) ||
        hd_port_exists(search->port, "sys/class/net/%s/ipvtap", name))
        add(search, g_strdup_printf("network interface %s is a VM's network card", what),
            g_strdup("stop that VM, or set network=allow"));
}

static void
find_uses(Search *search, const char *name, const char *below, guint layer)
{
    g_autoptr(GPtrArray) entries = NULL;
    g_autofree char *shown = hd_text_printable(name, 32);
    g_autofree char *what =
        below == NULL ? g_strdup(shown) : g_strdup_printf("%s (on %s)", shown, below);
    find_addresses(search, name, what);
    find_tap(search, name, what);
    if (has_default_route4(search->routes, name) || has_default_route6(search->routes6, name))
        add(search, g_strdup_printf("network interface %s carries the default route", what),
            g_strdup("move the route to another interface, or set network=allow"));
    bool is_port = find_master(search, name, what);
    if (is_port)
        return;
    int error =
        layer < MAX_LAYERS ? hd_port_list(search->port, &entries, "sys/class/net/%s", name) : ELOOP;
    add_unknown(search, what, error);
    for (guint i = 0; error == 0 && i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        if (g_str_has_prefix(entry, "upper_"))
            find_uses(search, entry + strlen("upper_"), shown, layer + 1);
    }
}

static void
add_elsewhere(Search *search)
{
    add(search, g_strdup("its network interface is in another network namespace"),
        g_strdup("stop the container that has it, or set network=allow"));
}

void
hd_holder_net_find(HdPort *port, const HdSysfsTree *tree, GPtrArray *holders)
{
    g_autofree char *routes = NULL;
    g_autofree char *routes6 = NULL;
    Search search = {port, holders, NULL, NULL};
    if (tree->hides_net)
        add_elsewhere(&search);
    if (tree->interfaces->len == 0)
        return;
    add_unknown(&search, "the routes of this host", hd_port_read(port, &routes, "proc/net/route"));
    add_unknown(&search, "the IPv6 routes of this host",
                hd_port_read(port, &routes6, "proc/net/ipv6_route"));
    search.routes = routes;
    search.routes6 = routes6;
    for (guint i = 0; i < tree->interfaces->len; i++)
        find_uses(&search, g_ptr_array_index(tree->interfaces, i), NULL, 0);
}
