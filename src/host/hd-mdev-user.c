/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who uses a mediated device, also when no journal knows: a VM that was started without
 * the hook, or a device that was plugged into a running one.
 */
#include "hd-mdev-user.h"

#include "hd-qemu-process.h"
#include "hd-text.h"

static char *
read_guest(HdPort *port, const char *pid)
{
    g_autofree char *arguments = NULL;
    if (hd_port_read(port, &arguments, "proc/%s/cmdline", pid) != 0)
        return NULL;
    g_autofree char *guest = hd_qemu_process_guest(arguments);
    return guest != NULL ? hd_text_printable(guest, 64) : NULL;
}

/* libvirt's daemon has the node open for as long as its nodedev-destroy takes, and in that asks us
   by mdevctl: it looks whether others use the device, and uses it no more than we do. */
static bool
is_libvirt(HdPort *port, const char *pid)
{
    static const char *const daemons[] = {"libvirtd", "virtnodedevd", "virtqemud", NULL};
    g_autofree char *name = NULL;
    return hd_port_read(port, &name, "proc/%s/comm", pid) == 0 && g_strv_contains(daemons, name);
}

static bool
has_open(HdPort *port, const char *pid, const char *const *nodes)
{
    g_autoptr(GPtrArray) descriptors = NULL;
    if (hd_port_list(port, &descriptors, "proc/%s/fd", pid) != 0)
        return false;
    for (guint i = 0; i < descriptors->len; i++) {
        g_autofree char *target = NULL;
        if (hd_port_link(port, &target, "proc/%s/fd/%s", pid,
                         (char *)g_ptr_array_index(descriptors, i)) == 0 &&
            g_strv_contains(nodes, target))
            return true;
    }
    return false;
}

static char *
describe(HdPort *port, const char *pid)
{
    g_autofree char *guest = read_guest(port, pid);
    g_autofree char *name = NULL;
    if (guest != NULL)
        return g_strdup_printf("VM '%s' (pid %s)", guest, pid);
    (void)hd_port_read(port, &name, "proc/%s/comm", pid);
    g_autofree char *shown = hd_text_printable(name != NULL ? name : "?", 32);
    return g_strdup_printf("process %s (pid %s)", shown, pid);
}

/* The group's node, and the cdev of the mdev if the kernel has them. */
static char **
find_nodes(HdPort *port, const HdUuid *uuid)
{
    g_autofree char *group = NULL;
    g_autoptr(GPtrArray) cdevs = NULL;
    char **nodes = g_new0(char *, 3);
    guint count = 0;
    if (hd_port_link_name(port, &group, "sys/bus/mdev/devices/%s/iommu_group", uuid->text) == 0)
        nodes[count++] = g_strdup_printf("/dev/vfio/%s", group);
    if (hd_port_list(port, &cdevs, "sys/bus/mdev/devices/%s/vfio-dev", uuid->text) == 0 &&
        cdevs->len > 0)
        nodes[count++] =
            g_strdup_printf("/dev/vfio/devices/%s", (char *)g_ptr_array_index(cdevs, 0));
    return nodes;
}

char *
hd_mdev_user_find(HdPort *port, const HdUuid *uuid)
{
    g_auto(GStrv) nodes = find_nodes(port, uuid);
    g_autoptr(GPtrArray) names = NULL;
    if (*nodes == NULL || hd_port_list(port, &names, "proc") != 0)
        return NULL;
    for (guint i = 0; i < names->len; i++) {
        const char *pid = g_ptr_array_index(names, i);
        if (g_ascii_isdigit(*pid) && has_open(port, pid, (const char *const *)nodes) &&
            !is_libvirt(port, pid))
            return describe(port, pid);
    }
    return NULL;
}
