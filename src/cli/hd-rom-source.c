/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where rom's bytes come from: a card of this host, that nobody may be disturbed on.
 */
#include <stdio.h>
#include <string.h>

#include "hd-cmd-rom.h"
#include "hd-device-facts.h"
#include "hd-error.h"
#include "hd-probe.h"
#include "hd-rom-reader.h"
#include "hd-text.h"

/* Some cards give a megabyte in a second, some take ten. */
#define DEADLINE_MS 30000

#define DEVICES "sys/bus/pci/devices"

void
hd_rom_source_clear(HdRomSource *source)
{
    if (source->bytes != NULL)
        g_string_free(source->bytes, TRUE);
    g_free(source->file);
    g_free(source->address);
    *source = (HdRomSource){0};
}

/* The firmware's copy is what is read where the kernel says so in `resource`. */
static bool
is_shadow(HdPort *port, const char *name)
{
    g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(HdBar));
    g_autofree char *text = NULL;
    bool is_found = false;
    if (hd_port_read(port, &text, DEVICES "/%s/resource", name) == 0)
        hd_device_facts_parse_resource(text, bars);
    for (guint i = 0; i < bars->len; i++)
        is_found = is_found || g_array_index(bars, HdBar, i).is_shadow;
    return is_found;
}

static bool
says(HdPort *port, const char *name, const char *attribute, const char *wanted)
{
    g_autofree char *text = NULL;
    return hd_port_read(port, &text, DEVICES "/%s/%s", name, attribute) == 0 &&
           g_str_equal(text, wanted);
}

/* What a reading would disturb: a VM is never, the host is told of. */
static bool
check_use(const HdInventory *inventory, const HdDevice *device, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *vms = hd_inventory_vms(inventory, device);
    g_autofree char *shown = vms != NULL ? hd_text_printable(vms, 64) : NULL;
    if (shown != NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "%s is held by VM '%s': reading its ROM now could hang it; shut that "
                            "VM down first",
                            name.text, shown);
    for (guint i = 0; i < device->holders->len; i++)
        (void)fprintf(stderr, "hostdevctl: %s is in use: %s\n", name.text,
                      ((HdHolder *)g_ptr_array_index(device->holders, i))->text);
    if (device->binding.driver != NULL && !hd_device_is_on_vfio(device))
        (void)fprintf(stderr,
                      "hostdevctl: %s is run by driver %s: some cards hang when their ROM is read "
                      "meanwhile; 'hostdevctl detach %s' first is the safe way\n",
                      name.text, device->binding.driver, name.text);
    return true;
}

bool
hd_rom_source_set_card(HdCmd *cmd, HdState *state, const HdPciAddress *address, bool is_source,
                       HdRomSource *source, GError **ret_error)
{
    const HdUuid none = {""};
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autoptr(HdRequest) request = hd_request_new("rom", &none);
    g_autoptr(HdInventory) inventory = NULL;
    hd_request_add(request, HD_WISH_PCI)->address = *address;
    if (!hd_cmd_inventory(cmd, state, request, is_source, &inventory, ret_error))
        return false;
    const HdDevice *device = hd_host_find(hd_inventory_host(inventory), address);
    if (device == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s is not on this host; see 'hostdevctl list'", name.text);
    if (is_source && !check_use(inventory, device, ret_error))
        return false;
    g_free(source->address);
    source->address = g_strdup(name.text);
    source->card = (HdRomCard){
        .name = source->address,
        .vendor = device->id.vendor,
        .device = device->id.device,
        .is_vga = device->id.class_code >> 16 == 0x03,
        .is_source = is_source,
        .is_shadow = is_source && is_shadow(cmd->port, name.text),
        .is_console = is_source && says(cmd->port, name.text, "boot_vga", "1"),
    };
    return true;
}

/* Why a card that has room for a ROM shows none. */
static bool
complain_of_nothing(HdPort *port, const HdRomCard *card, GError **ret_error)
{
    const char *name = card->name;
    g_autofree char *state = NULL;
    if (card->is_shadow)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s showed the boot screen, so that the kernel looks for its ROM at "
                            "0xC0000, where the firmware has left none; " HD_ROM_OTHER_CONSOLE,
                            name);
    if (hd_port_read(port, &state, DEVICES "/%s/power_state", name) != 0)
        state = g_strdup("unknown");
    if (strstr(state, "D3") != NULL)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s shows no ROM while it is asleep (%s); echo on to "
                            "/" DEVICES "/%s/power/control and try again",
                            name, state, name);
    return hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s shows no ROM: it has none, or its image is none that the kernel knows "
                        "(see dmesg); unbind its driver (hostdevctl detach %s) and try again, or "
                        "use its vendor's file",
                        name, name);
}

bool
hd_rom_source_read_card(HdCmd *cmd, HdState *state, const HdPciAddress *address,
                        HdRomSource *source, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    HdRomOutcome outcome = HD_ROM_NONE;
    if (!hd_cmd_check_root(cmd, "reading a ROM", ret_error) ||
        !hd_rom_source_set_card(cmd, state, address, true, source, ret_error) ||
        !hd_rom_read(cmd->port, address, DEADLINE_MS, &outcome, &source->bytes, ret_error))
        return false;
    if (outcome == HD_ROM_NONE)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s has no ROM that could be read (no attribute 'rom')", name.text);
    return outcome == HD_ROM_READ || complain_of_nothing(cmd->port, &source->card, ret_error);
}
