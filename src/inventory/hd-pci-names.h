/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PCI_NAMES_H
#define HD_PCI_NAMES_H

#include <stdbool.h>

#include "hd-device.h"
#include "hd-error.h"

/** HdPciNames: libpci's names, and nothing else of it. */
typedef struct HdPciNames HdPciNames;

/** Returns: (transfer full): the names of pci.ids, loaded at first use. */
HdPciNames *hd_pci_names_new(void);
/**
 * @sysroot: (nullable): folder of a captured machine, whose own pci.ids is taken if it has one
 *
 * Returns: (transfer full): the names of pci.ids, loaded at first use.
 */
HdPciNames *hd_pci_names_new_for(const char *sysroot);
void hd_pci_names_free(HdPciNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPciNames, hd_pci_names_free)

/** Returns: (transfer full): vendor and device by name, as lspci writes them. */
char *hd_pci_names_device(HdPciNames *names, const HdDeviceId *id);

/**
 * Returns: (transfer full): the same for narrow places: of the vendor only what people call it,
 * "AMD", "Intel", "Red Hat".
 */
char *hd_pci_names_short(HdPciNames *names, const HdDeviceId *id);

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

#endif
