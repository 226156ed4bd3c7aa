/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domain XML out: what a person would otherwise put together from four pages of
 * manuals. Built as text, since it is read as text.
 */
#include "hd-xml-fragment.h"

#include "hd-xml-metadata.h"

#define QEMU_URI "http://libvirt.org/schemas/domain/qemu/1.0"

static void append(GString *xml, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Arguments are escaped. */
static void
append(GString *xml, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_markup_vprintf_escaped(format, args);
    va_end(args);
    g_string_append(xml, text);
}

static void
append_address(GString *xml, const HdPciAddress *address)
{
    append(xml, "domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'", address->domain,
           address->bus, address->slot, address->function);
}

/* A user's alias, by which <qemu:override> finds the device. */
static char *
alias_of(const HdPciAddress *address)
{
    g_autofree char *name = g_strdup(hd_pci_address_text(address).text);
    return g_strconcat("ua-hostdev-", g_strdelimit(name, ":.", '-'), NULL);
}

static bool
needs_override(const HdXmlHostdev *how)
{
    return how->is_primary_vga || how->ids != NULL;
}

static void
append_guest_address(GString *xml, const HdPciAddress *address, const HdXmlHostdev *how)
{
    const HdPciAddress guest = {0, (guint8)how->guest_bus, (guint8)how->guest_slot,
                                address->function};
    g_string_append(xml, "  <address type='pci' ");
    append_address(xml, &guest);
    g_string_append(xml, address->function == 0 ? " multifunction='on'/>\n" : "/>\n");
}

char *
hd_xml_fragment_hostdev(const HdPciAddress *address, const HdXmlHostdev *how)
{
    GString *xml = g_string_new(NULL);
    g_autofree char *alias = alias_of(address);
    append(xml, "<hostdev mode='subsystem' type='pci' managed='%s'>\n",
           how->is_unmanaged ? "no" : "yes");
    if (how->driver_model != NULL)
        append(xml, "  <driver name='vfio' model='%s'/>\n", how->driver_model);
    g_string_append(xml, "  <source>\n    <address ");
    append_address(xml, address);
    g_string_append(xml, "/>\n  </source>\n");
    if (needs_override(how))
        append(xml, "  <alias name='%s'/>\n", alias);
    if (how->has_no_rom)
        g_string_append(xml, "  <rom enabled='no'/>\n");
    else if (how->rom_file != NULL)
        append(xml, "  <rom file='%s'/>\n", how->rom_file);
    if (how->has_guest_slot)
        append_guest_address(xml, address, how);
    g_string_append(xml, "</hostdev>\n");
    return g_string_free(xml, FALSE);
}

static void
append_property(GString *xml, const char *name, guint value)
{
    append(xml, "      <qemu:property name='%s' type='unsigned' value='%u'/>\n", name, value);
}

static void
append_device(GString *xml, const HdPciAddress *address, const HdXmlHostdev *how)
{
    static const char *const names[] = {"x-pci-vendor-id", "x-pci-device-id", "x-pci-sub-vendor-id",
                                        "x-pci-sub-device-id"};
    g_autofree char *alias = alias_of(address);
    append(xml, "  <qemu:device alias='%s'>\n    <qemu:frontend>\n", alias);
    if (how->is_primary_vga)
        g_string_append(xml, "      <qemu:property name='x-vga' type='bool' value='true'/>\n");
    for (guint i = 0; how->ids != NULL && i < G_N_ELEMENTS(names); i++) {
        if (how->ids[i] != 0xffff)
            append_property(xml, names[i], how->ids[i]);
    }
    g_string_append(xml, "    </qemu:frontend>\n  </qemu:device>\n");
}

char *
hd_xml_fragment_override(const GArray *addresses, const HdXmlHostdev *how)
{
    if (!needs_override(how))
        return NULL;
    GString *xml = g_string_new("<qemu:override xmlns:qemu='" QEMU_URI "'>\n");
    for (guint i = 0; i < addresses->len; i++)
        append_device(xml, &g_array_index(addresses, HdPciAddress, i), how);
    g_string_append(xml, "</qemu:override>\n");
    return g_string_free(xml, FALSE);
}

char *
hd_xml_fragment_interface(const HdPciAddress *address, const HdXmlInterface *how)
{
    GString *xml = g_string_new(NULL);
    append(xml, "<interface type='hostdev' managed='%s'>\n", how->is_unmanaged ? "no" : "yes");
    if (how->mac != NULL)
        append(xml, "  <mac address='%s'/>\n", how->mac);
    g_string_append(xml, "  <source>\n    <address type='pci' ");
    append_address(xml, address);
    g_string_append(xml, "/>\n  </source>\n");
    if (how->vlan >= 0)
        append(xml, "  <vlan>\n    <tag id='%d'/>\n  </vlan>\n", how->vlan);
    g_string_append(xml, "</interface>\n");
    return g_string_free(xml, FALSE);
}

char *
hd_xml_fragment_mdev(const HdUuid *uuid, const HdXmlMdevHostdev *how)
{
    GString *xml = g_string_new(NULL);
    append(xml, "<hostdev mode='subsystem' type='mdev' managed='no' model='%s'", how->model);
    if (how->display != NULL)
        append(xml, " display='%s'", how->display);
    if (how->has_ramfb)
        g_string_append(xml, " ramfb='on'");
    append(xml, ">\n  <source>\n    <address uuid='%s'/>\n  </source>\n</hostdev>\n", uuid->text);
    return g_string_free(xml, FALSE);
}

static GString *
begin_metadata(void)
{
    return g_string_new("<hd:devices xmlns:hd='" HD_XML_METADATA_URI "'>\n");
}

static char *
end_metadata(GString *xml)
{
    g_string_append(xml, "</hd:devices>\n");
    return g_string_free(xml, FALSE);
}

char *
hd_xml_fragment_mdev_metadata(const HdMdevSpec *spec)
{
    GString *xml = begin_metadata();
    append(xml, "  <hd:mdev uuid='%s' mdev_type='%s'", spec->uuid.text, spec->type);
    if (spec->parent != NULL)
        append(xml, " parent='%s'", spec->parent);
    g_string_append(xml, spec->attributes->len > 0 ? ">\n" : "/>\n");
    for (guint i = 0; i < spec->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(spec->attributes, i);
        append(xml, "    <hd:attr name='%s' value='%s'/>\n", attribute->name, attribute->value);
    }
    if (spec->attributes->len > 0)
        g_string_append(xml, "  </hd:mdev>\n");
    return end_metadata(xml);
}

char *
hd_xml_fragment_vgpu_metadata(const HdPciAddress *address, const char *type)
{
    GString *xml = begin_metadata();
    append(xml, "  <hd:vgpu address='%s' vgpu_type='%s'/>\n", hd_pci_address_text(address).text,
           type);
    return end_metadata(xml);
}
