/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * rom check: what a ROM is good for. A copy that the firmware has altered, a file with a
 * tool's header before it, another card's ROM: QEMU takes them all, and the guest's screen
 * stays black.
 */
#include "hd-rom-findings.h"

/* Room for the primary card's BIOS between C0000 and DFFFF. */
#define SHADOW_SIZE 0x20000

typedef struct {
    const HdRom *rom;
    const guint8 *bytes;
    const HdRomCard *card;
    GPtrArray *findings;
} Judge;

static const HdRomImage *
image_of(const HdRom *rom, guint number)
{
    return &g_array_index(rom->images, HdRomImage, number);
}

/* ---- is it one ------------------------------------------------------------------------------ */

static void
judge_start(const Judge *judge)
{
    const HdRom *rom = judge->rom;
    if (rom->start == 0 || rom->images->len == 0)
        return;
    hd_findings_add(
        judge->findings, HD_LEVEL_PROBLEM, "start", "hostdevctl rom trim FILE --output NEW",
        "the ROM begins at byte %" G_GSIZE_FORMAT " (0x%zx), behind %s: a VM can't use "
        "it so",
        rom->start, rom->start,
        rom->is_nvgi ? "the header that NVIDIA's tools write (NVGI)" : "something that is no ROM");
}

static void
judge_end(const Judge *judge)
{
    static const char *const texts[] = {
        [HD_ROM_END_LAST] = "",
        [HD_ROM_END_BYTES] = "no image says that it is the last one",
        [HD_ROM_END_NO_SIGNATURE] = "there is no ROM in it: nowhere 55 AA and a PCI data structure",
        [HD_ROM_END_NO_STRUCTURE] = "no PCI data structure (PCIR) where the header says",
        [HD_ROM_END_NO_LENGTH] = "the image says that it is shorter than its own header",
        [HD_ROM_END_TRUNCATED] = "it ends within an image",
    };
    const HdRom *rom = judge->rom;
    const bool is_usable = rom->end == HD_ROM_END_BYTES;
    if (rom->end != HD_ROM_END_LAST)
        hd_findings_add(judge->findings, is_usable ? HD_LEVEL_WARNING : HD_LEVEL_PROBLEM,
                        "structure", is_usable ? NULL : "get the whole file, or dump it again",
                        "%s (at byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ")", texts[rom->end],
                        rom->images_end, rom->size);
    else
        hd_findings_add(judge->findings, HD_LEVEL_OK, "structure", NULL,
                        "%u image%s, %" G_GSIZE_FORMAT " bytes", rom->images->len,
                        rom->images->len > 1 ? "s" : "", rom->images_end - rom->start);
    if (rom->end == HD_ROM_END_LAST && rom->images_end < rom->size)
        hd_findings_add(judge->findings, HD_LEVEL_OK, "structure", NULL,
                        "%" G_GSIZE_FORMAT " bytes follow the last image: the vendor's own, or "
                        "filling",
                        rom->size - rom->images_end);
}

/* ---- is it as it was ------------------------------------------------------------------------ */

static bool
is_sum_wrong(const HdRom *rom)
{
    for (guint i = 0; i < rom->images->len; i++) {
        if (image_of(rom, i)->has_checksum && !image_of(rom, i)->is_sum_right)
            return true;
    }
    return false;
}

static bool
has_sum(const HdRom *rom)
{
    for (guint i = 0; i < rom->images->len; i++) {
        if (image_of(rom, i)->has_checksum)
            return true;
    }
    return false;
}

static void
judge_changes(const Judge *judge)
{
    const HdRomCard *card = judge->card;
    const bool is_wrong = is_sum_wrong(judge->rom);
    if (card->is_shadow)
        hd_findings_add(judge->findings, HD_LEVEL_PROBLEM, "shadow", HD_ROM_OTHER_CONSOLE,
                        "%s showed the boot screen, so that the kernel shows the copy at 0xC0000 "
                        "which the firmware ran and %s, not the card's ROM",
                        card->name,
                        is_wrong ? "altered (its checksum is wrong)" : "may have altered");
    else if (is_wrong && card->is_console)
        hd_findings_add(judge->findings, HD_LEVEL_PROBLEM, "checksum", HD_ROM_OTHER_CONSOLE,
                        "the bytes of the x86 image don't add up to 0: %s shows this host's "
                        "console, and the firmware has altered it",
                        card->name);
    else if (is_wrong)
        hd_findings_add(judge->findings, HD_LEVEL_PROBLEM, "checksum",
                        "get it anew: from the card while another one shows the console, or from "
                        "its vendor",
                        "the bytes of the x86 image don't add up to 0: it was altered%s",
                        judge->rom->size == SHADOW_SIZE
                            ? ", as the 128 KiB copy of a card that showed the boot screen is"
                            : ", or is damaged");
    else if (has_sum(judge->rom))
        hd_findings_add(judge->findings, HD_LEVEL_OK, "checksum", NULL,
                        "the bytes of the x86 image add up to 0");
}

