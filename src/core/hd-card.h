/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CARD_H
#define HD_CARD_H

#include <glib.h>

#include "hd-device.h"

/**
 * HdCard:
 * What one function can be known by when addresses have changed. What only its host's driver tells
 * is missing while it is on another one.
 */
typedef struct {
    const HdDevice *device; /* borrowed */
    char *interface;        /* (nullable): its network interface */
    char *mac;              /* (nullable): of that; not of VFs, whose MAC is anybody's choice */
    char *port;             /* (nullable): what a NIC calls its port: "p0" */
    char *serial;           /* (nullable): of an NVMe controller */
} HdCard;

void hd_card_free(HdCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdCard, hd_card_free)

#endif
