/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * xml: ready fragments of domain XML: hostdev, interface, mdev, vgpu. Nothing of the host is
 * changed; it is only looked at for the functions of a slot.
 */
#include <stdio.h>
#include <string.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-text.h"
#include "hd-xml-fragment.h"

#define MAX_TYPE 128

#define FIRST_GUEST_BUS 8

static char *managed_option, *model_option, *rom_option, *guest_option, *id_option, *mac_option,
    *uuid_option, *type_option, *parent_option, *display_option, *api_option;
static char **attribute_options;
static gboolean no_rom_option, vga_option, ramfb_option;
static gint vlan_option = -1;

static const GOptionEntry options[] = {
    {"managed", 0, 0, G_OPTION_ARG_STRING, &managed_option,
     "hostdev, interface: yes (default) or no", "YES|NO"},
    {"driver-model", 0, 0, G_OPTION_ARG_STRING, &model_option, "hostdev: vfio variant driver",
     "NAME"},
    {"rom-file", 0, 0, G_OPTION_ARG_STRING, &rom_option, "hostdev: use this option ROM", "PATH"},
    {"no-rom", 0, 0, G_OPTION_ARG_NONE, &no_rom_option, "hostdev: hide its option ROM", NULL},
    {"x-vga", 0, 0, G_OPTION_ARG_NONE, &vga_option, "hostdev: the guest's primary VGA", NULL},
    {"pci-id", 0, 0, G_OPTION_ARG_STRING, &id_option, "hostdev: ids that the guest sees",
     "VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]"},
    {"guest-slot", 0, 0, G_OPTION_ARG_STRING, &guest_option,
     "hostdev: one slot of the guest for all functions", "BUS:SLOT"},
    {"mac", 0, 0, G_OPTION_ARG_STRING, &mac_option, "interface: MAC address", "MAC"},
    {"vlan", 0, 0, G_OPTION_ARG_INT, &vlan_option, "interface: VLAN id", "ID"},
    {"type", 't', 0, G_OPTION_ARG_STRING, &type_option, "mdev, vgpu: type by id or name", "TYPE"},
    {"parent", 'p', 0, G_OPTION_ARG_STRING, &parent_option, "mdev: its parent", "PARENT"},
    {"uuid", 'u', 0, G_OPTION_ARG_STRING, &uuid_option, "mdev: instead of a random one", "UUID"},
    {"attr", 0, 0, G_OPTION_ARG_STRING_ARRAY, &attribute_options, "mdev: written after creation",
     "NAME=VALUE"},
    {"display", 0, 0, G_OPTION_ARG_STRING, &display_option, "mdev: on or off", "ON|OFF"},
    {"ramfb", 0, 0, G_OPTION_ARG_NONE, &ramfb_option, "mdev: boot display", NULL},
    {"model", 0, 0, G_OPTION_ARG_STRING, &api_option, "mdev: vfio-pci (default), vfio-ccw, vfio-ap",
     "API"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static bool
fail(GError **ret_error, const char *option, const char *value, const char *wanted)
{
    g_autofree char *shown = hd_text_printable(value, 64);
    return hd_error_set(ret_error, HD_ERROR_USAGE, "%s '%s': %s", option, shown, wanted);
}

static bool
read_choice(const char *option, const char *value, const char *const *choices, GError **ret_error)
{
    g_autofree char *list = g_strjoinv(" or ", (char **)choices);
    g_autofree char *wanted = g_strconcat("say ", list, NULL);
    return value == NULL || g_strv_contains(choices, value) ||
           fail(ret_error, option, value, wanted);
}

static bool
read_managed(bool *ret_is_unmanaged, GError **ret_error)
{
    static const char *const choices[] = {"yes", "no", NULL};
    if (!read_choice("--managed", managed_option, choices, ret_error))
        return false;
    *ret_is_unmanaged = g_strcmp0(managed_option, "no") == 0;
    return true;
}

/* Four hexadecimal digits each; two or four of them; 0xffff: as the device has it. */
static bool
read_ids(const char *text, guint16 *ids, GError **ret_error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    guint count = g_strv_length(parts);
    bool fine = count == 2 || count == 4;
    for (guint i = 0; i < 4; i++) {
        guint64 number = 0xffff;
        if (i < count && fine)
            fine = strlen(parts[i]) == 4 && hd_text_unsigned(parts[i], 16, 0, 0xfffe, &number);
        ids[i] = (guint16)number;
    }
    return fine || fail(ret_error, "--pci-id", text, "say VENDOR:DEVICE, such as 10de:1c82");
}

static bool
read_guest_slot(HdXmlHostdev *how, GError **ret_error)
{
    g_auto(GStrv) parts = g_strsplit(guest_option, ":", -1);
    guint64 bus, slot;
    if (g_strv_length(parts) != 2 || !hd_text_unsigned(parts[0], 16, 1, 0xff, &bus) ||
        !hd_text_unsigned(parts[1], 16, 0, 0x1f, &slot))
        return fail(ret_error, "--guest-slot", guest_option, "say BUS:SLOT, such as 08:00");
    how->has_guest_slot = true;
    how->guest_bus = (guint)bus;
    how->guest_slot = (guint)slot;
    return true;
}

static bool
is_path(const char *text)
{
    g_autofree char *printable = hd_text_printable(text, 4095);
    return g_path_is_absolute(text) && g_str_equal(text, printable);
}

static bool
read_hostdev(HdXmlHostdev *how, guint16 *ids, GError **ret_error)
{
    *how = (HdXmlHostdev){.driver_model = model_option,
                          .rom_file = rom_option,
                          .has_no_rom = no_rom_option,
                          .is_primary_vga = vga_option,
                          .ids = id_option != NULL ? ids : NULL};
    if (!read_managed(&how->is_unmanaged, ret_error) ||
        (id_option != NULL && !read_ids(id_option, ids, ret_error)) ||
        (guest_option != NULL && !read_guest_slot(how, ret_error)))
        return false;
    if (model_option != NULL && !hd_text_is_name(model_option))
        return fail(ret_error, "--driver-model", model_option, "that is no driver's name");
    if (rom_option != NULL && !is_path(rom_option))
        return fail(ret_error, "--rom-file", rom_option, "say an absolute path");
    return rom_option == NULL || !no_rom_option ||
           hd_error_set(ret_error, HD_ERROR_USAGE, "say --rom-file or --no-rom, not both");
}

/* A function that was named, by itself or with its slot. */
typedef struct {
    HdPciAddress address;
    guint slot; /* of those that were named: 1, 2...; 0: named by itself */
    bool is_display;
} Named;

static bool
is_display(HdCmd *cmd, const HdPciAddress *address)
{
    g_autofree char *text = NULL;
    return hd_port_read(cmd->port, &text, "sys/bus/pci/devices/%s/class",
                        hd_pci_address_text(address).text) == 0 &&
           g_str_has_prefix(text, "0x03");
}

/* "0000:01:00" or "01:00": every function that is there. */
static bool
add_slot(HdCmd *cmd, const char *text, guint slot, GArray *all)
{
    Named named = {.slot = slot};
    g_autofree char *first = g_strconcat(text, ".0", NULL);
    guint before = all->len;
    if (!hd_pci_address_parse(first, &named.address))
        return false;
    for (guint8 function = 0; function < 8; function++) {
        named.address.function = function;
        named.is_display = is_display(cmd, &named.address);
        if (hd_port_exists(cmd->port, "sys/bus/pci/devices/%s",
                           hd_pci_address_text(&named.address).text))
            g_array_append_val(all, named);
    }
    return all->len > before;
}

static bool
is_for_one(const HdXmlHostdev *how)
{
    return how->rom_file != NULL || how->is_primary_vga || how->ids != NULL;
}

/* The ROM, the ids and VGA are those of one function: of the card's, and not of its sound. */
static bool
check_slot(const HdXmlHostdev *how, const char *text, guint slot, const GArray *all,
           GError **ret_error)
{
    bool has_display = false;
    for (guint i = 0; i < all->len; i++) {
        const Named *named = &g_array_index(all, Named, i);
        has_display |= named->slot == slot && named->is_display;
    }
    if (slot > 1 && how->has_guest_slot)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--guest-slot is for one slot, not for two");
    return has_display || !is_for_one(how) ||
           hd_error_set(ret_error, HD_ERROR_USAGE,
                        "%s has no graphics: --rom-file, --x-vga and --pci-id are for one "
                        "function, so name that",
                        text);
}

static bool
read_addresses(HdCmd *cmd, const HdXmlHostdev *how, GArray *all, GError **ret_error)
{
    guint slots = 0;
    for (char **argument = cmd->arguments + 1; *argument != NULL; argument++) {
        Named named = {.slot = 0};
        if (strchr(*argument, '.') == NULL && add_slot(cmd, *argument, slots + 1, all)) {
            slots++;
            if (!check_slot(how, *argument, slots, all, ret_error))
                return false;
            continue;
        }
        if (!hd_cmd_address(*argument, &named.address, ret_error))
            return false;
        g_array_append_val(all, named);
    }
    return all->len > 0 ||
           hd_error_set(ret_error, HD_ERROR_USAGE, "say which device: an address, or a slot");
}

static void
print(const char *where, char *fragment)
{
    (void)printf("<!-- %s -->\n%s", where, fragment);
    g_free(fragment);
}

/* Functions of a slot are one card in the guest, too, and each slot is another. */
static HdXmlHostdev
how_of(const HdXmlHostdev *how, const Named *named)
{
    HdXmlHostdev own = *how;
    if (named->slot > 0 && !how->has_guest_slot) {
        own.has_guest_slot = true;
        own.guest_bus = FIRST_GUEST_BUS + named->slot - 1;
    }
    if (named->slot > 0 && !named->is_display) {
        own.rom_file = NULL;
        own.is_primary_vga = false;
        own.ids = NULL;
    }
    return own;
}

static bool
print_hostdev(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Named));
    g_autoptr(GArray) special = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
    HdXmlHostdev how;
    guint16 ids[4];
    if (!read_hostdev(&how, ids, ret_error) || !read_addresses(cmd, &how, all, ret_error))
        return false;
    for (guint i = 0; i < all->len; i++) {
        const Named *named = &g_array_index(all, Named, i);
        const HdXmlHostdev own = how_of(&how, named);
        print("into <devices>", hd_xml_fragment_hostdev(&named->address, &own));
        if (is_for_one(&own))
            g_array_append_val(special, named->address);
    }
    char *override = hd_xml_fragment_override(special, &how);
    if (override != NULL)
        print("into <domain>, after <devices>; libvirt >= 8.2", override);
    return true;
}

