/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ROM images for tests, put together from what they are to say.
 */
#include "hd-rom-builder.h"

#include <string.h>

#define STRUCTURE 0x40
#define IDS       0x80

static void
put16(guint8 *place, guint value)
{
    place[0] = (guint8)(value & 0xff);
    place[1] = (guint8)(value >> 8);
}

static void
put_header(guint8 *image, const HdRomPlan *plan)
{
    put16(image, 0xaa55);
    image[2] = (guint8)plan->units;
    put16(image + 0x18, STRUCTURE);
    if (plan->code_type != 3 || plan->machine == 0)
        return;
    put16(image + 2, plan->units);
    put16(image + 4, 0x0ef1);
    put16(image + 8, 11);
    put16(image + 0x0a, plan->machine);
    put16(image + 0x0c, 1);
}

static void
put_structure(guint8 *image, const HdRomPlan *plan)
{
    guint8 *structure = image + STRUCTURE;
    memcpy(structure, "PCIR", 4);
    put16(structure + 4, plan->vendor);
    put16(structure + 6, plan->device);
    put16(structure + 0x0a, plan->revision >= 3 ? 0x1c : 0x18);
    structure[0x0c] = plan->revision;
    structure[0x0f] = 0x03; /* a display */
    put16(structure + 0x10, plan->units);
    structure[0x14] = plan->code_type;
    structure[0x15] = plan->is_last ? 0x80 : 0;
    put16(structure + 0x16, plan->max_run_time);
    if (plan->more_ids == NULL)
        return;
    put16(structure + 8, IDS - STRUCTURE);
    for (guint i = 0; plan->more_ids[i] != 0; i++)
        put16(image + IDS + i * 2, plan->more_ids[i]);
}

void
hd_rom_build(GByteArray *rom, const HdRomPlan *plan)
{
    const gsize length = (gsize)plan->units * 512;
    g_autofree guint8 *image = g_malloc0(length);
    guint8 sum = 0;
    put_header(image, plan);
    put_structure(image, plan);
    for (gsize i = 0; i < length; i++)
        sum = (guint8)(sum + image[i]);
    if (plan->code_type == 0)
        image[length - 1] = (guint8)(0x100 - sum);
    g_byte_array_append(rom, image, (guint)length);
}

GByteArray *
hd_rom_build_usual(void)
{
    static const HdRomPlan bios = {.vendor = 0x10de, .device = 0x1b80, .units = 3};
    static const HdRomPlan efi = {.code_type = 3,
                                  .vendor = 0x10de,
                                  .device = 0x1b80,
                                  .units = 2,
                                  .is_last = true,
                                  .machine = 0x8664};
    GByteArray *rom = g_byte_array_new();
    hd_rom_build(rom, &bios);
    hd_rom_build(rom, &efi);
    return rom;
}
