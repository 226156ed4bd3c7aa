/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Expansion ROMs: the chain of images in a card's ROM or in a file that somebody says is
 * one. A bad file given to a VM shows as a black screen and nothing else, so that all that
 * can be known of it beforehand is read here.
 */
#include "hd-rom.h"

#include <string.h>

/* Lengths are counted in these. */
#define UNIT 512

/* The header: 55 AA, then what depends on the code; all have the pointer. */
#define HEADER_SIZE        0x1a
#define HEADER_BIOS_LENGTH 0x02
#define HEADER_EFI_MARK    0x04
#define HEADER_SUBSYSTEM   0x08
#define HEADER_MACHINE     0x0a
#define HEADER_COMPRESSION 0x0c
#define HEADER_POINTER     0x18

/* The PCI data structure: 0x18 bytes, 0x1c since revision 3. */
#define PCIR_SIZE      0x18
#define PCIR_VENDOR    0x04
#define PCIR_DEVICE    0x06
#define PCIR_IDS       0x08
#define PCIR_REVISION  0x0c
#define PCIR_CLASS     0x0d
#define PCIR_LENGTH    0x10
#define PCIR_CODE      0x14
#define PCIR_INDICATOR 0x15
#define PCIR_RUN_TIME  0x16
#define LAST_IMAGE     0x80

/* Revision 3 made the pointer to vital product data one to a list of devices. */
#define REVISION_WITH_IDS 3

#define EFI_MARK         0x0ef1
#define EFI_BOOT_DRIVER  11
#define EFI_RUN_DRIVER   12
#define NVGI             "NVGI"
#define MACHINE_IA32     0x014c
#define MACHINE_ITANIUM  0x0200
#define MACHINE_EBC      0x0ebc
#define MACHINE_RISCV64  0x5064
#define MACHINE_LOONGARC 0x6264

/* A part of the bytes; all reads are asked for first. */
typedef struct {
    const guint8 *bytes;
    gsize size;
} Span;

static bool
has(const Span *span, gsize offset, gsize length)
{
    return offset <= span->size && length <= span->size - offset;
}

static guint16
get16(const Span *span, gsize offset)
{
    return (guint16)(span->bytes[offset] | span->bytes[offset + 1] << 8);
}

static bool
is_signature(const Span *span, gsize offset)
{
    return has(span, offset, 2) && span->bytes[offset] == 0x55 && span->bytes[offset + 1] == 0xaa;
}

/* Where the PCI data structure of the image at @offset is. 0: nowhere. */
static gsize
find_structure(const Span *span, gsize offset)
{
    if (!is_signature(span, offset) || !has(span, offset, HEADER_SIZE))
        return 0;
    const gsize place = offset + get16(span, offset + HEADER_POINTER);
    return place >= offset + HEADER_SIZE && has(span, place, PCIR_SIZE) &&
                   memcmp(span->bytes + place, "PCIR", 4) == 0
               ? place
               : 0;
}

/* A vendor's tool may put a header of its own before the first image. 55 AA alone is anywhere in
   code, with a structure behind it nowhere. */
static gsize
find_start(const Span *span)
{
    if (is_signature(span, 0))
        return 0;
    for (gsize offset = 1; has(span, offset, HEADER_SIZE + PCIR_SIZE); offset++) {
        if (find_structure(span, offset) != 0)
            return offset;
    }
    return span->size;
}

/* The list is of 16 bit each and ends with 0. It belongs to the image, and is not looked for
   behind it. */
static void
read_ids(const Span *span, gsize place, HdRomImage *image)
{
    const gsize list = place + get16(span, place + PCIR_IDS);
    const Span own = {span->bytes, MIN(span->size, image->offset + image->length)};
    guint count = 0;
    if (image->revision < REVISION_WITH_IDS || list == place)
        return;
    while (has(&own, list + (gsize)count * 2, 2) && get16(&own, list + (gsize)count * 2) != 0)
        count++;
    image->other_ids = count > 0 ? list : 0;
    image->other_id_count = count;
}

static void
read_efi(const Span *span, HdRomImage *image)
{
    const gsize offset = image->offset;
    image->is_efi = image->code_type == HD_ROM_CODE_EFI &&
                    get16(span, offset + HEADER_EFI_MARK) == EFI_MARK &&
                    get16(span, offset + HEADER_EFI_MARK + 2) == 0;
    if (!image->is_efi)
        return;
    image->subsystem = get16(span, offset + HEADER_SUBSYSTEM);
    image->machine = get16(span, offset + HEADER_MACHINE);
    image->compression = get16(span, offset + HEADER_COMPRESSION);
}

/* What a BIOS adds up is as long as the header says, which may be less than the image. */
static void
read_checksum(const Span *span, HdRomImage *image)
{
    gsize length = (gsize)span->bytes[image->offset + HEADER_BIOS_LENGTH] * UNIT;
    guint8 sum = 0;
    if (length == 0 || length > image->length)
        length = image->length;
    image->has_checksum =
        image->code_type == HD_ROM_CODE_X86 && has(span, image->offset, image->length);
    if (!image->has_checksum)
        return;
    for (gsize i = 0; i < length; i++)
        sum = (guint8)(sum + span->bytes[image->offset + i]);
    image->is_sum_right = sum == 0;
}