static bool
is_mac(const char *text)
{
    guint length = (guint)strlen(text);
    for (guint i = 0; i < length; i++) {
        if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return false;
    }
    return length == 17;
}

static bool
print_interface(HdCmd *cmd, GError **ret_error)
{
    HdXmlInterface how = {.mac = mac_option, .vlan = vlan_option};
    HdPciAddress address;
    if (cmd->arguments[1] == NULL || !hd_cmd_address(cmd->arguments[1], &address, ret_error) ||
        !read_managed(&how.is_unmanaged, ret_error))
        return cmd->arguments[1] != NULL ||
               hd_error_set(ret_error, HD_ERROR_USAGE, "say which VF: an address");
    if (mac_option != NULL && !is_mac(mac_option))
        return fail(ret_error, "--mac", mac_option, "say a MAC address, such as 52:54:00:12:34:56");
    if (vlan_option < -1 || vlan_option > 4095)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--vlan %d: say 0 to 4095", vlan_option);
    print("into <devices>", hd_xml_fragment_interface(&address, &how));
    return true;
}

static bool
read_type(GError **ret_error)
{
    g_autofree char *printable = hd_text_printable(type_option, MAX_TYPE);
    if (type_option == NULL || *type_option == '\0')
        return hd_error_set(ret_error, HD_ERROR_USAGE, "say the type with --type");
    return g_str_equal(type_option, printable) ||
           fail(ret_error, "--type", type_option, "that is no type's name");
}

