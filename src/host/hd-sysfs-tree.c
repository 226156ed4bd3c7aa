/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The walk below one device. A folder with an uevent that has a DEVNAME is a node; its
 * DEVTYPE tells disks; folders below "net" are interfaces, those named by a uuid mdevs.
 */
#include "hd-sysfs-tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hd-gpu.h"
#include "hd-uuid.h"

/* Deepest known: a SAS host with expanders behind each other, two folders each, and then
   end_device/target/lun/block/disk/partition. */
#define MAX_DEPTH 32

HdSysfsTree *
hd_sysfs_tree_new(void)
{
    HdSysfsTree *tree = g_new0(HdSysfsTree, 1);
    tree->disks = g_ptr_array_new_with_free_func(g_free);
    tree->interfaces = g_ptr_array_new_with_free_func(g_free);
    tree->nodes = g_ptr_array_new_with_free_func(g_free);
    tree->mdevs = g_ptr_array_new_with_free_func(g_free);
    return tree;
}

void
hd_sysfs_tree_free(gpointer data)
{
    HdSysfsTree *tree = data;
    g_ptr_array_unref(tree->disks);
    g_ptr_array_unref(tree->interfaces);
    g_ptr_array_unref(tree->nodes);
    g_ptr_array_unref(tree->mdevs);
    g_free(tree);
}

static void
add_once(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

/* Folders that never hold devices, some of them with hundreds of entries. */
static bool
is_dull(const char *name)
{
    static const char *const dull[] = {"power",  "msi_irqs",  "queues",    "statistics",
                                       "driver", "iommu",     "subsystem", "firmware_node",
                                       "trace",  "integrity", "mq",        "hwmon"};
    for (gsize i = 0; i < G_N_ELEMENTS(dull); i++) {
        if (g_str_equal(name, dull[i]))
            return true;
    }
    return false;
}

static char *
uevent_value(const char *uevent, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(uevent, "\n", -1);
    gsize length = strlen(key);
    for (char **line = lines; *line != NULL; line++) {
        if (strncmp(*line, key, length) == 0 && (*line)[length] == '=')
            return g_strdup(*line + length + 1);
    }
    return NULL;
}

/* A path of an NVMe controller with several is hidden; what is mounted is the head that unites
   them: nvme0c1n2 -> nvme0n2. NULL: @name is no such path. */
static char *
multipath_head(const char *name)
{
    guint subsystem, controller, namespace;
    int length = 0;
    if (sscanf(name, "nvme%uc%un%u%n", &subsystem, &controller, &namespace, &length) != 3 ||
        name[length] != '\0')
        return NULL;
    return g_strdup_printf("nvme%un%u", subsystem, namespace);
}

/* The head and its partitions, which are not below the device. */
static void
add_multipath_head(HdPort *port, HdSysfsTree *tree, const char *name)
{
    g_autofree char *head = multipath_head(name);
    g_autoptr(GPtrArray) children = NULL;
    if (head == NULL)
        return;
    add_once(tree->disks, head);
    add_once(tree->nodes, head);
    if (hd_port_list(port, &children, "sys/class/block/%s", head) != 0)
        return;
    for (guint i = 0; i < children->len; i++) {
        const char *child = g_ptr_array_index(children, i);
        if (!g_str_has_prefix(child, head))
            continue;
        add_once(tree->disks, child);
        add_once(tree->nodes, child);
    }
}

/* Mediated devices are folders below their parent, go when it goes, and have groups of their own.
 */
static void
add_mdev(HdPort *port, HdSysfsTree *tree, const char *path, const char *name)
{
    g_autofree char *group = NULL;
    HdUuid uuid;
    if (!hd_uuid_parse(name, &uuid))
        return;
    g_ptr_array_add(tree->mdevs, g_strdup(name));
    if (hd_port_link_name(port, &group, "%s/iommu_group", path) == 0)
        g_ptr_array_add(tree->nodes, g_strdup_printf("vfio/%s", group));
}

static void
look_at(HdPort *port, const char *path, HdSysfsTree *tree)
{
    g_autofree char *uevent = NULL;
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *parent_name = g_path_get_basename(parent);
    g_autofree char *name = g_path_get_basename(path);
    if (g_str_equal(parent_name, "net"))
        add_once(tree->interfaces, name);
    add_mdev(port, tree, path, name);
    if (hd_port_read(port, &uevent, "%s/uevent", path) != 0)
        return;
    g_autofree char *node = uevent_value(uevent, "DEVNAME");
    g_autofree char *type = uevent_value(uevent, "DEVTYPE");
    bool is_disk = g_strcmp0(type, "disk") == 0 || g_strcmp0(type, "partition") == 0;
    if (node != NULL)
        add_once(tree->nodes, node);
    if (is_disk && node != NULL)
        add_once(tree->disks, node);
    add_multipath_head(port, tree, name);
}

/* Where the kernel makes a folder of interfaces, there is one; sysfs shows only those of its own
   network namespace. */
static bool
hides_interfaces(const char *path, const GPtrArray *names)
{
    return names->len == 0 && g_str_has_suffix(path, "/net");
}

static bool
has_vanished(int error)
{
    return error == ENOENT || error == ENODEV;
}

/* Returns 0 or an errno value. */
static int
walk(HdPort *port, const char *path, guint depth, HdSysfsTree *tree)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = depth <= MAX_DEPTH ? hd_port_list_folders(port, &names, "%s", path) : ENAMETOOLONG;
    if (error != 0)
        return error;
    if (depth > 0)
        look_at(port, path, tree);
    tree->hides_net |= hides_interfaces(path, names);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *child = g_strdup_printf("%s/%s", path, name);
        int child_error = is_dull(name) ? 0 : walk(port, child, depth + 1, tree);
        if (error == 0 && !has_vanished(child_error))
            error = child_error;
    }
    return error;
}

