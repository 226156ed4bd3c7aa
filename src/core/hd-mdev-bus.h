/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_BUS_H
#define HD_MDEV_BUS_H

#include "hd-mdev.h"

/**
 * HdMdevBus:
 * The host's mediated devices at one moment, as far as a decision needs them: parents with
 * their types, mdevs that exist, and what mdevctl has on file for the wanted ones.
 */
typedef struct {
    GPtrArray *parents;     /* of HdMdevParent*, by name */
    GPtrArray *mdevs;       /* of HdMdev*: all that exist */
    GPtrArray *definitions; /* of HdMdevSpec*: mdevctl's, of the wanted mdevs */
} HdMdevBus;

/** Returns: (transfer full): a bus without anything. */
HdMdevBus *hd_mdev_bus_new(void);
void hd_mdev_bus_free(HdMdevBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdMdevBus, hd_mdev_bus_free)

/** Returns: (transfer none) (nullable): the mdev with that uuid. */
const HdMdev *hd_mdev_bus_find(const HdMdevBus *bus, const HdUuid *uuid);

/** Returns: (transfer none) (nullable): the parent of that name. */
const HdMdevParent *hd_mdev_bus_find_parent(const HdMdevBus *bus, const char *name);

/**
 * hd_mdev_bus_find_definition:
 * @parent: (nullable): only one below this parent
 * @ret_count: how many fit; mdevctl may have the same uuid below several parents
 *
 * Returns: (transfer none) (nullable): the first definition of @uuid.
 */
const HdMdevSpec *hd_mdev_bus_find_definition(const HdMdevBus *bus, const HdUuid *uuid,
                                              const char *parent, guint *ret_count);

/**
 * Returns: (transfer full): the types that exist, for a person: "nvidia-36 (GRID V100-1Q), ..."; of
 * @parent alone if it isn't NULL; "none" when there are none.
 */
char *hd_mdev_bus_describe_types(const HdMdevBus *bus, const char *parent);

#endif
