/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ROM_FINDINGS_H
#define HD_ROM_FINDINGS_H

#include "hd-finding.h"
#include "hd-rom.h"

/** The remedy where the boot screen's card is the matter. */
#define HD_ROM_OTHER_CONSOLE                                                                       \
    "make another card the boot display in the firmware's setup and dump again, or check the "     \
    "file that the card's vendor offers"

/** HdRomCard: the card that a ROM is to be for, or that it was read from. */
typedef struct {
    const char *name; /* its address; NULL: none is known */
    guint16 vendor, device;
    bool is_vga;     /* a graphics card: its guest needs an image for its firmware */
    bool is_source;  /* the bytes are what the kernel shows of it */
    bool is_shadow;  /* ... which is the copy that the firmware ran */
    bool is_console; /* ... while it shows this host's boot screen */
} HdRomCard;

/**
 * hd_rom_findings:
 * @rom: of these @bytes
 *
 * Judges a ROM for a VM's `<rom file=...>`: is it one, is it whole, is it as the vendor made it, is
 * it for this card, and which guest firmware can run it. Pure.
 *
 * Returns: (transfer full) (element-type HdFinding): what there is to say.
 */
GPtrArray *hd_rom_findings(const HdRom *rom, const guint8 *bytes, const HdRomCard *card);

#endif
