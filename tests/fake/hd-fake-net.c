/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network interfaces of PFs and VFs and their MAC addresses, as the drivers igb and igbvf have it.
 * The PF's interface is always up: only so does a VF's driver hear of its MAC from the PF.
 */
#include "hd-fake-private.h"

#include <errno.h>

#include "hd-pci-address.h"

static void
show(HdFake *fake, const char *address, const char *interface, const HdMac *mac)
{
    g_autofree char *below = g_strdup_printf("net/%s", interface);
    g_autofree char *home = g_strdup_printf("sys/devices/pci0000:00/%s", address);
    g_autofree char *folder = hd_fake_device_path(address, below);
    g_autofree char *file = g_strconcat(folder, "/address", NULL);
    g_autofree char *carrier = g_strconcat(folder, "/carrier", NULL);
    g_autofree char *device = g_strconcat(folder, "/device", NULL);
    g_autofree char *class = g_strconcat("sys/class/net/", interface, NULL);
    hd_fake_tree_set_file(fake->tree, file, hd_mac_text(mac).text);
    hd_fake_tree_set_file(fake->tree, carrier, "1");
    hd_fake_tree_point(fake->tree, device, home);
    hd_fake_tree_point(fake->tree, class, folder);
}

static void
hide(HdFake *fake, const char *address, const char *interface)
{
    g_autofree char *folder = hd_fake_device_path(address, "net");
    g_autofree char *class = g_strconcat("sys/class/net/", interface, NULL);
    hd_fake_tree_unset(fake->tree, folder);
    hd_fake_tree_unset(fake->tree, class);
}

static bool
is_on_native(HdFake *fake, const char *address)
{
    const Device *device = hd_fake_find(fake, address);
    return device->driver != NULL && g_strcmp0(device->driver, device->native) == 0;
}

static void
pf_moved(HdFake *fake, const HdFakeSriovPf *pf)
{
    HdPciAddress at = {0};
    g_assert_true(hd_pci_address_parse(pf->address, &at));
    const HdMac burned_in = {{2, 0, 0, 0, at.bus, (guint8)(at.slot << 3 | at.function)}};
    hide(fake, pf->address, pf->interface);
    if (is_on_native(fake, pf->address))
        show(fake, pf->address, pf->interface, &burned_in);
}

static HdMac
make_up_mac(HdFake *fake)
{
    guint number = ++fake->sriov->made_up_mac;
    return (HdMac){{6, 0, 0, 0, (guint8)(number >> 8), (guint8)number}};
}

/* A driver that gets no MAC of the PF makes one up and tells the PF. */
static void
vf_moved(HdFake *fake, const HdFakeSriovPf *pf, HdFakeVf *vf)
{
    g_autofree char *interface = g_strdup_printf("%sv%u", pf->interface, vf->index);
    hide(fake, vf->address, interface);
    if (!is_on_native(fake, vf->address) || hd_fake_net_find_pf(fake, pf->interface) == NULL)
        return;
    vf->assigned = vf->has_admin_mac ? vf->settings.mac : (HdMac){{0}};
    if (!vf->has_admin_mac)
        vf->settings.mac = make_up_mac(fake);
    show(fake, vf->address, interface, &vf->settings.mac);
}

void
hd_fake_net_moved(HdFake *fake, const char *address)
{
    HdFakeSriovPf *pf = hd_fake_sriov_find_pf(fake, address);
    if (pf != NULL && pf->interface != NULL)
        pf_moved(fake, pf);
    HdFakeVf *vf = hd_fake_sriov_find_vf(fake, address, &pf);
    if (vf != NULL && pf->interface != NULL)
        vf_moved(fake, pf, vf);
}

HdFakeSriovPf *
hd_fake_net_find_pf(HdFake *fake, const char *interface)
{
    for (guint i = 0; i < fake->sriov->pfs->len; i++) {
        HdFakeSriovPf *pf = fake->sriov->pfs->pdata[i];
        if (g_strcmp0(pf->interface, interface) == 0)
            return hd_fake_net_exists(fake, interface) ? pf : NULL;
    }
    return NULL;
}

bool
hd_fake_net_exists(HdFake *fake, const char *interface)
{
    g_autofree char *class = g_strconcat("sys/class/net/", interface, NULL);
    return hd_port_exists(&fake->port, "%s", class);
}

/* (nullable): the VF whose interface it is. */
static HdFakeVf *
find_vf(HdFake *fake, const char *interface)
{
    HdFakeSriovPf *pf = NULL;
    g_autofree char *address = NULL;
    if (hd_port_link_name(&fake->port, &address, "sys/class/net/%s/device", interface) != 0)
        return NULL;
    return hd_fake_sriov_find_vf(fake, address, &pf);
}

/* The PF refuses a VF it doesn't trust; the VF's driver then goes back to what it got at its probe,
   and is content if that is what was asked for. */
static int
tell_pf(HdFakeVf *vf, const HdMac *mac)
{
    if (vf->has_admin_mac && !vf->settings.trust)
        return hd_mac_equal(mac, &vf->assigned) ? 0 : EADDRNOTAVAIL;
    vf->settings.mac = *mac;
    return 0;
}

static int
set_mac(HdFake *fake, const char *interface, const HdMac *mac)
{
    g_autofree char *file = g_strdup_printf("sys/class/net/%s/address", interface);
    g_autofree char *real = hd_fake_tree_resolve(fake->tree, file, true);
    const char *present = hd_fake_tree_content(fake->tree, file);
    if (!hd_fake_net_exists(fake, interface))
        return ENODEV;
    /* dev_set_mac_address() bothers no driver with what it has. */
    if (g_strcmp0(present, hd_mac_text(mac).text) == 0)
        return 0;
    if (hd_mac_is_zero(mac) || (mac->bytes[0] & 1) != 0)
        return EADDRNOTAVAIL;
    HdFakeVf *vf = find_vf(fake, interface);
    int error = vf != NULL ? tell_pf(vf, mac) : 0;
    if (error != 0)
        return error;
    hd_fake_tree_set_file(fake->tree, real != NULL ? real : file, hd_mac_text(mac).text);
    return 0;
}

int
hd_fake_net_set_mac(HdPort *port, const char *interface, const HdMac *mac)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    return error != 0 ? error : hd_fake_after_mutation(fake, set_mac(fake, interface, mac));
}