/* ---- is it for this card -------------------------------------------------------------------- */

static void
judge_card(const Judge *judge)
{
    const HdRomCard *card = judge->card;
    const HdRomImage *other = NULL;
    for (guint i = 0; i < judge->rom->images->len && other == NULL; i++) {
        const HdRomImage *image = image_of(judge->rom, i);
        if (!hd_rom_image_is_for(image, judge->bytes, judge->rom->size, card->vendor, card->device))
            other = image;
    }
    if (card->name == NULL || judge->rom->images->len == 0)
        return;
    if (other == NULL)
        hd_findings_add(judge->findings, HD_LEVEL_OK, "card", NULL, "it is for %04x:%04x, as %s is",
                        card->vendor, card->device, card->name);
    else
        hd_findings_add(judge->findings, card->is_source ? HD_LEVEL_WARNING : HD_LEVEL_PROBLEM,
                        "card", card->is_source ? NULL : "get the ROM of this very card",
                        "an image is for %04x:%04x, and %s is %04x:%04x: firmware doesn't run it",
                        other->vendor, other->device, card->name, card->vendor, card->device);
}

/* ---- who can run it ------------------------------------------------------------------------- */

static void
judge_image(const Judge *judge, guint number, const HdRomImage *image)
{
    g_autofree char *code = hd_rom_code_name(image->code_type);
    g_autofree char *machine = hd_rom_machine_name(image->machine);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%u: %s%s%s%s, %" G_GSIZE_FORMAT " bytes, for %04x:%04x",
                           number + 1, code, image->is_efi ? " for " : "",
                           image->is_efi ? machine : "",
                           image->is_efi && image->compression != 0 ? ", compressed" : "",
                           image->length, image->vendor, image->device);
    if (image->other_id_count > 0)
        g_string_append_printf(text, " and %u more", image->other_id_count);
    if (image->max_run_time > 0)
        g_string_append_printf(text, ", %" G_GSIZE_FORMAT " bytes at run time",
                               image->max_run_time);
    hd_findings_add(judge->findings, HD_LEVEL_OK, "image", NULL, "%s", text->str);
    if (image->code_type == HD_ROM_CODE_EFI && !hd_rom_image_is_driver(image))
        hd_findings_add(judge->findings, HD_LEVEL_WARNING, "image", NULL,
                        "%u: firmware doesn't run it: %s", number + 1,
                        image->is_efi ? "it is no driver" : "its EFI header is not one");
}

static const HdRomImage *
find_driver(const HdRom *rom, guint16 machine)
{
    for (guint i = 0; i < rom->images->len; i++) {
        const HdRomImage *image = image_of(rom, i);
        if (hd_rom_image_is_driver(image) && image->machine == machine)
            return image;
    }
    return NULL;
}

static bool
has_code(const HdRom *rom, guint8 code_type)
{
    for (guint i = 0; i < rom->images->len; i++) {
        if (image_of(rom, i)->code_type == code_type)
            return true;
    }
    return false;
}

static void
judge_firmware(const Judge *judge)
{
    const bool is_x64 = find_driver(judge->rom, HD_ROM_MACHINE_X64) != NULL;
    const bool is_arm = find_driver(judge->rom, HD_ROM_MACHINE_ARM64) != NULL;
    const bool is_bios = has_code(judge->rom, HD_ROM_CODE_X86);
    if (judge->rom->images->len == 0)
        return;
    if (is_x64 || is_arm)
        hd_findings_add(judge->findings, HD_LEVEL_OK, "firmware", NULL,
                        "has a UEFI image (%s%s%s): works with OVMF%s", is_x64 ? "x64" : "",
                        is_x64 && is_arm ? ", " : "", is_arm ? "AArch64" : "",
                        is_x64 ? "" : " of AArch64 guests only");
    else
        hd_findings_add(judge->findings, judge->card->is_vga ? HD_LEVEL_WARNING : HD_LEVEL_OK,
                        "firmware",
                        judge->card->is_vga ? "give the VM SeaBIOS, or get a ROM with UEFI (GOP) "
                                              "support from the card's vendor"
                                            : NULL,
                        "has no UEFI image: with OVMF the screen stays dark until the guest's own "
                        "driver runs");
    if (!is_bios)
        hd_findings_add(judge->findings, HD_LEVEL_OK, "firmware", NULL,
                        "has no x86 BIOS image: SeaBIOS shows nothing on it");
}

GPtrArray *
hd_rom_findings(const HdRom *rom, const guint8 *bytes, const HdRomCard *card)
{
    GPtrArray *findings = hd_findings_new();
    const Judge judge = {rom, bytes, card, findings};
    judge_start(&judge);
    judge_end(&judge);
    for (guint i = 0; i < rom->images->len; i++)
        judge_image(&judge, i, image_of(rom, i));
    judge_changes(&judge);
    judge_card(&judge);
    judge_firmware(&judge);
    return findings;
}
