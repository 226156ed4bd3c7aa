/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libvirt's node devices: what goes through here is seen by virt-manager as well.
 */
#include "hd-virt-nodedev.h"

#include <stdlib.h>
#include <string.h>

#include "hd-error.h"
#include "hd-text.h"
#include "hd-virt-connection.h"

struct HdVirtNodedev {
    virConnectPtr connection;
};

static void
free_device(virNodeDevicePtr device)
{
    (void)virNodeDeviceFree(device);
}

typedef virNodeDevice HdVirtDevice;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVirtDevice, free_device)

bool
hd_virt_nodedev_open(const char *uri, HdVirtNodedev **ret_virt, GError **ret_error)
{
    virConnectPtr connection = NULL;
    if (!hd_virt_connect(uri, false, &connection, ret_error))
        return false;
    *ret_virt = g_new0(HdVirtNodedev, 1);
    (*ret_virt)->connection = connection;
    return true;
}

void
hd_virt_nodedev_free(HdVirtNodedev *virt)
{
    if (virt == NULL)
        return;
    (void)virConnectClose(virt->connection);
    g_free(virt);
}

static unsigned int
flags_of(const char *capability, bool active, bool inactive)
{
    unsigned int flags = 0;
    if (g_strcmp0(capability, "pci") == 0)
        flags |= VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV;
    if (g_strcmp0(capability, "mdev") == 0)
        flags |= VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV;
    if (g_strcmp0(capability, "mdev_types") == 0)
        flags |= VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV_TYPES;
    if (active)
        flags |= VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE;
    if (inactive)
        flags |= VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE;
    return flags;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool
hd_virt_nodedev_list(HdVirtNodedev *virt, const char *capability, bool active, bool inactive,
                     GPtrArray **ret_names, GError **ret_error)
{
    virNodeDevicePtr *devices = NULL;
    int count = virConnectListAllNodeDevices(virt->connection, &devices,
                                             flags_of(capability, active, inactive));
    if (count < 0)
        return hd_virt_fail(ret_error, "list node devices");
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < count; i++) {
        g_ptr_array_add(names, g_strdup(virNodeDeviceGetName(devices[i])));
        (void)virNodeDeviceFree(devices[i]);
    }
    free(devices);
    g_ptr_array_sort(names, compare_names);
    *ret_names = names;
    return true;
}

static bool
find(HdVirtNodedev *virt, const char *name, HdVirtDevice **ret_device, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(name, 80);
    *ret_device = virNodeDeviceLookupByName(virt->connection, name);
    return *ret_device != NULL || hd_virt_fail(ret_error, shown);
}

bool
hd_virt_nodedev_xml(HdVirtNodedev *virt, const char *name, bool inactive, char **ret_xml,
                    GError **ret_error)
{
    g_autoptr(HdVirtDevice) device = NULL;
    unsigned int flags = 0;
#ifdef LIBVIR_CHECK_VERSION
#if LIBVIR_CHECK_VERSION(10, 1, 0)
    flags = inactive ? VIR_NODE_DEVICE_XML_INACTIVE : 0;
#endif
#endif
    (void)inactive;
    if (!find(virt, name, &device, ret_error))
        return false;
    char *xml = virNodeDeviceGetXMLDesc(device, flags);
    if (xml == NULL)
        return hd_virt_fail(ret_error, name);
    *ret_xml = g_strdup(xml);
    free(xml);
    return true;
}

bool
hd_virt_nodedev_create(HdVirtNodedev *virt, const char *xml, bool define, char **ret_name,
                       GError **ret_error)
{
    g_autoptr(HdVirtDevice) device = define ? virNodeDeviceDefineXML(virt->connection, xml, 0)
                                            : virNodeDeviceCreateXML(virt->connection, xml, 0);
    if (device == NULL)
        return hd_virt_fail(ret_error,
                            define ? "define the node device" : "create the node device");
    *ret_name = g_strdup(virNodeDeviceGetName(device));
    return true;
}

bool
hd_virt_nodedev_act(HdVirtNodedev *virt, const char *name, HdVirtNodedevAct act, const char *driver,
                    GError **ret_error)
{
    g_autoptr(HdVirtDevice) device = NULL;
    int result = -1;
    if (!find(virt, name, &device, ret_error))
        return false;
    switch (act) {
    case HD_VIRT_NODEDEV_START:
        result = virNodeDeviceCreate(device, 0);
        break;
    case HD_VIRT_NODEDEV_DESTROY:
        result = virNodeDeviceDestroy(device);
        break;
    case HD_VIRT_NODEDEV_UNDEFINE:
        result = virNodeDeviceUndefine(device, 0);
        break;
    case HD_VIRT_NODEDEV_DETACH:
        result = virNodeDeviceDetachFlags(device, driver, 0);
        break;
    case HD_VIRT_NODEDEV_REATTACH:
        result = virNodeDeviceReAttach(device);
        break;
    case HD_VIRT_NODEDEV_RESET:
        result = virNodeDeviceReset(device);
        break;
    }
    return result >= 0 || hd_virt_fail(ret_error, name);
}
