/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Serial number, MAC, port name: read where the host's driver shows them.
 */
#include "hd-card-probe.h"

#include "hd-vf-net.h"

#define DEVICES "sys/bus/pci/devices"

static char *
read_text(HdPort *port, const char *path)
{
    char *text = NULL;
    if (hd_port_read(port, &text, "%s", path) != 0)
        return NULL;
    g_strstrip(text);
    if (*text == '\0')
        g_clear_pointer(&text, g_free);
    return text;
}

static char *
read_serial(HdPort *port, const char *address)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, DEVICES "/%s/nvme", address) != 0 || names->len == 0)
        return NULL;
    g_autofree char *path =
        g_strdup_printf(DEVICES "/%s/nvme/%s/serial", address, (char *)g_ptr_array_index(names, 0));
    return read_text(port, path);
}

HdCard *
hd_card_probe(HdPort *port, const HdDevice *device)
{
    const HdPciAddressText address = hd_pci_address_text(&device->address);
    HdCard *card = g_new0(HdCard, 1);
    card->device = device;
    card->serial = read_serial(port, address.text);
    card->interface = hd_vf_net_interface(port, &device->address);
    if (card->interface == NULL)
        return card;
    g_autofree char *mac = g_strdup_printf("sys/class/net/%s/address", card->interface);
    g_autofree char *name = g_strdup_printf("sys/class/net/%s/phys_port_name", card->interface);
    card->mac = device->is_vf ? NULL : read_text(port, mac);
    card->port = read_text(port, name);
    return card;
}
