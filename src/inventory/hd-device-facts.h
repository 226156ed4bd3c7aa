/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DEVICE_FACTS_H
#define HD_DEVICE_FACTS_H

#include "hd-device.h"
#include "hd-module-aliases.h"
#include "hd-node-device.h"
#include "hd-port.h"

/** Sizes of a resizable BAR: 1 MiB to 8 EiB less a bit, more can't be (PCIe 6, 7.8.6). */
#define HD_BAR_SIZE_BITS 43

/** HdBar: one memory or port range of a function. */
typedef struct {
    guint number; /* 0 to 5; 6: expansion ROM */
    guint64 start, size;
    bool is_io, is_64bit, is_prefetchable;
    bool is_shadow; /* a ROM: what is read is the copy at 0xC0000 that the firmware ran */
    guint64 sizes;  /* resizable BAR: bit n: 2^n MiB can be had; 0: fixed */
} HdBar;

/**
 * HdDeviceFacts:
 * What a person asks about one function that no decision rests on. All texts are as the kernel
 * has them, NULL where it has none.
 */
typedef struct {
    int revision;         /* -1: unknown */
    GArray *bars;         /* of HdBar, those that are there */
    char *reset_methods;  /* "flr bus": in the order they are tried; NULL: unknown, or no reset */
    bool has_reset;       /* the kernel can reset it */
    char *power_state;    /* "D0" */
    char *runtime_status; /* "active", "suspended" */
    char *power_control;  /* "on", "auto" */
    char *d3cold_allowed; /* "0", "1" */
    char *boot_vga;       /* "1": the firmware's console is on it */
    char *local_cpus;     /* "0-15,32-47" */
    char *removable;      /* "removable", "fixed", "unknown" */
    HdPciLink link_now, link_max; /* width 0: no link */
    GPtrArray *modules;           /* of char*: modules that know the function, by name */
    GPtrArray *nodes;             /* of char*: what it is to the host: "net/eth0", "drm/card0" */
} HdDeviceFacts;

/** Returns: (transfer full): what sysfs (Documentation/ABI/testing/sysfs-bus-pci) and
 * modules.alias say of @device; what can't be read is left out. */
HdDeviceFacts *hd_device_facts_read(HdPort *port, const HdDevice *device);

/** The same for who reads many: @aliases are those of the running kernel, read once. */
HdDeviceFacts *hd_device_facts_read_with(HdPort *port, const HdDevice *device,
                                         const HdModuleAliases *aliases);
void hd_device_facts_free(HdDeviceFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdDeviceFacts, hd_device_facts_free)

/** Adds the ranges of @text, the content of sysfs's "resource", to @bars (element-type HdBar). */
void hd_device_facts_parse_resource(const char *text, GArray *bars);

/** Returns: (transfer full): a size for people, "256 MiB". */
char *hd_bar_size_text(guint64 bytes);

#endif