/* With iommufd a device is opened by a node of its own, not by its group's. */
static void
add_vfio_cdevs(HdPort *port, const HdDevice *device, HdSysfsTree *tree)
{
    g_autoptr(GPtrArray) cdevs = NULL;
    if (!hd_device_is_on_vfio(device))
        return;
    if (hd_port_list(port, &cdevs, "sys/bus/pci/devices/%s/vfio-dev",
                     hd_pci_address_text(&device->address).text) != 0)
        return;
    for (guint i = 0; i < cdevs->len; i++)
        g_ptr_array_add(tree->nodes,
                        g_strdup_printf("vfio/devices/%s", (char *)g_ptr_array_index(cdevs, i)));
}

/* Nodes that all cards of the driver share tell of this one only while there is no other. */
static void
add_shared_nodes(HdPort *port, const HdDevice *device, HdSysfsTree *tree)
{
    const HdGpuDriver *driver = hd_gpu_find_driver(device->binding.driver);
    g_autoptr(GPtrArray) names = NULL;
    HdPciAddress address;
    guint count = 0;
    if (driver == NULL || hd_port_list(port, &names, "sys/bus/pci/drivers/%s", driver->driver) != 0)
        return;
    for (guint i = 0; i < names->len; i++)
        count += hd_pci_address_parse(g_ptr_array_index(names, i), &address);
    for (const char *const *node = driver->nodes; count == 1 && *node != NULL; node++)
        g_ptr_array_add(tree->nodes, g_strdup(*node));
}

/* The NVIDIA driver has no device in sysfs for its nodes; it tells their minor in /proc. */
static void
add_nvidia_node(HdPort *port, const HdDevice *device, HdSysfsTree *tree)
{
    g_autofree char *text = NULL;
    if (g_strcmp0(device->binding.driver, "nvidia") != 0 ||
        hd_port_read(port, &text, "proc/driver/nvidia/gpus/%s/information",
                     hd_pci_address_text(&device->address).text) != 0)
        return;
    const char *minor = strstr(text, "Device Minor:");
    if (minor != NULL)
        g_ptr_array_add(
            tree->nodes,
            g_strdup_printf("nvidia%u",
                            (guint)g_ascii_strtoull(minor + strlen("Device Minor:"), NULL, 10)));
}

void
hd_sysfs_tree_walk_folder(HdPort *port, const char *folder, HdSysfsTree *tree)
{
    (void)walk(port, folder, 0, tree);
}

int
hd_sysfs_tree_walk(HdPort *port, const HdDevice *device, HdSysfsTree *tree)
{
    g_autofree char *top =
        g_strdup_printf("sys/bus/pci/devices/%s", hd_pci_address_text(&device->address).text);
    int error = walk(port, top, 0, tree);
    add_vfio_cdevs(port, device, tree);
    add_nvidia_node(port, device, tree);
    add_shared_nodes(port, device, tree);
    return error;
}
