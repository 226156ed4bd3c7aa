/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Node-device XML, both ways, in libvirt's own words.
 */
#include "hd-xml-nodedev.h"

#include "hd-xml.h"

static void append(GString *xml, guint depth, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* One line, indented; arguments are escaped. */
static void
append(GString *xml, guint depth, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_markup_vprintf_escaped(format, args);
    va_end(args);
    g_string_append_printf(xml, "%*s%s\n", (int)depth * 2, "", text);
}

static void
append_address(GString *xml, guint depth, const HdPciAddress *address)
{
    append(xml, depth, "<address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>",
           address->domain, address->bus, address->slot, address->function);
}

static void
append_addresses(GString *xml, guint depth, const GArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++)
        append_address(xml, depth, &g_array_index(addresses, HdPciAddress, i));
}

static void
append_id(GString *xml, const char *element, guint id, const char *name)
{
    if (name != NULL)
        append(xml, 2, "<%s id='0x%04x'>%s</%s>", element, id, name, element);
    else
        append(xml, 2, "<%s id='0x%04x'/>", element, id);
}

static void
append_sriov(GString *xml, const HdNodeDevice *device)
{
    if (device->is_vf) {
        append(xml, 2, "<capability type='phys_function'>");
        append_address(xml, 3, &device->pf);
        append(xml, 2, "</capability>");
    }
    if (device->vf_total == 0)
        return;
    if (device->vfs->len == 0) {
        append(xml, 2, "<capability type='virt_functions' maxCount='%u'/>", device->vf_total);
        return;
    }
    append(xml, 2, "<capability type='virt_functions' maxCount='%u'>", device->vf_total);
    append_addresses(xml, 3, device->vfs);
    append(xml, 2, "</capability>");
}

static void
append_types(GString *xml, const GPtrArray *types)
{
    if (types->len == 0)
        return;
    append(xml, 2, "<capability type='mdev_types'>");
    for (guint i = 0; i < types->len; i++) {
        const HdMdevType *type = g_ptr_array_index(types, i);
        append(xml, 3, "<type id='%s'>", type->id);
        if (type->name != NULL)
            append(xml, 4, "<name>%s</name>", type->name);
        append(xml, 4, "<deviceAPI>%s</deviceAPI>", type->device_api);
        append(xml, 4, "<availableInstances>%u</availableInstances>", type->available);
        append(xml, 3, "</type>");
    }
    append(xml, 2, "</capability>");
}

static void
append_link(GString *xml, const char *validity, const HdPciLink *link)
{
    if (link->speed != NULL)
        append(xml, 3, "<link validity='%s' speed='%s' width='%u'/>", validity, link->speed,
               link->width);
    else
        append(xml, 3, "<link validity='%s' width='%u'/>", validity, link->width);
}

static void
append_pci(GString *xml, const HdNodeDevice *device)
{
    const HdPciAddress *address = &device->address;
    append(xml, 1, "<capability type='pci'>");
    append(xml, 2, "<class>0x%06x</class>", device->id.class_code);
    append(xml, 2, "<domain>%u</domain>", address->domain);
    append(xml, 2, "<bus>%u</bus>", address->bus);
    append(xml, 2, "<slot>%u</slot>", address->slot);
    append(xml, 2, "<function>%u</function>", address->function);
    append_id(xml, "product", device->id.device, device->product_name);
    append_id(xml, "vendor", device->id.vendor, device->vendor_name);
    append_sriov(xml, device);
    if (device->is_bridge)
        append(xml, 2, "<capability type='pci-bridge'/>");
    append_types(xml, device->types);
    if (device->iommu_group >= 0) {
        append(xml, 2, "<iommuGroup number='%d'>", device->iommu_group);
        append_addresses(xml, 3, device->group_members);
        append(xml, 2, "</iommuGroup>");
    }
    if (device->numa_node >= 0)
        append(xml, 2, "<numa node='%d'/>", device->numa_node);
    if (device->link_max.width > 0 || device->link_now.width > 0) {
        append(xml, 2, "<pci-express>");
        append_link(xml, "cap", &device->link_max);
        append_link(xml, "sta", &device->link_now);
        append(xml, 2, "</pci-express>");
    } else if (device->is_express) {
        append(xml, 2, "<pci-express/>");
    }
    append(xml, 1, "</capability>");
}

static void
append_mdev(GString *xml, const HdNodeDevice *device)
{
    const HdMdevSpec *mdev = device->mdev;
    append(xml, 1, "<capability type='mdev'>");
    append(xml, 2, "<type id='%s'/>", mdev->type);
    append(xml, 2, "<uuid>%s</uuid>", mdev->uuid.text);
    append(xml, 2, "<parent_addr>%s</parent_addr>", mdev->parent);
    if (device->iommu_group >= 0)
        append(xml, 2, "<iommuGroup number='%d'/>", device->iommu_group);
    for (guint i = 0; i < mdev->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(mdev->attributes, i);
        append(xml, 2, "<attr name='%s' value='%s'/>", attribute->name, attribute->value);
    }
    append(xml, 1, "</capability>");
}

