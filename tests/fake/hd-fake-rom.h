/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_ROM_H
#define HD_FAKE_ROM_H

#include "hd-fake.h"

/** HdFakeRoms: the functions of a fake that have a ROM. */
typedef struct HdFakeRoms HdFakeRoms;

/** How a fake's ROM behaves. */
typedef enum {
    HD_FAKE_ROM_READY,  /* it shows its bytes once the attribute is enabled */
    HD_FAKE_ROM_ASLEEP, /* ... and the function is (`enable`), which has no driver */
    HD_FAKE_ROM_HANGS,  /* whoever reads it never returns */
} HdFakeRomKind;

HdFakeRoms *hd_fake_roms_new(void);
void hd_fake_roms_free(HdFakeRoms *roms);

/** Gives the function @address a ROM of these bytes; none: nothing is to be seen there. */
void hd_fake_set_rom(HdFake *fake, const char *address, HdFakeRomKind kind, const guint8 *bytes,
                     gsize size);

/** Returns: whether the attribute `rom` of @address is enabled. */
bool hd_fake_rom_is_enabled(HdFake *fake, const char *address);

/**
 * Reads @path, links followed, as the kernel's pci_read_rom() does.
 * Returns: whether it is a ROM at all; *ret_error and *ret_bytes are only then set.
 */
bool hd_fake_rom_load(HdFake *fake, const char *path, GString **ret_bytes, int *ret_error);

/** Writes to it, or to `enable`: pci_write_rom(), enable_store(). Returns: as hd_fake_rom_load().
 */
bool hd_fake_rom_store(HdFake *fake, const char *path, const char *text, int *ret_error);

#endif
