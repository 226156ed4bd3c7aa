/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is read out of a ROM, whole, cut off anywhere or made to mislead; and what a person is
 * told about it.
 */
#include <string.h>

#include "hd-rom-builder.h"
#include "hd-rom-findings.h"
#include "hd-rom.h"
#include "hd-test.h"

#define BIOS_LENGTH  1536
#define USUAL_LENGTH 2560
#define PCIR         0x40

static const HdRomCard no_card = {0};
static const HdRomCard gpu = {
    .name = "0000:01:00.0", .vendor = 0x10de, .device = 0x1b80, .is_vga = true};

static HdRom *
parse(const GByteArray *bytes)
{
    return hd_rom_parse(bytes->data, bytes->len);
}

static const HdRomImage *
image(const HdRom *rom, guint number)
{
    ck_assert_uint_gt(rom->images->len, number);
    return &g_array_index(rom->images, HdRomImage, number);
}

/* All findings, a line each: "problem start text; remedy". */
static char *
judged(const GByteArray *bytes, const HdRomCard *card)
{
    g_autoptr(HdRom) rom = parse(bytes);
    g_autoptr(GPtrArray) findings = hd_rom_findings(rom, bytes->data, card);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const HdFinding *finding = g_ptr_array_index(findings, i);
        g_string_append_printf(text, "%s %s %s; %s\n", hd_level_name(finding->level),
                               finding->topic, finding->text,
                               finding->remedy != NULL ? finding->remedy : "");
    }
    return g_string_free(text, FALSE);
}

static void
assert_judged(const GByteArray *bytes, const HdRomCard *card, const char *part)
{
    g_autofree char *text = judged(bytes, card);
    ck_assert_contains(text, part);
}

static void
assert_not_judged(const GByteArray *bytes, const HdRomCard *card, const char *part)
{
    g_autofree char *text = judged(bytes, card);
    ck_assert_msg(strstr(text, part) == NULL, "'%s' has '%s'", text, part);
}

START_TEST(usual)
{
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    g_autoptr(HdRom) rom = parse(bytes);
    ck_assert_int_eq(rom->end, HD_ROM_END_LAST);
    ck_assert_uint_eq(rom->images->len, 2);
    ck_assert_uint_eq(rom->start, 0);
    ck_assert_uint_eq(rom->images_end, USUAL_LENGTH);
    ck_assert(image(rom, 0)->has_checksum && image(rom, 0)->is_sum_right);
    ck_assert(!image(rom, 0)->is_last && !image(rom, 0)->is_efi);
    ck_assert_uint_eq(image(rom, 0)->length, BIOS_LENGTH);
    ck_assert_uint_eq(image(rom, 0)->class_code, 0x030000);
    ck_assert_uint_eq(image(rom, 1)->offset, BIOS_LENGTH);
    ck_assert(image(rom, 1)->is_efi && image(rom, 1)->is_last && !image(rom, 1)->has_checksum);
    ck_assert_uint_eq(image(rom, 1)->machine, HD_ROM_MACHINE_X64);
    ck_assert(hd_rom_image_is_driver(image(rom, 1)));
    ck_assert(hd_rom_image_is_for(image(rom, 1), bytes->data, bytes->len, 0x10de, 0x1b80));
    ck_assert(!hd_rom_image_is_for(image(rom, 1), bytes->data, bytes->len, 0x10de, 0x1b81));
    assert_judged(bytes, &gpu, "ok firmware has a UEFI image (x64): works with OVMF;");
    assert_judged(bytes, &gpu, "ok card it is for 10de:1b80, as 0000:01:00.0 is;");
    assert_judged(bytes, &gpu, "ok checksum");
    assert_judged(bytes, &gpu, "ok image 2: EFI for x64, compressed, 1024 bytes, for 10de:1b80;");
    assert_not_judged(bytes, &gpu, "problem");
    assert_not_judged(bytes, &gpu, "warning");
}
END_TEST

/* No byte behind the end is looked at (the sanitizers see to it), and none is missed unnoticed. */
START_TEST(truncated_at_each_byte)
{
    g_autoptr(GByteArray) whole = hd_rom_build_usual();
    for (gsize size = 0; size < whole->len; size++) {
        g_autofree guint8 *part = g_memdup2(whole->data, size > 0 ? size : 1);
        g_autoptr(HdRom) rom = hd_rom_parse(part, size);
        ck_assert_msg(rom->end != HD_ROM_END_LAST, "%zu bytes pass", size);
        ck_assert_uint_le(rom->images_end, size);
        if (size == BIOS_LENGTH)
            ck_assert_int_eq(rom->end, HD_ROM_END_BYTES);
        if (size == BIOS_LENGTH - 1 || size == USUAL_LENGTH - 1)
            ck_assert_int_eq(rom->end, HD_ROM_END_TRUNCATED);
    }
}
END_TEST

