/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: groups that hold more than one thinks, the card that shows the console, and
 * devices that nobody can reset.
 */
#include <string.h>

#include "hd-acs.h"
#include "hd-check-private.h"

#define MOST_GROUPS 8

/* Whether the members of a group, bridges aside, sit in more than one slot. */
static bool
is_mixed(const GPtrArray *members)
{
    const HdDevice *first = NULL;
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *one = g_ptr_array_index(members, i);
        if (one->is_bridge)
            continue;
        if (first == NULL)
            first = one;
        else if (one->address.domain != first->address.domain ||
                 one->address.bus != first->address.bus || one->address.slot != first->address.slot)
            return true;
    }
    return false;
}

static void
add_group(HdCheck *check, int group, const GPtrArray *members)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *reason = NULL;
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *one = g_ptr_array_index(members, i);
        if (!one->is_bridge && reason == NULL)
            reason = hd_acs_explain(check->port, &one->address);
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
        if (is_mixed(members) && ++mixed <= MOST_GROUPS)
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

/* A line of /proc/iomem: "    e0000000-e0ffffff : efifb", two blanks a level. */
static const char *
iomem_name(const char *line, gsize *ret_level)
{
    const char *name = strstr(line, " : ");
    *ret_level = strspn(line, " ") / 2;
    return name != NULL ? name + strlen(" : ") : "";
}

static bool
is_framebuffer(const char *name)
{
    static const char *const names[] = {"efifb",  "simplefb", "simpledrm", "simple-framebuffer",
                                        "vesafb", "BOOTFB"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(name, names[i]))
            return true;
    }
    return false;
}

char *
hd_check_framebuffer(HdPort *port, const HdPciAddress *address)
{
    g_autofree char *text = NULL;
    const HdPciAddressText wanted = hd_pci_address_text(address);
    gsize level = 0, owner = G_MAXSIZE;
    if (hd_port_read(port, &text, "proc/iomem") != 0)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        const char *name = iomem_name(*line, &level);
        if (owner != G_MAXSIZE && level <= owner)
            owner = G_MAXSIZE;
        if (owner == G_MAXSIZE && g_str_equal(name, wanted.text))
            owner = level;
        else if (owner != G_MAXSIZE && is_framebuffer(name))
            return g_strdup(name);
    }
    return NULL;
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

void
hd_check_display(HdCheck *check)
{
    guint cards = 0;
    for (guint i = 0; i < check->devices->len; i++)
        cards += ((HdDevice *)g_ptr_array_index(check->devices, i))->id.class_code >> 16 == 0x03;
    for (guint i = 0; i < check->devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(check->devices, i);
        if (device->id.class_code >> 16 == 0x03)
            check_card(check, device, cards);
    }
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
    if (all > 0 && without == 0)
        hd_findings_add(check->findings, HD_LEVEL_OK, "reset", NULL, "all %u cards can be reset",
                        all);
    else if (without > 0)
        hd_findings_add(check->findings, HD_LEVEL_OK, "reset", NULL,
                        "%u of %u cards can't be reset; each stays as its last VM left it:%s%s",
                        without, all, names->str, without > MOST_GROUPS ? " ..." : "");
}
