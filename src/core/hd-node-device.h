/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_NODE_DEVICE_H
#define HD_NODE_DEVICE_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"
#include "hd-mdev.h"

/** HdNodeDeviceKind: the kinds of libvirt's node devices that matter for passthrough. */
typedef enum {
    HD_NODE_DEVICE_PCI,        /* capability pci */
    HD_NODE_DEVICE_MDEV_TYPES, /* capability mdev_types: a virtual parent of mdevs */
    HD_NODE_DEVICE_MDEV,       /* capability mdev */
} HdNodeDeviceKind;

/** HdPciLink: one side of a PCI Express link. */
typedef struct {
    char *speed; /* (nullable): "2.5", in GT/s */
    guint width; /* 0: unknown */
} HdPciLink;

/**
 * HdNodeDevice:
 * A node device as libvirt describes it in XML. Only the fields of its kind are set.
 */
typedef struct {
    HdNodeDeviceKind kind;
    char *name;   /* "pci_0000_01_00_0" */
    char *path;   /* "/sys/devices/..."; (nullable): of a mere definition */
    char *parent; /* name of its parent's node device, "computer" at the root */
    char *driver; /* (nullable) */

    HdPciAddress address;             /* PCI */
    HdDeviceId id;                    /* PCI */
    char *vendor_name, *product_name; /* PCI: (nullable) */
    bool is_bridge;                   /* PCI: of header type 1 */
    bool is_vf;                       /* PCI */
    HdPciAddress pf;                  /* PCI: where is_vf */
    guint vf_total;                   /* PCI */
    GArray *vfs;                      /* PCI: of HdPciAddress */
    int numa_node;                    /* PCI: -1: none */
    bool is_express;                  /* PCI: of that kind, with a link or without one */
    HdPciLink link_max, link_now;     /* PCI: width 0 in both: no link */
    GArray *group_members;            /* PCI: of HdPciAddress */
    GPtrArray *types;                 /* PCI, MDEV_TYPES: of HdMdevType*; empty: no parent */
    int iommu_group;                  /* PCI, MDEV: -1: none */
    HdMdevSpec *mdev;                 /* MDEV */
} HdNodeDevice;

/** Returns: (transfer full): a node device of which only kind and name are known. */
HdNodeDevice *hd_node_device_new(HdNodeDeviceKind kind, const char *name);
void hd_node_device_free(HdNodeDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdNodeDevice, hd_node_device_free)

/**
 * Returns: (transfer full): libvirt's name of a node device: @subsystem, "_" and @sysname, every
 * other character than letters and digits replaced by "_" (nodeDeviceGenerateName()).
 */
char *hd_node_device_name(const char *subsystem, const char *sysname);

/** Returns: (transfer full): the name of the mdev @uuid below @parent (as in sys/class/mdev_bus).
 */
char *hd_node_device_mdev_name(const HdUuid *uuid, const char *parent);

/** Returns: (transfer full): the name of a parent of mdevs: "pci_0000_41_00_0", "mtty_mtty". */
char *hd_node_device_parent_name(const char *parent);

/**
 * hd_node_device_parse_mdev:
 * Reads the uuid from "mdev_<uuid>_<parent>", "mdev_<uuid>" (libvirt < 9) or a mere uuid.
 * Returns: whether @text is one of these; else @ret_uuid is untouched.
 */
bool hd_node_device_parse_mdev(const char *text, HdUuid *ret_uuid);

/**
 * Returns: (transfer full) (nullable): the parent that a node device's name or a PCI address means,
 * as sys/class/mdev_bus calls it; NULL when @text can't be one.
 */
char *hd_node_device_parse_parent(const char *text);

#endif
