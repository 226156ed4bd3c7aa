/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PCI_NAMES_H
#define HD_PCI_NAMES_H

#include <stdbool.h>

#include "hd-device.h"
#include "hd-error.h"

/** HdPciNames: libpci's names and filters, and nothing else of it. */
typedef struct HdPciNames HdPciNames;

/** Returns: (transfer full): the names of pci.ids, loaded at first use. */
HdPciNames *hd_pci_names_new(void);
void hd_pci_names_free(HdPciNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPciNames, hd_pci_names_free)

/** Returns: (transfer full): vendor and device by name, as lspci writes them. */
char *hd_pci_names_device(HdPciNames *names, const HdDeviceId *id);

/** Returns: (transfer full) (nullable): vendor, or product, alone; NULL when pci.ids has none. */
char *hd_pci_names_vendor(HdPciNames *names, const HdDeviceId *id);
char *hd_pci_names_product(HdPciNames *names, const HdDeviceId *id);

/** Returns: (transfer full): the class by name: "Ethernet controller". */
char *hd_pci_names_class(HdPciNames *names, const HdDeviceId *id);

/** What a part of a device's id is called. */
typedef enum {
    HD_PCI_NAMES_VENDOR,
    HD_PCI_NAMES_PRODUCT,
    HD_PCI_NAMES_CLASS,
} HdPciNamesPart;

/**
 * Returns: (transfer full): the name that lspci -nn prints before " [1234]"; what pci.ids lacks is
 * "Vendor", "Device" or "Class" there.
 */
char *hd_pci_names_shown(HdPciNames *names, HdPciNamesPart part, const HdDeviceId *id);

/** HdPciFilter: a filter of lspci -d: VENDOR:DEVICE[:CLASS[:PROG-IF]]. */
typedef struct HdPciFilter HdPciFilter;

/**
 * hd_pci_filter_new:
 * @text: the filter; empty parts and "*" are any
 *
 * Returns: (transfer full) (nullable): NULL on %HD_ERROR_USAGE, in libpci's words.
 */
HdPciFilter *hd_pci_filter_new(const char *text, GError **ret_error);
void hd_pci_filter_free(HdPciFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPciFilter, hd_pci_filter_free)

/** Returns: whether a device with vendor, device and class of @id passes @filter. */
bool hd_pci_filter_has(HdPciFilter *filter, const HdDeviceId *id);

/**
 * hd_pci_names_matches:
 * @ids: (nullable): filter of lspci -d: VENDOR:DEVICE:CLASS
 * @slot: (nullable): filter of lspci -s
 * @ret_matches: whether @device passes both
 *
 * Returns: false on %HD_ERROR_USAGE when a filter is malformed, in libpci's words.
 */
bool hd_pci_names_matches(HdPciNames *names, const char *ids, const char *slot,
                          const HdDevice *device, bool *ret_matches, GError **ret_error);

#endif
