/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LOCAL_H
#define HD_LOCAL_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"

/*
 * Devices that QEMU opens by a node of their own and no VFIO is about: USB devices, and serial and
 * parallel ports. Nothing is bound; what there is to do is to claim them and to own the node.
 */

/** HdUsbPlace: a USB device by place (bus != 0), with what is plugged in there. */
typedef struct {
    guint bus, device;
    guint vendor, product;
} HdUsbPlace;

/** HdUsbDevice: facts about one USB device. Made by the probe, then constant. */
typedef struct {
    HdUsbPlace place;
    char *port; /* its name in sysfs, "1-2.3" */
    char *name; /* (nullable): what it says of itself, "QEMU USB Keyboard" */
    bool is_hub, is_keyboard;
    HdNodeState node;   /* dev/bus/usb/BBB/DDD */
    GPtrArray *holders; /* of HdHolder* */
} HdUsbDevice;

/** Returns: (transfer full): a device of which only the place is known. */
HdUsbDevice *hd_usb_device_new(const HdUsbPlace *place);
void hd_usb_device_free(HdUsbDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdUsbDevice, hd_usb_device_free)

/** Returns: (transfer full): the device for a person: "USB 001:004 (0627:0001 QEMU Keyboard)". */
char *hd_usb_device_text(const HdUsbDevice *device);

/** Returns: whether both are the same device at the same place. */
bool hd_usb_place_equal(const HdUsbPlace *a, const HdUsbPlace *b);

/** HdTtyKind: what a path below /dev leads to. */
typedef enum {
    HD_TTY_ABSENT,  /* to nothing */
    HD_TTY_PORT,    /* to a serial or parallel port, or a pseudo terminal */
    HD_TTY_FOREIGN, /* to something that is neither */
} HdTtyKind;

/** HdTty: facts about the node that one <serial type='dev'> names. */
typedef struct {
    char *path; /* as the VM names it: "/dev/serial/by-id/usb-..." */
    HdTtyKind kind;
    char *node; /* (nullable): the node it leads to, below /dev: "ttyUSB0" */
    HdNodeState state;
    GPtrArray *holders; /* of HdHolder* */
} HdTty;

/** Returns: (transfer full): a port of which nothing is known but the name. @path is copied. */
HdTty *hd_tty_new(const char *path);
void hd_tty_free(HdTty *tty);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdTty, hd_tty_free)

/** The longest name of a node below /dev that is taken. */
#define HD_TTY_MAX_NAME 60

/** Returns: whether @name can be a node's name below /dev: "ttyUSB0", "pts/3". */
bool hd_tty_is_name(const char *name);

#endif
