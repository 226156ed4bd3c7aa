/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ROM_H
#define HD_ROM_H

#include <glib.h>
#include <stdbool.h>

/** What an image of a ROM is for (PCI Firmware Specification 3.3, table 5-2). */
#define HD_ROM_CODE_X86           0
#define HD_ROM_CODE_OPEN_FIRMWARE 1
#define HD_ROM_CODE_HP            2
#define HD_ROM_CODE_EFI           3

/** EFI machine types (UEFI 2.10, 2.1.1). */
#define HD_ROM_MACHINE_X64   0x8664
#define HD_ROM_MACHINE_ARM64 0xaa64

/** HdRomEnd: why the chain of images ends where it does. */
typedef enum {
    HD_ROM_END_LAST,         /* an image says that it is the last one: as it should be */
    HD_ROM_END_BYTES,        /* no image says so, and no further one follows */
    HD_ROM_END_NO_SIGNATURE, /* nothing begins with 55 AA */
    HD_ROM_END_NO_STRUCTURE, /* 55 AA, but no PCI data structure where the header says */
    HD_ROM_END_NO_LENGTH,    /* an image of length 0, or shorter than its own structure */
    HD_ROM_END_TRUNCATED,    /* an image is longer than what there is */
} HdRomEnd;

/** HdRomImage: one image of the chain; plain value. */
typedef struct {
    gsize offset;           /* of its 55 AA, from the first byte that was given */
    gsize length;           /* bytes, as it says; more may be missing than is there */
    guint8 code_type;       /* HD_ROM_CODE_*, or any other number */
    guint8 revision;        /* of its PCI data structure: 0, or 3 since PCI Firmware 3.0 */
    guint16 vendor, device; /* whom it is for */
    gsize other_ids;        /* where its list of further device ids begins; 0: there is none */
    guint other_id_count;
    guint32 class_code; /* 24 bits */
    gsize max_run_time; /* bytes it may need once it runs; 0: it doesn't say */
    bool is_last;
    bool has_checksum; /* an x86 one that is there whole: its bytes have to add up to 0 */
    bool is_sum_right;
    bool is_efi; /* code type and header agree; the next three are only then set */
    guint16 subsystem, machine;
    guint16 compression; /* 0: none, 1: UEFI's */
} HdRomImage;

/** HdRom: what the bytes of an expansion ROM hold. */
typedef struct {
    gsize size;       /* bytes that were given */
    gsize start;      /* where the first image begins: a vendor's own header may be before it */
    bool is_nvgi;     /* NVIDIA's header is at 0 ("NVGI"), as their own tools write it to files */
    gsize images_end; /* where the chain ends; a vendor's own data may follow */
    HdRomEnd end;
    GArray *images; /* of HdRomImage */
} HdRom;

/**
 * hd_rom_parse:
 * @bytes: any @size bytes: a file's, or a card's; nothing in them is trusted
 *
 * Format: PCI Firmware Specification 3.3, chapter 5.
 *
 * Returns: (transfer full): what is there; `end` says whether that is a ROM at all.
 */
HdRom *hd_rom_parse(const guint8 *bytes, gsize size);
void hd_rom_free(HdRom *rom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdRom, hd_rom_free)

/** Returns: whether @image, found in these very @bytes, is for card @vendor:@device. */
bool hd_rom_image_is_for(const HdRomImage *image, const guint8 *bytes, gsize size, guint16 vendor,
                         guint16 device);

/** Returns: "x86 BIOS", "EFI", ...; "type 0xNN" for others. (transfer full) */
char *hd_rom_code_name(guint8 code_type);

/** Returns: "x64", "AArch64", ...; "machine 0xNNNN" for others. (transfer full) */
char *hd_rom_machine_name(guint16 machine);

/** Returns: whether the EFI image is a driver (boot service or runtime), as firmware loads it. */
bool hd_rom_image_is_driver(const HdRomImage *image);

#endif