/* Each byte of the headers, each value that matters: never a crash, never an endless chain. */
START_TEST(any_byte_may_lie)
{
    static const guint8 values[] = {0, 1, 0x7f, 0x80, 0xff};
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    for (gsize place = 0; place < bytes->len; place++) {
        const guint8 right = bytes->data[place];
        for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
            bytes->data[place] = values[i];
            g_autofree char *text = judged(bytes, &gpu);
            ck_assert_str_ne(text, "");
        }
        bytes->data[place] = right;
    }
}
END_TEST

START_TEST(no_rom)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    assert_judged(bytes, &no_card, "problem structure there is no ROM in it");
    g_byte_array_set_size(bytes, 4096);
    memset(bytes->data, 0xff, bytes->len);
    assert_judged(bytes, &no_card, "problem structure there is no ROM in it");
    assert_not_judged(bytes, &no_card, "firmware");
    bytes->data[0] = 0x55;
    bytes->data[1] = 0xaa;
    assert_judged(bytes, &no_card, "problem structure no PCI data structure (PCIR)");
}
END_TEST

START_TEST(zero_length)
{
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    bytes->data[PCIR + 0x10] = 0;
    g_autoptr(HdRom) rom = parse(bytes);
    ck_assert_int_eq(rom->end, HD_ROM_END_NO_LENGTH);
    ck_assert_uint_eq(rom->images->len, 0);
    assert_judged(bytes, &gpu, "problem structure the image says that it is shorter");
}
END_TEST

START_TEST(no_last_image)
{
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    bytes->data[BIOS_LENGTH + PCIR + 0x15] = 0;
    g_autoptr(HdRom) rom = parse(bytes);
    ck_assert_int_eq(rom->end, HD_ROM_END_BYTES);
    ck_assert_uint_eq(rom->images->len, 2);
    assert_judged(bytes, &gpu, "warning structure no image says that it is the last one");
}
END_TEST

START_TEST(bytes_that_follow)
{
    static const guint8 more[100] = {0};
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    g_byte_array_append(bytes, more, sizeof more);
    assert_judged(bytes, &gpu, "ok structure 100 bytes follow the last image");
    assert_not_judged(bytes, &gpu, "problem");
}
END_TEST

START_TEST(nvidia_s_header)
{
    g_autoptr(GByteArray) inner = hd_rom_build_usual();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, 0x600);
    memset(bytes->data, 0, bytes->len);
    memcpy(bytes->data, "NVGI", 4);
    /* What looks like a beginning and isn't */
    bytes->data[100] = 0x55;
    bytes->data[101] = 0xaa;
    g_byte_array_append(bytes, inner->data, inner->len);
    g_autoptr(HdRom) rom = parse(bytes);
    ck_assert(rom->is_nvgi);
    ck_assert_uint_eq(rom->start, 0x600);
    ck_assert_int_eq(rom->end, HD_ROM_END_LAST);
    ck_assert_uint_eq(image(rom, 1)->offset, 0x600 + BIOS_LENGTH);
    assert_judged(bytes, &gpu,
                  "problem start the ROM begins at byte 1536 (0x600), behind the "
                  "header that NVIDIA's tools write (NVGI)");
    assert_judged(bytes, &gpu, "hostdevctl rom trim");
    bytes->data[0] = 'X';
    assert_judged(bytes, &gpu, "behind something that is no ROM");
}
END_TEST

START_TEST(altered)
{
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    HdRomCard card = gpu;
    card.is_source = true;
    bytes->data[BIOS_LENGTH - 5] ^= 1;
    assert_judged(bytes, &no_card,
                  "problem checksum the bytes of the x86 image don't add up to 0: "
                  "it was altered, or is damaged;");
    card.is_console = true;
    assert_judged(bytes, &card, "0000:01:00.0 shows this host's console, and the firmware");
    card.is_shadow = true;
    assert_judged(bytes, &card, "problem shadow 0000:01:00.0 showed the boot screen");
    assert_judged(bytes, &card, "(its checksum is wrong)");
    assert_judged(bytes, &card, "make another card the boot display");
    bytes->data[BIOS_LENGTH - 5] ^= 1;
    assert_judged(bytes, &card, "problem shadow");
    assert_not_judged(bytes, &card, "its checksum is wrong");
    card.is_shadow = false;
    assert_judged(bytes, &card, "ok checksum");
    /* What somebody took from such a card, by its size */
    bytes->data[BIOS_LENGTH - 5] ^= 1;
    const guint length = bytes->len;
    g_byte_array_set_size(bytes, 0x20000);
    memset(bytes->data + length, 0, bytes->len - length);
    assert_judged(bytes, &no_card, "as the 128 KiB copy of a card that showed the boot screen is");
}
END_TEST

/* The BIOS says that it is shorter than its image, and adds up only so far. */
START_TEST(checksum_of_what_the_header_says)
{
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    bytes->data[2] = 2;
    bytes->data[1023] = (guint8)(bytes->data[BIOS_LENGTH - 1] + 1);
    bytes->data[BIOS_LENGTH - 1] = 77;
    assert_judged(bytes, &gpu, "ok checksum");
    bytes->data[2] = 3;
    assert_judged(bytes, &gpu, "problem checksum");
}
END_TEST

