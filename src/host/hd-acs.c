/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why devices share an IOMMU group: the port or bridge on their way that isolates
 * nothing, from config space, as the kernel decides it (drivers/pci/pci.c, pci_acs_enabled()).
 */
#include "hd-acs.h"

#define CAPABILITIES    0x34 /* offset of the first one's */
#define READABLE_BY_ALL 64
#define HEADER_TYPE     0x0e
#define BRIDGE          1
#define EXPRESS         0x10
#define EXTENDED        0x100 /* the first extended one is here */
#define ACS             0x000d
#define ACS_CONTROL     6
#define ACS_WANTED      0x1d /* source validation, redirection of requests and completions, upstream */
#define ACS_CAPABLE     4
#define MOST            64 /* capabilities of a function: a loop ends here */

typedef enum {
    PORT_ROOT = 4,
    PORT_DOWNSTREAM = 6,
    PORT_TO_PCI = 7, /* PCIe-to-PCI bridge */
} PortType;

static guint
read16(const GString *config, guint offset)
{
    if (offset + 2 > config->len)
        return 0;
    const guchar *bytes = (const guchar *)config->str + offset;
    return (guint)(bytes[0] | bytes[1] << 8);
}

/* Type of a PCIe port; 0: no PCIe. */
static guint
port_type(const GString *config)
{
    guint offset = read16(config, CAPABILITIES) & 0xfc;
    for (guint i = 0; i < MOST && offset >= 0x40; i++) {
        guint header = read16(config, offset);
        if ((header & 0xff) == EXPRESS)
            return read16(config, offset + 2) >> 4 & 0xf;
        offset = header >> 8 & 0xfc;
    }
    return 0;
}

/* What a port can't do it need not have switched on. */
static bool
is_on(guint capable, guint control)
{
    guint wanted = ACS_WANTED & capable;
    return (control & wanted) == wanted;
}

static bool
has_acs(const GString *config)
{
    guint offset = EXTENDED;
    for (guint i = 0; i < MOST && offset >= EXTENDED; i++) {
        if (read16(config, offset) == ACS)
            return is_on(read16(config, offset + ACS_CAPABLE),
                         read16(config, offset + ACS_CONTROL));
        offset = read16(config, offset + 2) >> 4;
    }
    return false;
}

/* Config space beyond its first 64 bytes is root's to read: then nothing is known. */
static HdAcs
probe(HdPort *port, const char *name)
{
    g_autoptr(GString) config = NULL;
    if (hd_port_load(port, &config, "sys/bus/pci/devices/%s/config", name) != 0 ||
        config->len <= READABLE_BY_ALL || (config->str[HEADER_TYPE] & 0x7f) != BRIDGE)
        return HD_ACS_UNKNOWN;
    guint type = port_type(config);
    if (type == PORT_TO_PCI || type == 0)
        return HD_ACS_CONVENTIONAL;
    if (config->len <= EXTENDED || (type != PORT_ROOT && type != PORT_DOWNSTREAM))
        return HD_ACS_UNKNOWN;
    return has_acs(config) ? HD_ACS_ON : HD_ACS_OFF;
}

HdAcs
hd_acs_probe(HdPort *port, const HdPciAddress *bridge)
{
    return probe(port, hd_pci_address_text(bridge).text);
}

static char *
explain(HdPort *port, const char *bridge)
{
    switch (probe(port, bridge)) {
    case HD_ACS_CONVENTIONAL:
        return g_strdup_printf("they are behind the PCI bridge %s", bridge);
    case HD_ACS_OFF:
        return g_strdup_printf("the port %s has no ACS", bridge);
    case HD_ACS_ON:
    case HD_ACS_UNKNOWN:
        break;
    }
    return NULL;
}

char *
hd_acs_explain(HdPort *port, const HdPciAddress *address)
{
    g_autofree char *target = NULL;
    if (hd_port_link(port, &target, "sys/bus/pci/devices/%s", hd_pci_address_text(address).text) !=
        0)
        return NULL;
    /* ".../pci0000:00/0000:00:1c.0/0000:01:00.0": all but the last are on the way. */
    g_auto(GStrv) parts = g_strsplit(target, "/", -1);
    for (guint i = 0; parts[i] != NULL && parts[i + 1] != NULL; i++) {
        HdPciAddress bridge;
        char *reason = hd_pci_address_parse(parts[i], &bridge) ? explain(port, parts[i]) : NULL;
        if (reason != NULL)
            return reason;
    }
    return NULL;
}

bool
hd_acs_is_mixed(const GPtrArray *members)
{
    const HdDevice *first = NULL;
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *one = g_ptr_array_index(members, i);
        if (one->is_bridge)
            continue;
        if (first != NULL &&
            hd_pci_address_key(&one->address) >> 3 != hd_pci_address_key(&first->address) >> 3)
            return true;
        first = one;
    }
    return false;
}

char *
hd_acs_explain_group(HdPort *port, const GPtrArray *members)
{
    const bool is_mixed = hd_acs_is_mixed(members);
    for (guint i = 0; is_mixed && i < members->len; i++) {
        const HdDevice *one = g_ptr_array_index(members, i);
        char *reason = one->is_bridge ? NULL : hd_acs_explain(port, &one->address);
        if (reason != NULL)
            return reason;
    }
    return NULL;
}
