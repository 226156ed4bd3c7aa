/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PCI_FILTER_H
#define HD_PCI_FILTER_H

#include <stdbool.h>

#include "hd-device.h"
#include "hd-error.h"

/**
 * HdPciFilter:
 * Which functions are asked for: by ids, by address, by name. Of several filters of one kind one
 * has to fit, of the kinds all, as in OpenNebula's pci.conf.
 */
typedef struct HdPciFilter HdPciFilter;

/** Returns: (transfer full): a filter that lets all pass. */
HdPciFilter *hd_pci_filter_new(void);
void hd_pci_filter_free(HdPciFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPciFilter, hd_pci_filter_free)

/**
 * hd_pci_filter_add_ids:
 * @text: filters of lspci -d, with commas between: VENDOR:DEVICE[:CLASS[:PROG-IF]]
 *
 * Returns: false on %HD_ERROR_USAGE, in libpci's words.
 */
bool hd_pci_filter_add_ids(HdPciFilter *filter, const char *text, GError **ret_error);

/** The same with filters of lspci -s: [[[[DOMAIN]:]BUS]:][SLOT][.[FUNCTION]]. */
bool hd_pci_filter_add_slots(HdPciFilter *filter, const char *text, GError **ret_error);

/** The same with one regular expression (PCRE), found anywhere in a name in either case. */
bool hd_pci_filter_add_name(HdPciFilter *filter, const char *regex, GError **ret_error);

/** @name: (nullable): of vendor and device. Returns: whether @device is asked for. */
bool hd_pci_filter_passes(const HdPciFilter *filter, const HdDevice *device, const char *name);

#endif
