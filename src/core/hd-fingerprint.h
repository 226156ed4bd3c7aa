/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FINGERPRINT_H
#define HD_FINGERPRINT_H

#include <glib.h>
#include <stdbool.h>

#include "hd-card.h"

/**
 * HdFingerprint:
 * How a device of a mapping looked when it was used first. Addresses change when a card is added or
 * moved; this tells.
 */
typedef struct {
    HdPciAddress address;
    HdDeviceId id;
    char *serial; /* (nullable) */
    char *mac;    /* (nullable) */
    char *path;   /* (nullable): HdDevice.port_path */
    int group;    /* its IOMMU group then; for people only, it may change at each boot */
} HdFingerprint;

/** Returns: (transfer full): the fingerprint of what @card describes. */
HdFingerprint *hd_fingerprint_new(const HdCard *card);
void hd_fingerprint_free(HdFingerprint *print);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdFingerprint, hd_fingerprint_free)

/** Returns: (transfer full): one line, without a newline. */
char *hd_fingerprint_format(const HdFingerprint *print);

/** Returns: (transfer full) (element-type HdFingerprint): all lines of @text that are one. */
GPtrArray *hd_fingerprints_parse(const char *text);

/** Returns: (transfer full): the lines of @prints. */
char *hd_fingerprints_format(const GPtrArray *prints);

/** Returns: (transfer none) (nullable): the fingerprint for @address. */
const HdFingerprint *hd_fingerprints_find(const GPtrArray *prints, const HdPciAddress *address);

/** Puts @print, (transfer full), in the place of one with the same address, or after the others. */
void hd_fingerprints_set(GPtrArray *prints, HdFingerprint *print);

/**
 * hd_fingerprint_compare:
 * @known: as it was, @now: as it is at the same address
 *
 * The serial number decides, else the MAC, else the slot; what isn't known on one side is passed
 * over.
 *
 * Returns: (transfer full) (nullable): NULL: the same card; else how it is told: "it has the MAC
 * ..., not ...".
 */
char *hd_fingerprint_compare(const HdFingerprint *known, const HdFingerprint *now);

/** Returns: whether @now, at whatever address, is the card @known, and that is certain. */
bool hd_fingerprint_is(const HdFingerprint *known, const HdFingerprint *now);

/** Returns: whether @now tells more than @known, which is the same card. */
bool hd_fingerprint_is_richer(const HdFingerprint *now, const HdFingerprint *known);

#endif
