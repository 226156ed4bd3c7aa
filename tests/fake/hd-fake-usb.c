/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * USB devices and ports as sysfs and /dev show them. There is no behaviour: nothing is
 * ever written but owners of nodes.
 */
#include "hd-fake-private.h"

#include <string.h>

#define HOME "sys/devices/pci0000:00/0000:00:14.0/usb1"

static void show(HdFake *fake, const char *folder, const char *name, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void
show(HdFake *fake, const char *folder, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *path = g_strconcat(folder, "/", name, NULL);
    hd_fake_tree_set_file(fake->tree, path, text);
}

static void
show_owned_node(HdFake *fake, const char *path, guint gid, guint mode)
{
    hd_fake_show_node(fake, path);
    HdNodeState *node = g_hash_table_lookup(fake->nodes, path);
    *node = (HdNodeState){true, 0, gid, mode};
}

void
hd_fake_add_tty(HdFake *fake, const char *name)
{
    g_autofree char *class = g_strconcat("sys/class/tty/", name, NULL);
    g_autofree char *node = g_strconcat("dev/", name, NULL);
    show(fake, class, "dev", "4:64");
    show_owned_node(fake, node, 20, 0660);
}

static void
show_interface(HdFake *fake, const HdFakeUsb *usb, const char *folder)
{
    show(fake, folder, "bInterfaceClass", usb->is_keyboard ? "03" : "08");
    show(fake, folder, "bInterfaceSubClass", usb->is_keyboard ? "01" : "06");
    show(fake, folder, "bInterfaceProtocol", usb->is_keyboard ? "01" : "50");
    if (usb->disk != NULL) {
        g_autofree char *disk = g_strconcat(folder, "/host0/block/", usb->disk, NULL);
        g_autofree char *class = g_strconcat("sys/class/block/", usb->disk, NULL);
        g_autofree char *holders = g_strconcat(disk, "/holders", NULL);
        show(fake, disk, "uevent", "DEVNAME=%s\nDEVTYPE=disk\n", usb->disk);
        show(fake, disk, "dev", "8:0");
        hd_fake_tree_set_folder(fake->tree, holders);
        hd_fake_tree_point(fake->tree, class, disk);
    }
    if (usb->tty != NULL) {
        g_autofree char *tty = g_strconcat(folder, "/", usb->tty, "/tty/", usb->tty, NULL);
        show(fake, tty, "uevent", "DEVNAME=%s\n", usb->tty);
        hd_fake_add_tty(fake, usb->tty);
    }
}

static void
add_keyboard(HdFake *fake, const char *path)
{
    static const char file[] = "proc/bus/input/devices";
    const char *old = hd_fake_tree_content(fake->tree, file);
    g_autofree char *text = g_strdup_printf("%sI: Bus=0003\nS: Sysfs=/%s/input/input5\n"
                                            "H: Handlers=sysrq kbd event0 leds\nB: EV=120013\n\n",
                                            old != NULL ? old : "", path);
    hd_fake_tree_set_file(fake->tree, file, text);
}

void
hd_fake_add_usb(HdFake *fake, const HdFakeUsb *usb)
{
    g_autofree char *folder = g_strconcat(HOME "/", usb->port, NULL);
    g_autofree char *bus = g_strconcat("sys/bus/usb/devices/", usb->port, NULL);
    g_autofree char *interface = g_strdup_printf("%s/%s:1.0", folder, usb->port);
    g_autofree char *node = g_strdup_printf("dev/bus/usb/%03u/%03u", usb->bus, usb->device);
    show(fake, folder, "idVendor", "%04x", usb->vendor);
    show(fake, folder, "idProduct", "%04x", usb->product);
    show(fake, folder, "busnum", "%u", usb->bus);
    show(fake, folder, "devnum", "%u", usb->device);
    show(fake, folder, "bDeviceClass", usb->is_hub ? "09" : "00");
    show(fake, folder, "product", "%s", usb->name);
    show_interface(fake, usb, interface);
    if (usb->is_keyboard)
        add_keyboard(fake, interface + strlen("sys/"));
    hd_fake_tree_point(fake->tree, bus, folder);
    show_owned_node(fake, node, 0, 0664);
}

void
hd_fake_remove_usb(HdFake *fake, const char *port)
{
    g_autofree char *folder = g_strconcat(HOME "/", port, NULL);
    g_autofree char *bus = g_strconcat("sys/bus/usb/devices/", port, NULL);
    g_autofree char *busnum = g_strconcat(folder, "/busnum", NULL);
    g_autofree char *devnum = g_strconcat(folder, "/devnum", NULL);
    g_autofree char *node = g_strdup_printf(
        "dev/bus/usb/%03u/%03u",
        (guint)g_ascii_strtoull(hd_fake_tree_content(fake->tree, busnum), NULL, 10),
        (guint)g_ascii_strtoull(hd_fake_tree_content(fake->tree, devnum), NULL, 10));
    hd_fake_hide_node(fake, node);
    hd_fake_tree_unset(fake->tree, bus);
    hd_fake_tree_unset(fake->tree, folder);
}
