/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CARD_PROBE_H
#define HD_CARD_PROBE_H

#include "hd-card.h"
#include "hd-port.h"

/** Returns: (transfer full): what @device is known by; it must outlive the card. */
HdCard *hd_card_probe(HdPort *port, const HdDevice *device);

#endif
