/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_H
#define HD_MDEV_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"
#include "hd-uuid.h"

/** HdMdevAttribute: one file below the mdev's folder and what is written to it. */
typedef struct {
    char *name;  /* relative path: "power/control" */
    char *value; /* one line */
} HdMdevAttribute;

/**
 * HdMdevSpec:
 * What one mediated device is to be: as a VM's metadata, mdevctl's definition or
 * node-device XML say it.
 */
typedef struct {
    HdUuid uuid;           /* empty: to be chosen */
    char *type;            /* folder in mdev_supported_types; as a wish also the type's name */
    char *parent;          /* (nullable): name in sys/class/mdev_bus, e.g. "0000:41:00.0" */
    bool is_auto;          /* mdevctl's start=auto: made at boot */
    GPtrArray *attributes; /* of HdMdevAttribute*, in the order they are written */
} HdMdevSpec;

/** HdMdevPlace: where an mdev may be made: a parent, and what the type is called there. */
typedef struct {
    char *parent;
    char *type;
} HdMdevPlace;

/** Returns: (transfer full): a specification without attributes; the strings are copied. */
HdMdevSpec *hd_mdev_spec_new(const HdUuid *uuid, const char *type, const char *parent);
void hd_mdev_spec_free(HdMdevSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMdevSpec, hd_mdev_spec_free)

/** Returns: (transfer full) (element-type HdMdevAttribute): an empty list that owns its items. */
GPtrArray *hd_mdev_attributes_new(void);
/** Returns: (transfer full): a copy of the list. */
GPtrArray *hd_mdev_attributes_copy(const GPtrArray *attributes);

/**
 * hd_mdev_attributes_add:
 * @name: a relative path of plain names without "..": it is below the mdev's folder
 * @value: one printable line of at most 4095 bytes; may not be empty
 *
 * Returns: false, and nothing changed, when either is unfit. An attribute that doesn't belong to a
 * person ("remove") is unfit too.
 */
bool hd_mdev_attributes_add(GPtrArray *attributes, const char *name, const char *value);

/** Returns: (transfer full) (element-type HdMdevPlace): an empty list that owns its items. */
GPtrArray *hd_mdev_places_new(void);
/** Appends a place; the strings are copied. */
void hd_mdev_places_add(GPtrArray *places, const char *parent, const char *type);
/** Returns: (transfer full): a copy of the list. */
GPtrArray *hd_mdev_places_copy(const GPtrArray *places);
/** Returns: whether @parent with @type is one of @places. */
bool hd_mdev_places_has(const GPtrArray *places, const char *parent, const char *type);
/** Returns: whether @parent, with any type, is one of @places. */
bool hd_mdev_places_have_parent(const GPtrArray *places, const char *parent);

/** Returns: whether @text may be a type's, by folder or by a name for people: printable, short. */
bool hd_mdev_is_type_name(const char *text);

/** Returns: whether @name is what sys/class/mdev_bus may hold: a PCI address or a plain name. */
bool hd_mdev_is_parent_name(const char *name);

/**
 * hd_mdev_parent_parse:
 * @text: a PCI address, a node device's name (pci_0000_41_00_0) or a parent's own name (mtty)
 *
 * Returns: (transfer full) (nullable): the parent's name as sys/class/mdev_bus has it; NULL when
 * @text can't be one.
 */
char *hd_mdev_parent_parse(const char *text);

/**
 * HdMdevType: what a parent offers, read at one moment.
 */
typedef struct {
    char *id;          /* folder's name: "nvidia-36" */
    char *name;        /* (nullable): "GRID V100-1Q" */
    char *description; /* (nullable) */
    char *device_api;  /* "vfio-pci" */
    guint available;   /* instances that can still be made */
} HdMdevType;

/** HdMdevParent: a device that mdevs can be made of. */
typedef struct {
    char *name;
    int numa_node;    /* -1: none */
    GPtrArray *types; /* of HdMdevType* */
} HdMdevParent;

/** HdMdev: an mdev that exists. */
typedef struct {
    HdUuid uuid;
    char *parent;
    char *type;
    char *device_api;                  /* (nullable) */
    int iommu_group;                   /* -1: none */
    HdNodeState group_node, cdev_node; /* probed where QEMU's owner of nodes is ours to set */
} HdMdev;

/** Returns: (transfer full): a parent without types. */
HdMdevParent *hd_mdev_parent_new(const char *name, int numa_node);
void hd_mdev_parent_free(HdMdevParent *parent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMdevParent, hd_mdev_parent_free)
void hd_mdev_type_free(HdMdevType *type);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMdevType, hd_mdev_type_free)
void hd_mdev_free(HdMdev *mdev);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMdev, hd_mdev_free)

/** Returns: (transfer none) (nullable): the type with that id or, if none has it, that name. */
const HdMdevType *hd_mdev_parent_find_type(const HdMdevParent *parent, const char *id_or_name);

#endif
