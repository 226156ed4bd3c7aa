/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts about USB devices and ports: plain values, made by the probe or by tests.
 */
#include "hd-local.h"

#include <string.h>

#include "hd-text.h"

static void
free_holder(gpointer data)
{
    hd_holder_free(data);
}

HdUsbDevice *
hd_usb_device_new(const HdUsbPlace *place)
{
    HdUsbDevice *device = g_new0(HdUsbDevice, 1);
    device->place = *place;
    device->holders = g_ptr_array_new_with_free_func(free_holder);
    return device;
}

void
hd_usb_device_free(HdUsbDevice *device)
{
    if (device == NULL)
        return;
    g_free(device->port);
    g_free(device->name);
    g_ptr_array_unref(device->holders);
    g_free(device);
}

char *
hd_usb_device_text(const HdUsbDevice *device)
{
    const HdUsbPlace *place = &device->place;
    g_autofree char *name = hd_text_printable(device->name, 40);
    return g_strdup_printf("USB %03u:%03u (%04x:%04x%s%s)", place->bus, place->device,
                           place->vendor, place->product, device->name != NULL ? " " : "",
                           device->name != NULL ? name : "");
}

bool
hd_usb_place_equal(const HdUsbPlace *a, const HdUsbPlace *b)
{
    return a->bus == b->bus && a->device == b->device && a->vendor == b->vendor &&
           a->product == b->product;
}

HdTty *
hd_tty_new(const char *path)
{
    HdTty *tty = g_new0(HdTty, 1);
    tty->path = g_strdup(path);
    tty->holders = g_ptr_array_new_with_free_func(free_holder);
    return tty;
}

void
hd_tty_free(HdTty *tty)
{
    if (tty == NULL)
        return;
    g_free(tty->path);
    g_free(tty->node);
    g_ptr_array_unref(tty->holders);
    g_free(tty);
}

bool
hd_tty_is_name(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    if (*name == '\0' || strlen(name) > HD_TTY_MAX_NAME)
        return false;
    for (char **part = parts; *part != NULL; part++) {
        if (!hd_text_is_name(*part))
            return false;
    }
    return true;
}
