/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * USB devices from sysfs (Documentation/ABI/testing/sysfs-bus-usb). Only those that a
 * wish may mean are looked at closely.
 */
#include "hd-usb-probe.h"

#include <errno.h>
#include <string.h>

#include "hd-holder-block.h"
#include "hd-holder-net.h"
#include "hd-text.h"

#define DEVICES "sys/bus/usb/devices"

/* What every keyboard says of its events: SYN, KEY, LED and REP. A power button has no LEDs. */
#define KEYBOARD_EVENTS 0x120003u

static bool
read_number(HdPort *port, const char *name, const char *attribute, guint base, guint *ret_number)
{
    g_autofree char *text = NULL;
    guint64 number;
    if (hd_port_read(port, &text, DEVICES "/%s/%s", name, attribute) != 0 ||
        !hd_text_unsigned(g_strstrip(text), base, 0, 0xffff, &number))
        return false;
    *ret_number = (guint)number;
    return true;
}

/* False for interfaces, and for one that is pulled just now. */
static bool
read_place(HdPort *port, const char *name, HdUsbPlace *ret_place)
{
    HdUsbPlace place;
    if (strchr(name, ':') != NULL || !read_number(port, name, "idVendor", 16, &place.vendor) ||
        !read_number(port, name, "idProduct", 16, &place.product) ||
        !read_number(port, name, "busnum", 10, &place.bus) ||
        !read_number(port, name, "devnum", 10, &place.device))
        return false;
    *ret_place = place;
    return true;
}

static int
list_names(HdPort *port, GPtrArray **ret_names)
{
    int error = hd_port_list(port, ret_names, DEVICES);
    if (error == ENOENT) {
        *ret_names = g_ptr_array_new_with_free_func(g_free);
        return 0;
    }
    return error;
}

bool
hd_usb_probe_is_there(HdPort *port, const HdUsbPlace *place)
{
    g_autoptr(GPtrArray) names = NULL;
    if (list_names(port, &names) != 0)
        return false;
    for (guint i = 0; i < names->len; i++) {
        HdUsbPlace other;
        if (read_place(port, g_ptr_array_index(names, i), &other) &&
            hd_usb_place_equal(place, &other))
            return true;
    }
    return false;
}

static bool
is_wished(const HdRequest *request, const HdUsbPlace *place)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        const HdUsbWish *usb = &wish->usb;
        if (wish->kind == HD_WISH_USB &&
            (usb->vendor == 0 ||
             (usb->vendor == place->vendor && usb->product == place->product)) &&
            (usb->bus == 0 || (usb->bus == place->bus && usb->device == place->device)))
            return true;
    }
    return false;
}

/* Boot interface class, keyboard. */
static bool
is_keyboard(HdPort *port, const char *name)
{
    g_autoptr(GPtrArray) entries = NULL;
    if (hd_port_list(port, &entries, DEVICES "/%s", name) != 0)
        return false;
    for (guint i = 0; i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = g_strconcat(name, "/", entry, NULL);
        guint class_code, protocol;
        if (strchr(entry, ':') != NULL &&
            read_number(port, path, "bInterfaceClass", 16, &class_code) && class_code == 3 &&
            read_number(port, path, "bInterfaceProtocol", 16, &protocol) && protocol == 1)
            return true;
    }
    return false;
}

/* A process that has the device's own node, a disk or a port of it open would be cut off; one that
   listens to a keyboard or a sound card is not what a person is to be asked about. */
static void
keep_serious_nodes(HdSysfsTree *tree, const char *own_node)
{
    for (guint i = tree->nodes->len; i > 0; i--) {
        const char *node = g_ptr_array_index(tree->nodes, i - 1);
        if (!g_str_has_prefix(node, "tty") &&
            !g_ptr_array_find_with_equal_func(tree->disks, node, g_str_equal, NULL))
            g_ptr_array_remove_index(tree->nodes, i - 1);
    }
    g_ptr_array_add(tree->nodes, g_strdup(own_node));
}

static void
find_holders(HdPort *port, HdUsbDevice *device, GPtrArray *trees, GPtrArray *lists)
{
    g_autofree char *folder = g_strdup_printf(DEVICES "/%s", device->port);
    g_autofree char *node =
        g_strdup_printf("bus/usb/%03u/%03u", device->place.bus, device->place.device);
    HdSysfsTree *tree = hd_sysfs_tree_new();
    hd_sysfs_tree_walk_folder(port, folder, tree);
    keep_serious_nodes(tree, node);
    hd_holder_block_find(port, tree, device->holders);
    hd_holder_net_find(port, tree, device->holders);
    g_ptr_array_add(trees, tree);
    g_ptr_array_add(lists, device->holders);
}

static HdUsbDevice *
probe_device(HdPort *port, const char *name, const HdUsbPlace *place)
{
    HdUsbDevice *device = hd_usb_device_new(place);
    g_autofree char *node = g_strdup_printf("dev/bus/usb/%03u/%03u", place->bus, place->device);
    guint class_code = 0;
    device->port = g_strdup(name);
    (void)hd_port_read(port, &device->name, DEVICES "/%s/product", name);
    device->is_hub = read_number(port, name, "bDeviceClass", 16, &class_code) && class_code == 9;
    device->is_keyboard = is_keyboard(port, name);
    (void)hd_port_get_node(port, node, &device->node);
    return device;
}

/* One block of /proc/bus/input/devices: whether it is a keyboard that stays with the host. */
static bool
is_keyboard_left(const char *block, const GPtrArray *usbs)
{
    const char *events = strstr(block, "B: EV=");
    if (events == NULL || (g_ascii_strtoull(events + strlen("B: EV="), NULL, 16) &
                           KEYBOARD_EVENTS) != KEYBOARD_EVENTS)
        return false;
    for (guint i = 0; i < usbs->len; i++) {
        const HdUsbDevice *device = g_ptr_array_index(usbs, i);
        g_autofree char *folder = g_strdup_printf("/%s/%s:", device->port, device->port);
        if (strstr(block, folder) != NULL)
            return false;
    }
    return true;
}

/* Where it can't be told, one is assumed: it is only about a note. */
static guint
count_keyboards_left(HdPort *port, const GPtrArray *usbs)
{
    g_autofree char *text = NULL;
    guint count = 0;
    if (hd_port_read(port, &text, "proc/bus/input/devices") != 0)
        return 1;
    g_auto(GStrv) blocks = g_strsplit(text, "\n\n", -1);
    for (char **block = blocks; *block != NULL; block++)
        count += is_keyboard_left(*block, usbs);
    return count;
}

static bool
wants_usb(const HdRequest *request)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        if (((const HdWish *)g_ptr_array_index(request->wishes, i))->kind == HD_WISH_USB)
            return true;
    }
    return false;
}

bool
hd_usb_probe_request(HdPort *port, const HdRequest *request, HdHost *host, GPtrArray *trees,
                     GPtrArray *lists, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    GPtrArray *usbs = hd_host_usbs(host);
    bool has_keyboard = false;
    if (!wants_usb(request))
        return true;
    int error = list_names(port, &names);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "list USB devices");
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        HdUsbPlace place;
        if (!read_place(port, name, &place) || !is_wished(request, &place))
            continue;
        HdUsbDevice *device = probe_device(port, name, &place);
        g_ptr_array_add(usbs, device);
        find_holders(port, device, trees, lists);
        has_keyboard |= device->is_keyboard;
    }
    hd_host_set_keyboards_left(host, has_keyboard ? count_keyboards_left(port, usbs) : 1);
    return true;
}