static HdRomImage
read_image(const Span *span, gsize offset, gsize place)
{
    const guint8 *structure = span->bytes + place;
    HdRomImage image = {
        .offset = offset,
        .length = (gsize)get16(span, place + PCIR_LENGTH) * UNIT,
        .code_type = structure[PCIR_CODE],
        .revision = structure[PCIR_REVISION],
        .vendor = get16(span, place + PCIR_VENDOR),
        .device = get16(span, place + PCIR_DEVICE),
        .class_code = (guint32)structure[PCIR_CLASS] | (guint32)structure[PCIR_CLASS + 1] << 8 |
                      (guint32)structure[PCIR_CLASS + 2] << 16,
        .is_last = (structure[PCIR_INDICATOR] & LAST_IMAGE) != 0,
    };
    if (image.revision >= REVISION_WITH_IDS && has(span, place + PCIR_RUN_TIME, 2))
        image.max_run_time = (gsize)get16(span, place + PCIR_RUN_TIME) * UNIT;
    read_ids(span, place, &image);
    read_efi(span, &image);
    read_checksum(span, &image);
    return image;
}

/* Reads the image at @offset. Returns: whether the chain goes on behind it; else rom->end says why
   not. */
static bool
take_image(const Span *span, gsize offset, HdRom *rom)
{
    const gsize place = find_structure(span, offset);
    rom->images_end = MIN(offset, span->size);
    if (!is_signature(span, offset)) {
        rom->end = rom->images->len > 0 ? HD_ROM_END_BYTES : HD_ROM_END_NO_SIGNATURE;
        return false;
    }
    if (place == 0) {
        rom->end = HD_ROM_END_NO_STRUCTURE;
        return false;
    }
    const HdRomImage image = read_image(span, offset, place);
    if (image.length < place - offset + PCIR_SIZE) {
        rom->end = HD_ROM_END_NO_LENGTH;
        return false;
    }
    g_array_append_val(rom->images, image);
    rom->images_end = has(span, offset, image.length) ? offset + image.length : span->size;
    if (!has(span, offset, image.length))
        rom->end = HD_ROM_END_TRUNCATED;
    else if (image.is_last)
        rom->end = HD_ROM_END_LAST;
    else
        return true;
    return false;
}

HdRom *
hd_rom_parse(const guint8 *bytes, gsize size)
{
    const Span span = {bytes, size};
    HdRom *rom = g_new0(HdRom, 1);
    rom->size = size;
    rom->is_nvgi = size >= strlen(NVGI) && memcmp(bytes, NVGI, strlen(NVGI)) == 0;
    rom->images = g_array_new(FALSE, FALSE, sizeof(HdRomImage));
    rom->start = find_start(&span);
    gsize offset = rom->start;
    /* Each image is at least as long as its structure: this ends. */
    while (take_image(&span, offset, rom))
        offset = rom->images_end;
    return rom;
}

void
hd_rom_free(HdRom *rom)
{
    if (rom == NULL)
        return;
    g_array_unref(rom->images);
    g_free(rom);
}

bool
hd_rom_image_is_for(const HdRomImage *image, const guint8 *bytes, gsize size, guint16 vendor,
                    guint16 device)
{
    const Span span = {bytes, size};
    if (image->vendor != vendor)
        return false;
    if (image->device == device)
        return true;
    for (guint i = 0; i < image->other_id_count; i++) {
        const gsize place = image->other_ids + (gsize)i * 2;
        if (has(&span, place, 2) && get16(&span, place) == device)
            return true;
    }
    return false;
}

char *
hd_rom_code_name(guint8 code_type)
{
    static const char *const names[] = {"x86 BIOS", "Open Firmware", "HP PA-RISC", "EFI"};
    return code_type < G_N_ELEMENTS(names) ? g_strdup(names[code_type])
                                           : g_strdup_printf("type 0x%02x", code_type);
}

char *
hd_rom_machine_name(guint16 machine)
{
    static const struct {
        guint16 machine;
        const char *name;
    } names[] = {
        {HD_ROM_MACHINE_X64, "x64"},     {HD_ROM_MACHINE_ARM64, "AArch64"},
        {MACHINE_IA32, "IA32"},          {MACHINE_ITANIUM, "Itanium"},
        {MACHINE_EBC, "EFI byte code"},  {MACHINE_RISCV64, "RISC-V 64"},
        {MACHINE_LOONGARC, "LoongArch"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].machine == machine)
            return g_strdup(names[i].name);
    }
    return g_strdup_printf("machine 0x%04x", machine);
}

bool
hd_rom_image_is_driver(const HdRomImage *image)
{
    return image->is_efi &&
           (image->subsystem == EFI_BOOT_DRIVER || image->subsystem == EFI_RUN_DRIVER);
}
