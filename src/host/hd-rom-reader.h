/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ROM_READER_H
#define HD_ROM_READER_H

#include "hd-error.h"
#include "hd-pci-address.h"
#include "hd-port.h"

/** HdRomOutcome: how a reading ended. */
typedef enum {
    HD_ROM_READ,  /* here are its bytes */
    HD_ROM_NONE,  /* the function has no ROM */
    HD_ROM_EMPTY, /* it has room for one, but no image was to be seen there */
} HdRomOutcome;

/**
 * hd_rom_read:
 * @deadline_ms: how long the card may take
 * @ret_bytes: (transfer full): of %HD_ROM_READ: the images as the kernel shows them
 *
 * Reads a card's ROM by the attribute `rom` (Documentation/ABI/testing/sysfs-bus-pci), in a worker,
 * since some cards hang. The attribute is enabled for that, and disabled again by whoever is left
 * to do it: the worker outlives a killed command. One that was enabled before stays so. A function
 * without a driver that nobody has enabled is enabled (`enable`) for as long as it takes, if it
 * shows nothing otherwise.
 *
 * Returns: false on %HD_ERROR_STUCK (no end by the deadline; the worker cleans up) or
 * %HD_ERROR_KERNEL.
 */
bool hd_rom_read(HdPort *port, const HdPciAddress *address, guint deadline_ms,
                 HdRomOutcome *ret_outcome, GString **ret_bytes, GError **ret_error);

#endif
