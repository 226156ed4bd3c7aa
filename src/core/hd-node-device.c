/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Node devices as values, and libvirt's way to name them: so that `virsh nodedev-list`,
 * virt-manager and hostdevctl call a device the same.
 */
#include "hd-node-device.h"

#include <string.h>

#include "hd-text.h"

static void
free_type(gpointer data)
{
    hd_mdev_type_free(data);
}

HdNodeDevice *
hd_node_device_new(HdNodeDeviceKind kind, const char *name)
{
    HdNodeDevice *device = g_new0(HdNodeDevice, 1);
    device->kind = kind;
    device->name = g_strdup(name);
    device->numa_node = device->iommu_group = -1;
    device->vfs = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
    device->group_members = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
    device->types = g_ptr_array_new_with_free_func(free_type);
    return device;
}

void
hd_node_device_free(HdNodeDevice *device)
{
    if (device == NULL)
        return;
    g_free(device->name);
    g_free(device->path);
    g_free(device->parent);
    g_free(device->driver);
    g_free(device->vendor_name);
    g_free(device->product_name);
    g_free(device->link_max.speed);
    g_free(device->link_now.speed);
    g_array_unref(device->vfs);
    g_array_unref(device->group_members);
    g_ptr_array_unref(device->types);
    hd_mdev_spec_free(device->mdev);
    g_free(device);
}

static char *
flatten(char *text)
{
    for (char *cursor = text; *cursor != '\0'; cursor++) {
        if (!g_ascii_isalnum(*cursor))
            *cursor = '_';
    }
    return text;
}

char *
hd_node_device_name(const char *subsystem, const char *sysname)
{
    return flatten(g_strdup_printf("%s_%s", subsystem, sysname));
}

char *
hd_node_device_mdev_name(const HdUuid *uuid, const char *parent)
{
    return flatten(g_strdup_printf("mdev_%s_%s", uuid->text, parent));
}

char *
hd_node_device_parent_name(const char *parent)
{
    HdPciAddress address;
    if (hd_pci_address_parse(parent, &address))
        return hd_node_device_name("pci", hd_pci_address_text(&address).text);
    /* The virtual parents that libvirt knows (mtty) are called like their subsystem. */
    return hd_node_device_name(parent, parent);
}

bool
hd_node_device_parse_mdev(const char *text, HdUuid *ret_uuid)
{
    static const char prefix[] = "mdev_";
    if (!g_str_has_prefix(text, prefix))
        return hd_uuid_parse(text, ret_uuid);
    const char *start = text + strlen(prefix);
    g_autofree char *uuid = g_strndup(start, 36);
    if (strlen(uuid) != 36 || (start[36] != '\0' && start[36] != '_') || strchr(uuid, '-') != NULL)
        return false;
    return hd_uuid_parse(g_strdelimit(uuid, "_", '-'), ret_uuid);
}

char *
hd_node_device_parse_parent(const char *text)
{
    gsize half = strlen(text) / 2;
    /* "mtty_mtty" */
    bool is_doubled =
        strlen(text) % 2 == 1 && text[half] == '_' && strncmp(text, text + half + 1, half) == 0;
    g_autofree char *single = g_strndup(text, half);
    return hd_mdev_parent_parse(is_doubled && half > 0 ? single : text);
}
