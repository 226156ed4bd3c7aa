/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: groups that hold more than one thinks, the card that shows the console, and
 * devices that nobody can reset.
 */
#include "hd-acs.h"
#include "hd-check-private.h"
#include "hd-gpu.h"
#include "hd-iomem.h"
#include "hd-unit.h"

#define MOST_GROUPS 8

static void
add_group(HdCheck *check, int group, const GPtrArray *members)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *reason = hd_acs_explain_group(check->port, members);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *one = g_ptr_array_index(members, i);
        if (!one->is_bridge)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                                   hd_pci_address_text(&one->address).text);
    }
    hd_findings_add(check->findings, HD_LEVEL_WARNING, "groups",
                    "put the card into another slot, or give all of them to one VM",
                    "group %d: %s go to a VM together or not at all: %s", group, names->str,
                    reason != NULL ? reason : "nothing isolates them (ACS)");
}

void
hd_check_groups(HdCheck *check)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint mixed = 0;
    for (guint i = 0; i < check->devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(check->devices, i);
        if (device->iommu_group < 0 ||
            !g_hash_table_add(seen, GINT_TO_POINTER(device->iommu_group)))
            continue;
        g_autoptr(GPtrArray) members = hd_host_group(check->host, device->iommu_group);
        if (hd_acs_is_mixed(members) && ++mixed <= MOST_GROUPS)
            add_group(check, device->iommu_group, members);
    }
    if (mixed > MOST_GROUPS)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "groups", "hostdevctl groups",
                        "%u groups more hold several cards", mixed - MOST_GROUPS);
    else if (mixed == 0 && g_hash_table_size(seen) > 0)
        hd_findings_add(check->findings, HD_LEVEL_OK, "groups", NULL,
                        "each card is in a group of its own");
}

/* ---- display -------------------------------------------------------------------------------- */

bool
hd_check_is_boot_vga(HdPort *port, const HdPciAddress *address)
{
    g_autofree char *text = NULL;
    return hd_port_read(port, &text, "sys/bus/pci/devices/%s/boot_vga",
                        hd_pci_address_text(address).text) == 0 &&
           g_str_equal(text, "1");
}

char *
hd_check_framebuffer(HdPort *port, const HdPciAddress *address)
{
    HdPciAddress card;
    g_autofree char *name = hd_iomem_framebuffer(port, &card);
    return name != NULL && hd_pci_address_equal(&card, address) ? g_steal_pointer(&name) : NULL;
}

static void
check_card(HdCheck *check, const HdDevice *device, guint cards)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *framebuffer = hd_check_framebuffer(check->port, &device->address);
    bool is_first = hd_check_is_boot_vga(check->port, &device->address);
    const char *driver = device->binding.driver != NULL ? device->binding.driver : "none";
    if (is_first)
        hd_findings_add(check->findings, cards > 1 ? HD_LEVEL_OK : HD_LEVEL_WARNING, "display",
                        cards > 1 ? NULL : "log in over the network before you give it to a VM",
                        "%s shows the console (driver %s)%s", name.text, driver,
                        cards > 1 ? "" : "; it is the only graphics card");
    if (framebuffer != NULL && !is_first)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "display",
                        "hostdevctl setup --no-firmware-framebuffer, then reboot",
                        "memory of %s is held by the firmware's framebuffer (%s)", name.text,
                        framebuffer);
}

/* A unit of stop-units that isn't there would be missed only when a start is refused. */
static void
check_units(HdCheck *check)
{
    g_autoptr(GPtrArray) units = NULL;
    if (!hd_units_parse(hd_state_stop_units(check->state), &units))
        return;
    for (guint i = 0; i < units->len; i++) {
        const char *unit = g_ptr_array_index(units, i);
        g_autofree char *real = hd_unit_resolve(check->port, unit);
        bool is_active = hd_unit_is_active(check->port, real);
        if (hd_unit_exists(check->port, real))
            hd_findings_add(check->findings, HD_LEVEL_OK, "display", NULL,
                            "%s is stopped for VMs whose card it uses%s", real,
                            is_active ? "" : " (it is not active now)");
        else
            hd_findings_add(check->findings, HD_LEVEL_WARNING, "display",
                            "correct stop-units in /etc/hostdevctl/hostdevctl.conf",
                            "stop-units names %s, which this host does not have", unit);
    }
}

void
hd_check_display(HdCheck *check)
{
    guint cards = 0;
    for (guint i = 0; i < check->devices->len; i++)
        cards += hd_gpu_is_display(&((HdDevice *)g_ptr_array_index(check->devices, i))->id);
    for (guint i = 0; i < check->devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(check->devices, i);
        if (hd_gpu_is_display(&device->id))
            check_card(check, device, cards);
    }
    check_units(check);
}

/* ---- reset ---------------------------------------------------------------------------------- */

bool
hd_check_can_reset(HdPort *port, const HdPciAddress *address)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autofree char *methods = NULL;
    if (hd_port_read(port, &methods, "sys/bus/pci/devices/%s/reset_method", name.text) == 0)
        return *methods != '\0';
    /* Before 5.15 there is only the file that does it. */
    return hd_port_exists(port, "sys/bus/pci/devices/%s/reset", name.text);
}

/* Storage, network, display, multimedia, USB, accelerators: what people give to VMs. */
static bool
is_worth_giving(const HdDevice *device)
{
    guint class = device->id.class_code >> 16;
    return !device->is_bridge && ((class >= 0x01 && class <= 0x04) || class == 0x12 ||
                                  device->id.class_code >> 8 == 0x0c03);
}

/* Cards of which it is known that what the kernel has does not reset them. */
static void
check_known_cards(HdCheck *check)
{
    for (guint i = 0; i < check->devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(check->devices, i);
        const HdPciAddressText name = hd_pci_address_text(&device->address);
        const HdGpuQuirk *quirk = hd_gpu_find_quirk(&device->id);
        g_autofree char *methods = NULL;
        (void)hd_port_read(check->port, &methods, "sys/bus/pci/devices/%s/reset_method", name.text);
        if (quirk != NULL && !hd_gpu_is_cured(quirk, methods))
            hd_findings_add(check->findings, HD_LEVEL_WARNING, "reset", quirk->remedy, "%s (%s) %s",
                            name.text, quirk->family, quirk->problem);
    }
}

void
hd_check_reset(HdCheck *check)
{
    g_autoptr(GString) names = g_string_new(NULL);
    guint all = 0, without = 0;
    for (guint i = 0; i < check->devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(check->devices, i);
        if (!is_worth_giving(device))
            continue;
        all++;
        if (!hd_check_can_reset(check->port, &device->address) && ++without <= MOST_GROUPS)
            g_string_append_printf(names, " %s", hd_pci_address_text(&device->address).text);
    }
    check_known_cards(check);
    if (all > 0 && without == 0)
        hd_findings_add(check->findings, HD_LEVEL_OK, "reset", NULL, "all %u cards can be reset",
                        all);
    else if (without > 0)
        hd_findings_add(check->findings, HD_LEVEL_OK, "reset", NULL,
                        "%u of %u cards can't be reset; each stays as its last VM left it:%s%s",
                        without, all, names->str, without > MOST_GROUPS ? " ..." : "");
}