static bool
read_spec(HdMdevSpec **ret_spec, GError **ret_error)
{
    g_autofree char *random = g_uuid_string_random();
    g_autofree char *parent = parent_option != NULL ? hd_mdev_parent_parse(parent_option) : NULL;
    HdUuid uuid;
    if (!hd_uuid_parse(uuid_option != NULL ? uuid_option : random, &uuid))
        return fail(ret_error, "--uuid", uuid_option, "that is no UUID");
    if (parent_option != NULL && parent == NULL)
        return fail(ret_error, "--parent", parent_option, "say a PCI address or a parent's name");
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&uuid, type_option, parent);
    for (char **option = attribute_options; option != NULL && *option != NULL; option++) {
        g_auto(GStrv) parts = g_strsplit(*option, "=", 2);
        if (g_strv_length(parts) != 2 ||
            !hd_mdev_attributes_add(spec->attributes, parts[0], parts[1]))
            return fail(ret_error, "--attr", *option, "say NAME=VALUE, a file below the mdev");
    }
    *ret_spec = g_steal_pointer(&spec);
    return true;
}

static bool
print_mdev(HdCmd *cmd, GError **ret_error)
{
    static const char *const displays[] = {"on", "off", NULL};
    static const char *const models[] = {"vfio-pci", "vfio-ccw", "vfio-ap", NULL};
    g_autoptr(HdMdevSpec) spec = NULL;
    (void)cmd;
    if (!read_type(ret_error) || !read_spec(&spec, ret_error) ||
        !read_choice("--display", display_option, displays, ret_error) ||
        !read_choice("--model", api_option, models, ret_error))
        return false;
    const HdXmlMdevHostdev how = {api_option != NULL ? api_option : "vfio-pci", display_option,
                                  ramfb_option};
    print("into <devices>", hd_xml_fragment_mdev(&spec->uuid, &how));
    print("into <metadata>", hd_xml_fragment_mdev_metadata(spec));
    return true;
}

