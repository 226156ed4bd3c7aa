/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ROM_BUILDER_H
#define HD_ROM_BUILDER_H

#include <glib.h>
#include <stdbool.h>

/** HdRomPlan: one image to be built. */
typedef struct {
    guint8 code_type, revision;
    guint16 vendor, device;
    guint units; /* of 512 bytes */
    bool is_last;
    guint16 machine;         /* of code type 3; 0: no EFI header */
    guint16 max_run_time;    /* units, of revision 3 */
    const guint16 *more_ids; /* (nullable): ends with 0, of revision 3 */
} HdRomPlan;

/** Appends the image to @rom, with a right checksum if it is of type 0. */
void hd_rom_build(GByteArray *rom, const HdRomPlan *plan);

/** Returns: (transfer full): what most cards have: a BIOS and an EFI image for 10de:1b80. */
GByteArray *hd_rom_build_usual(void);

#endif
