/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a ROM: never a crash, images one after the other within what there is, and what is
 * left when a vendor's header is cut off reads the same.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-rom.h"

static void
check_chain(const HdRom *rom, const uint8_t *bytes)
{
    gsize next = rom->start;
    for (guint i = 0; i < rom->images->len; i++) {
        const HdRomImage *image = &g_array_index(rom->images, HdRomImage, i);
        g_assert_cmpuint(image->offset, ==, next);
        g_assert_cmpuint(image->length, >, 0);
        g_assert_true(hd_rom_image_is_for(image, bytes, rom->size, image->vendor, image->device));
        next = image->offset + image->length;
    }
    g_assert_cmpuint(rom->images_end, <=, rom->size);
    g_assert_true(rom->end == HD_ROM_END_TRUNCATED || rom->images_end == next);
    g_assert_true(rom->end != HD_ROM_END_LAST || rom->images->len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdRom) rom = hd_rom_parse(bytes, length);
    check_chain(rom, bytes);
    g_autoptr(HdRom) trimmed = hd_rom_parse(bytes + rom->start, length - rom->start);
    g_assert_cmpuint(trimmed->images->len, ==, rom->images->len);
    if (rom->images->len > 0)
        g_assert_cmpuint(trimmed->start, ==, 0);
    return 0;
}
