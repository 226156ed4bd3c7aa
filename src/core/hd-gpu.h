/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_GPU_H
#define HD_GPU_H

#include "hd-device.h"

/** Returns: whether @id is a display controller's (PCI class 03). */
bool hd_gpu_is_display(const HdDeviceId *id);

/** Returns: what a function of a card is, for a person: "graphics", "audio", "USB", "serial bus",
 * or "a function of another kind". */
const char *hd_gpu_function_name(const HdDeviceId *id);

/** HdGpuDriver: what a driver of graphics cards has besides the card's own nodes. */
typedef struct {
    const char *driver;
    const char *const *dependants; /* modules that keep its cards in use, in the order in which they
                                      are to be unloaded; NULL-terminated */
    const char *const *nodes;      /* nodes below /dev that all its cards share; NULL-terminated */
} HdGpuDriver;

/** Returns: (transfer none) (nullable): what is known about @driver, which may be NULL. */
const HdGpuDriver *hd_gpu_find_driver(const char *driver);

/** Returns: whether @module is a dependant of any driver. */
bool hd_gpu_is_dependant(const char *module);

/** HdGpuQuirk: cards that are known not to come back from a VM as they were. */
typedef struct {
    guint16 vendor;
    guint16 first, last; /* device ids, both included */
    const char *family;  /* "AMD Navi 10, 12, 14" */
    const char *problem; /* what happens, after the address: "often does not reset ..." */
    const char *remedy;
    const char *cure; /* (nullable): reset method that, where it is there, makes all well */
} HdGpuQuirk;

/** Returns: (transfer none) (nullable): what is known about the card @id. */
const HdGpuQuirk *hd_gpu_find_quirk(const HdDeviceId *id);

/** Returns: whether @reset_method, which may be NULL, has what cures @quirk. */
bool hd_gpu_is_cured(const HdGpuQuirk *quirk, const char *reset_method);

/**
 * hd_gpu_reset_warning:
 * @reset_method: (nullable): what its reset_method says; "": it has none; NULL: not known
 *
 * Returns: (transfer full) (nullable): a sentence about how the card may fail to be reset, without
 * its address: "has no way of being reset ...; remedy"; NULL: nothing is known against it.
 */
char *hd_gpu_reset_warning(const HdDeviceId *id, const char *reset_method);

#endif