static bool
print_vgpu(HdCmd *cmd, GError **ret_error)
{
    const HdXmlHostdev how = {.is_unmanaged = true};
    HdPciAddress address;
    if (cmd->arguments[1] == NULL)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "say which VF: an address");
    if (!hd_cmd_address(cmd->arguments[1], &address, ret_error) || !read_type(ret_error))
        return false;
    print("into <devices>", hd_xml_fragment_hostdev(&address, &how));
    print("into <metadata>", hd_xml_fragment_vgpu_metadata(&address, type_option));
    return true;
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const char *what = cmd->arguments[0];
    bool done = false;
    if (g_str_equal(what, "hostdev"))
        done = print_hostdev(cmd, ret_error);
    else if (g_str_equal(what, "interface"))
        done = print_interface(cmd, ret_error);
    else if (g_str_equal(what, "mdev"))
        done = print_mdev(cmd, ret_error);
    else if (g_str_equal(what, "vgpu"))
        done = print_vgpu(cmd, ret_error);
    else
        (void)hd_error_set(ret_error, HD_ERROR_USAGE,
                           "usage: hostdevctl xml hostdev ADDRESS... | interface ADDRESS | mdev "
                           "--type TYPE | vgpu ADDRESS --type TYPE");
    return done ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_xml = {
    "xml",
    "WHAT [ADDRESS...]",
    "print domain XML to paste: hostdev, interface, mdev, vgpu",
    1,
    64,
    false,
    options,
    run,
};
