/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of claims at boot. A host whose own disk is claimed doesn't come up again, so what
 * a start would refuse for that is refused here, too.
 */
#include "hd-boot-claim.h"
#include "hd-holders.h"
#include "hd-probe.h"
#include "hd-setup-private.h"

#define MKINITCPIO "etc/mkinitcpio.conf.d/hostdevctl.conf"

bool
hd_setup_check_storage(HdPort *port, const HdSetupWishes *wishes, HdDevice *device,
                       GError **ret_error)
{
    const HdHolder *holder =
        wishes->force ? NULL : hd_holders_find_first(port, device, HD_RULE_STORAGE);
    return holder == NULL ||
           hd_error_set(ret_error, HD_ERROR_REFUSED,
                        "%s is in use by this host: %s; the host would have to boot without it "
                        "(add --force if it can)",
                        hd_pci_address_text(&device->address).text, holder->text);
}

static bool
add_claim(HdPort *port, const HdSetupWishes *wishes, const HdPciAddress *address, GPtrArray *claims,
          GError **ret_error)
{
    g_autoptr(HdDevice) device = NULL;
    const HdPciAddressText name = hd_pci_address_text(address);
    if (!hd_probe_device(port, address, &device, ret_error))
        return false;
    if (device == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s is not on this host; see 'hostdevctl list'", name.text);
    if (device->is_bridge)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s is a bridge and stays with the host",
                            name.text);
    if (device->is_vf)
        return hd_error_set(
            ret_error, HD_ERROR_INPUT,
            "%s is a virtual function: it comes without a driver if its set is made "
            "by 'hostdevctl vf set'",
            name.text);
    if (!hd_setup_check_storage(port, wishes, device, ret_error))
        return false;
    hd_boot_claims_put(claims, address, device->id.vendor, device->id.device, device->vfio_driver);
    return true;
}

bool
hd_setup_plan_claims(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *after = NULL;
    g_autofree char *hooks = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    if (wishes->claims == NULL && wishes->unclaims == NULL)
        return true;
    if (!hd_setup_load(port, HD_BOOT_CLAIMS_FILE, &text, ret_error) ||
        !hd_boot_claims_parse(text != NULL ? text : "", &claims, ret_error))
        return false;
    for (guint i = 0; wishes->claims != NULL && i < wishes->claims->len; i++) {
        const HdPciAddress *address = &g_array_index(wishes->claims, HdPciAddress, i);
        if (!add_claim(port, wishes, address, claims, ret_error))
            return false;
    }
    for (guint i = 0; wishes->unclaims != NULL && i < wishes->unclaims->len; i++) {
        const HdPciAddress *address = &g_array_index(wishes->unclaims, HdPciAddress, i);
        if (!hd_boot_claims_drop(claims, address))
            return hd_error_set(ret_error, HD_ERROR_INPUT, "%s is not claimed at boot",
                                hd_pci_address_text(address).text);
    }
    if (claims->len > 0)
        after = hd_boot_claims_format(claims);
    if (hd_port_exists(port, "etc/mkinitcpio.conf")) {
        if (!hd_setup_load(port, MKINITCPIO, &hooks, ret_error))
            return false;
        hd_setup_edit(setup, MKINITCPIO, hooks,
                      claims->len > 0 ? HD_SETUP_HEAD "HOOKS=(hostdevctl \"${HOOKS[@]}\")\n"
                                      : NULL);
    }
    hd_setup_edit(setup, HD_BOOT_CLAIMS_FILE, text, after);
    return true;
}
