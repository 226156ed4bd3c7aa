/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_ROM_H
#define HD_CMD_ROM_H

#include "hd-cmd.h"
#include "hd-rom-findings.h"

/** HdRomSource: bytes of a ROM, where they come from, and the card that they are for. */
typedef struct {
    GString *bytes;
    char *file;    /* (nullable): as it was given */
    char *address; /* (nullable): of the card; card.name is this */
    HdRomCard card;
} HdRomSource;

void hd_rom_source_clear(HdRomSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdRomSource, hd_rom_source_clear)

/** Fills source->card and ->address with what the host says of @address. @is_source: it is to be
 * read. */
bool hd_rom_source_set_card(HdCmd *cmd, HdState *state, const HdPciAddress *address, bool is_source,
                            HdRomSource *source, GError **ret_error);

/** Reads source->bytes from the card. Refused while a VM has it; said on stderr if the host has. */
bool hd_rom_source_read_card(HdCmd *cmd, HdState *state, const HdPciAddress *address,
                             HdRomSource *source, GError **ret_error);

/** Prints what is in the ROM, as JSON. */
void hd_rom_print_json(const HdRomSource *source, const HdRom *rom, const GPtrArray *findings);

#endif
