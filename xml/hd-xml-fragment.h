/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_FRAGMENT_H
#define HD_XML_FRAGMENT_H

#include <glib.h>
#include <stdbool.h>

#include "hd-mdev.h"
#include "hd-pci-address.h"

/*
 * Domain XML for people to paste. Everything follows libvirt's formatdomain; every value is
 * escaped. All strings returned are (transfer full) and end in a newline.
 */

/** HdXmlHostdev: how a PCI hostdev is to look; zero is the plainest. */
typedef struct {
    bool is_unmanaged;
    const char *driver_model; /* (nullable): <driver model=>, libvirt >= 10.0 */
    const char *rom_file;     /* (nullable): absolute path */
    bool has_no_rom;
    bool is_primary_vga; /* x-vga: legacy VGA ranges */
    const guint16 *ids;  /* (nullable): four: what the guest sees */
    bool has_guest_slot; /* functions share one slot of the guest */
    guint guest_bus, guest_slot;
} HdXmlHostdev;

/** HdXmlInterface: how an <interface type='hostdev'> is to look. */
typedef struct {
    bool is_unmanaged;
    const char *mac; /* (nullable) */
    gint vlan;       /* -1: none */
} HdXmlInterface;

/** HdXmlMdevHostdev: how an mdev's <hostdev> is to look. */
typedef struct {
    const char *model;   /* "vfio-pci", "vfio-ccw", "vfio-ap" */
    const char *display; /* (nullable): "on" or "off" */
    bool has_ramfb;
} HdXmlMdevHostdev;

/** Returns: <hostdev type='pci'>; function 0 of a shared guest slot says multifunction='on'. */
char *hd_xml_fragment_hostdev(const HdPciAddress *address, const HdXmlHostdev *how);

/**
 * Returns: (nullable): <qemu:override> with what libvirt has no element for (x-vga, ids), for all
 * of @addresses (element-type HdPciAddress); NULL when nothing of that is asked for.
 */
char *hd_xml_fragment_override(const GArray *addresses, const HdXmlHostdev *how);

/** Returns: <interface type='hostdev'>. */
char *hd_xml_fragment_interface(const HdPciAddress *address, const HdXmlInterface *how);

/** Returns: <hostdev type='mdev'>. */
char *hd_xml_fragment_mdev(const HdUuid *uuid, const HdXmlMdevHostdev *how);

/** Returns: our metadata with one <mdev>. */
char *hd_xml_fragment_mdev_metadata(const HdMdevSpec *spec);

/** Returns: our metadata with one <vgpu>. */
char *hd_xml_fragment_vgpu_metadata(const HdPciAddress *address, const char *type);

#endif
