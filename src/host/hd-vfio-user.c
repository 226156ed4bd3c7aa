/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who uses a device by VFIO, also when no journal knows: a VM that was started without
 * the hook, or a device that was plugged into a running one.
 */
#include "hd-vfio-user.h"

#include "hd-node.h"
#include "hd-qemu-process.h"
#include "hd-text.h"

/* @except: (nullable): the UUID of one that doesn't count */
static char *
read_guest(HdPort *port, const char *pid, const char *except)
{
    g_autofree char *arguments = NULL;
    if (hd_port_read(port, &arguments, "proc/%s/cmdline", pid) != 0)
        return NULL;
    if (except != NULL && hd_qemu_process_has_uuid(arguments, except))
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
describe_vm(HdPort *port, const char *pid, const char *except)
{
    g_autofree char *guest = read_guest(port, pid, except);
    return guest != NULL ? g_strdup_printf("VM '%s' (pid %s)", guest, pid) : NULL;
}

static char *
describe_any(HdPort *port, const char *pid, const char *except)
{
    if (is_libvirt(port, pid))
        return NULL;
    char *vm = describe_vm(port, pid, except);
    g_autofree char *name = NULL;
    if (vm != NULL)
        return vm;
    (void)hd_port_read(port, &name, "proc/%s/comm", pid);
    g_autofree char *shown = hd_text_printable(name != NULL ? name : "?", 32);
    return g_strdup_printf("process %s (pid %s)", shown, pid);
}

/* As processes see them: the group's node, and the device's own if the kernel has those. */
static char **
find_nodes(HdPort *port, const char *folder)
{
    g_autofree char *group = hd_node_group_path(port, folder);
    g_autofree char *cdev = hd_node_cdev_path(port, folder);
    char **nodes = g_new0(char *, 3);
    guint count = 0;
    if (group != NULL)
        nodes[count++] = g_strconcat("/", group, NULL);
    if (cdev != NULL)
        nodes[count++] = g_strconcat("/", cdev, NULL);
    return nodes;
}

/* What is said of a process that has the node open; NULL: it doesn't count. @except: as below */
typedef char *(*Describe)(HdPort *port, const char *pid, const char *except);

static char *
find_user(HdPort *port, char **nodes, Describe describe, const char *except)
{
    g_autoptr(GPtrArray) names = NULL;
    char *user = NULL;
    if (*nodes == NULL || hd_port_list(port, &names, "proc") != 0)
        return NULL;
    for (guint i = 0; user == NULL && i < names->len; i++) {
        const char *pid = g_ptr_array_index(names, i);
        if (g_ascii_isdigit(*pid) && has_open(port, pid, (const char *const *)nodes))
            user = describe(port, pid, except);
    }
    return user;
}

char *
hd_vfio_user_of_mdev(HdPort *port, const HdUuid *uuid)
{
    g_autofree char *folder = g_strconcat("sys/bus/mdev/devices/", uuid->text, NULL);
    g_auto(GStrv) nodes = find_nodes(port, folder);
    return find_user(port, nodes, describe_any, NULL);
}

char *
hd_vfio_user_of_function(HdPort *port, const HdPciAddress *address, const char *except)
{
    g_autofree char *folder =
        g_strconcat("sys/bus/pci/devices/", hd_pci_address_text(address).text, NULL);
    g_auto(GStrv) nodes = find_nodes(port, folder);
    bool is_open = false;
    /* The group's node can be open once, and not at all while a cdev is: that answers at once where
       nobody has it, as is mostly so. */
    if (*nodes == NULL || hd_port_node_is_open(port, *nodes + 1, &is_open) != 0 || !is_open)
        return NULL;
    return find_user(port, nodes, describe_vm, except);
}
