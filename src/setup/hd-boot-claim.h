/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_BOOT_CLAIM_H
#define HD_BOOT_CLAIM_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"
#include "hd-pci-address.h"

/** Where the claims are, below the root. The boot script (install/boot-claim) reads it, too. */
#define HD_BOOT_CLAIMS_FILE "etc/hostdevctl/boot-claims"

/**
 * HdBootClaim:
 * A function that gets its driver_override before the host's own driver can have it: one line
 * "ADDRESS VENDOR:DEVICE DRIVER" of /etc/hostdevctl/boot-claims. By address, so that one of two
 * equal cards is taken; with its ids, so that another card that has come to that address is not.
 */
typedef struct {
    HdPciAddress address;
    guint16 vendor, device;
    char *driver;
} HdBootClaim;

/**
 * hd_boot_claims_parse:
 * @text: the file; empty lines and # comments are fine
 * @ret_claims: (transfer full) (element-type HdBootClaim)
 *
 * Returns: false on %HD_ERROR_CONFIG, with the line.
 */
bool hd_boot_claims_parse(const char *text, GPtrArray **ret_claims, GError **ret_error);

/** Adds a claim, or changes the one of that address. @driver is copied. */
void hd_boot_claims_put(GPtrArray *claims, const HdPciAddress *address, guint16 vendor,
                        guint16 device, const char *driver);

/** Removes the claim of @address. Returns: whether there was one. */
bool hd_boot_claims_drop(GPtrArray *claims, const HdPciAddress *address);

/** Returns: (transfer none) (nullable): the claim of @address. */
const HdBootClaim *hd_boot_claims_find(const GPtrArray *claims, const HdPciAddress *address);

/** Returns: (transfer full): the file. */
char *hd_boot_claims_format(const GPtrArray *claims);

#endif