char *
hd_xml_nodedev_format(const HdNodeDevice *device)
{
    GString *xml = g_string_new(NULL);
    append(xml, 0, "<device>");
    append(xml, 1, "<name>%s</name>", device->name);
    if (device->path != NULL)
        append(xml, 1, "<path>%s</path>", device->path);
    append(xml, 1, "<parent>%s</parent>", device->parent);
    if (device->driver != NULL)
        append(xml, 1, "<driver>\n    <name>%s</name>\n  </driver>", device->driver);
    switch (device->kind) {
    case HD_NODE_DEVICE_PCI:
        append_pci(xml, device);
        break;
    case HD_NODE_DEVICE_MDEV:
        append_mdev(xml, device);
        break;
    case HD_NODE_DEVICE_MDEV_TYPES:
        append(xml, 1, "<capability type='mdev_types'>");
        append_types(xml, device->types);
        append(xml, 1, "</capability>");
        break;
    }
    append(xml, 0, "</device>");
    return g_string_free(xml, FALSE);
}

static const xmlNode *
find_capability(const xmlNode *device, GError **ret_error)
{
    for (const xmlNode *node = device->children; node != NULL; node = node->next) {
        g_autofree char *type = hd_xml_attribute(node, "type");
        if (hd_xml_is(node, "capability", NULL) && g_strcmp0(type, "mdev") == 0)
            return node;
    }
    hd_xml_fail(ret_error, device, "has no <capability type='mdev'>: only those can be made");
    return NULL;
}

static bool
read_parent(const xmlNode *device, char **ret_parent, GError **ret_error)
{
    const xmlNode *node = hd_xml_child(device, "parent");
    g_autofree char *text = hd_xml_text(node);
    if (text == NULL)
        return hd_xml_fail(ret_error, device, "has no <parent>");
    g_autofree char *parent = hd_node_device_parse_parent(g_strstrip(text));
    g_autofree char *shown = hd_xml_shown(text);
    if (parent == NULL)
        return hd_xml_fail(ret_error, node, "is '%s', which is no node device's name", shown);
    *ret_parent = g_steal_pointer(&parent);
    return true;
}

static bool
read_uuid(const xmlNode *capability, HdUuid *ret_uuid, GError **ret_error)
{
    const xmlNode *node = hd_xml_child(capability, "uuid");
    g_autofree char *text = hd_xml_text(node);
    if (text == NULL || hd_uuid_parse(g_strstrip(text), ret_uuid))
        return true;
    g_autofree char *shown = hd_xml_shown(text);
    return hd_xml_fail(ret_error, node, "is '%s', which is no valid uuid", shown);
}

static bool
read_attributes(const xmlNode *capability, HdMdevSpec *spec, GError **ret_error)
{
    for (const xmlNode *node = capability->children; node != NULL; node = node->next) {
        g_autofree char *name = hd_xml_attribute(node, "name");
        g_autofree char *value = hd_xml_attribute(node, "value");
        if (!hd_xml_is(node, "attr", NULL))
            continue;
        if (name == NULL || value == NULL)
            return hd_xml_fail(ret_error, node, "lacks the attribute '%s'",
                               name == NULL ? "name" : "value");
        g_autofree char *shown = hd_xml_shown(name);
        if (!hd_mdev_attributes_add(spec->attributes, name, value))
            return hd_xml_fail(ret_error, node,
                               "with name='%s' is no file below the mdev and one line for it",
                               shown);
    }
    return true;
}

bool
hd_xml_nodedev_parse_mdev(const char *bytes, gsize length, HdMdevSpec **ret_spec,
                          GError **ret_error)
{
    g_autoptr(HdXmlDocument) document = NULL;
    g_autofree char *parent = NULL;
    HdUuid uuid = {""};
    if (!hd_xml_open(bytes, length, "device", &document, ret_error))
        return false;
    const xmlNode *device = xmlDocGetRootElement(document);
    const xmlNode *capability = find_capability(device, ret_error);
    if (capability == NULL || !read_parent(device, &parent, ret_error) ||
        !read_uuid(capability, &uuid, ret_error))
        return false;
    const xmlNode *type_node = hd_xml_child(capability, "type");
    g_autofree char *type = hd_xml_attribute(type_node, "id");
    g_autofree char *shown = hd_xml_shown(type);
    if (type == NULL)
        return hd_xml_fail(ret_error, capability, "has no <type id=''>");
    if (!hd_mdev_is_parent_name(type))
        return hd_xml_fail(ret_error, type_node, "has id='%s', which is no type's name", shown);
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&uuid, type, parent);
    if (!read_attributes(capability, spec, ret_error))
        return false;
    *ret_spec = g_steal_pointer(&spec);
    return true;
}
