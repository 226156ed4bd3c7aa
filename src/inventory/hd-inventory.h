/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_INVENTORY_H
#define HD_INVENTORY_H

#include "hd-host.h"
#include "hd-pci-names.h"
#include "hd-state.h"
#include "hd-vm-users.h"

/**
 * HdInventory:
 * All PCI functions of a host at one moment, what they are called, who has them, and whether a VM
 * could get them.
 */
typedef struct HdInventory HdInventory;

/**
 * hd_inventory_read:
 * @names: (transfer full): what devices are called
 * @request: (nullable): only the functions that it names, with their IOMMU groups; NULL: all
 * @with_holders: whether to look for what on this host uses each device; without it verdicts
 *   don't know of that
 * @ret_inventory: (transfer full); @port and @state must outlive it
 *
 * Changes nothing. Returns: false on %HD_ERROR_KERNEL or %HD_ERROR_STATE.
 */
bool hd_inventory_read(HdPort *port, HdState *state, HdPciNames *names, const HdRequest *request,
                       bool with_holders, HdInventory **ret_inventory, GError **ret_error);
void hd_inventory_free(HdInventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdInventory, hd_inventory_free)

/** Returns: (transfer none) (element-type HdDevice): all functions, by address. */
GPtrArray *hd_inventory_devices(const HdInventory *inventory);

/** Returns: (transfer none): the snapshot behind it. */
const HdHost *hd_inventory_host(const HdInventory *inventory);

/** Returns: (transfer none): which VM has which device. */
const HdVmUsers *hd_inventory_users(const HdInventory *inventory);

/** Returns: (transfer none): names of pci.ids, loaded at first use. */
HdPciNames *hd_inventory_names(const HdInventory *inventory);

/**
 * Returns: (transfer full) (nullable): the VMs that have @device or one of its mdevs, with ", "
 * between; NULL: none has.
 */
char *hd_inventory_vms(const HdInventory *inventory, const HdDevice *device);

/** HdVerdict: whether a VM could get a function now; the first reason if not. */
typedef struct {
    bool is_free;
    const char *rule; /* (nullable): a heading of docs/errors.md: "held", "storage", ... */
    char *reason;     /* (nullable): "is in use by this host: ..." */
    char *remedy;     /* (nullable) */
} HdVerdict;

/** Clears the strings of a verdict. */
void hd_verdict_clear(HdVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdVerdict, hd_verdict_clear)

/** Asks the planner, as a VM with @device alone would. Returns: (transfer full): what it says. */
HdVerdict hd_inventory_verdict(const HdInventory *inventory, const HdDevice *device);

#endif