START_TEST(another_card_s)
{
    g_autoptr(GByteArray) bytes = hd_rom_build_usual();
    HdRomCard card = gpu;
    card.device = 0x1b81;
    assert_judged(bytes, &card,
                  "problem card an image is for 10de:1b80, and 0000:01:00.0 is "
                  "10de:1b81: firmware doesn't run it; get the ROM of this very card");
    card.is_source = true;
    assert_judged(bytes, &card, "warning card an image is for 10de:1b80");
    card.vendor = 0x1002;
    assert_judged(bytes, &card, "0000:01:00.0 is 1002:1b81");
    assert_not_judged(bytes, &no_card, " card ");
}
END_TEST

START_TEST(more_ids)
{
    static const guint16 ids[] = {0x1111, 0x2222, 0};
    const HdRomPlan plan = {.revision = 3,
                            .vendor = 0x1af4,
                            .device = 0x1000,
                            .units = 4,
                            .is_last = true,
                            .max_run_time = 9,
                            .more_ids = ids};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    hd_rom_build(bytes, &plan);
    g_autoptr(HdRom) rom = parse(bytes);
    const HdRomImage *one = image(rom, 0);
    ck_assert_uint_eq(one->other_id_count, 2);
    ck_assert_uint_eq(one->max_run_time, 9 * 512);
    ck_assert(hd_rom_image_is_for(one, bytes->data, bytes->len, 0x1af4, 0x1000));
    ck_assert(hd_rom_image_is_for(one, bytes->data, bytes->len, 0x1af4, 0x2222));
    ck_assert(!hd_rom_image_is_for(one, bytes->data, bytes->len, 0x1af5, 0x2222));
    ck_assert(!hd_rom_image_is_for(one, bytes->data, bytes->len, 0x1af4, 0x3333));
    assert_judged(bytes, &no_card, "for 1af4:1000 and 2 more, 4608 bytes at run time;");
    /* Before revision 3 the same pointer led to something else. */
    bytes->data[PCIR + 0x0c] = 0;
    g_autoptr(HdRom) old = parse(bytes);
    ck_assert_uint_eq(image(old, 0)->other_id_count, 0);
    ck_assert_uint_eq(image(old, 0)->max_run_time, 0);
    /* A list that leads out of the image is none. */
    bytes->data[PCIR + 0x0c] = 3;
    bytes->data[PCIR + 9] = 0xff;
    g_autoptr(HdRom) outside = parse(bytes);
    ck_assert_uint_eq(image(outside, 0)->other_id_count, 0);
}
END_TEST

START_TEST(firmware)
{
    HdRomPlan plan = {.vendor = 0x10de, .device = 0x1b80, .units = 3, .is_last = true};
    g_autoptr(GByteArray) bios = g_byte_array_new();
    g_autoptr(GByteArray) arm = g_byte_array_new();
    g_autoptr(GByteArray) broken = g_byte_array_new();
    hd_rom_build(bios, &plan);
    assert_judged(bios, &gpu, "warning firmware has no UEFI image");
    assert_judged(bios, &no_card, "ok firmware has no UEFI image");
    plan.code_type = HD_ROM_CODE_EFI;
    plan.machine = HD_ROM_MACHINE_ARM64;
    hd_rom_build(arm, &plan);
    assert_judged(arm, &gpu, "has a UEFI image (AArch64): works with OVMF of AArch64 guests only");
    assert_judged(arm, &gpu, "ok firmware has no x86 BIOS image");
    plan.machine = 0;
    hd_rom_build(broken, &plan);
    assert_judged(broken, &gpu, "warning image 1: firmware doesn't run it: its EFI header");
    assert_judged(broken, &gpu, "warning firmware has no UEFI image");
    arm->data[8] = 10;
    assert_judged(arm, &gpu, "firmware doesn't run it: it is no driver");
}
END_TEST

START_TEST(names)
{
    g_autofree char *openfirmware = hd_rom_code_name(1);
    g_autofree char *other = hd_rom_code_name(0xe0);
    g_autofree char *ia32 = hd_rom_machine_name(0x014c);
    g_autofree char *unknown = hd_rom_machine_name(0x1234);
    ck_assert_str_eq(openfirmware, "Open Firmware");
    ck_assert_str_eq(other, "type 0xe0");
    ck_assert_str_eq(ia32, "IA32");
    ck_assert_str_eq(unknown, "machine 0x1234");
}
END_TEST

static void
add(TCase *tcase)
{
    tcase_add_test(tcase, usual);
    tcase_add_test(tcase, truncated_at_each_byte);
    tcase_add_test(tcase, any_byte_may_lie);
    tcase_add_test(tcase, no_rom);
    tcase_add_test(tcase, zero_length);
    tcase_add_test(tcase, no_last_image);
    tcase_add_test(tcase, bytes_that_follow);
    tcase_add_test(tcase, nvidia_s_header);
    tcase_add_test(tcase, altered);
    tcase_add_test(tcase, checksum_of_what_the_header_says);
    tcase_add_test(tcase, another_card_s);
    tcase_add_test(tcase, more_ids);
    tcase_add_test(tcase, firmware);
    tcase_add_test(tcase, names);
}

HD_TEST_MAIN("rom", add(tcase))
