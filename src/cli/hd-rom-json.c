/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * rom, for programs.
 */
#include "hd-cmd-rom.h"
#include "hd-out-findings.h"
#include "hd-out.h"

static void
add_efi(HdJson *json, const HdRomImage *image)
{
    hd_json_name(json, "efi");
    if (!image->is_efi) {
        hd_json_text(json, NULL);
        return;
    }
    g_autofree char *machine = hd_rom_machine_name(image->machine);
    hd_json_begin_object(json);
    hd_out_json_text(json, "machine", machine);
    hd_out_json_number(json, "subsystem", image->subsystem);
    hd_out_json_flag(json, "driver", hd_rom_image_is_driver(image));
    hd_out_json_flag(json, "compressed", image->compression != 0);
    hd_json_end(json);
}

static void
add_image(HdJson *json, const HdRomImage *image)
{
    g_autofree char *code = hd_rom_code_name(image->code_type);
    g_autofree char *id = g_strdup_printf("%04x:%04x", image->vendor, image->device);
    g_autofree char *class_code = g_strdup_printf("%06x", image->class_code);
    hd_json_begin_object(json);
    hd_out_json_number(json, "offset", (gint64)image->offset);
    hd_out_json_number(json, "length", (gint64)image->length);
    hd_out_json_text(json, "code", code);
    hd_out_json_number(json, "code_type", image->code_type);
    hd_out_json_text(json, "id", id);
    hd_out_json_number(json, "more_ids", image->other_id_count);
    hd_out_json_text(json, "class", class_code);
    hd_out_json_number(json, "revision", image->revision);
    hd_out_json_number(json, "run_time_length", (gint64)image->max_run_time);
    hd_out_json_flag(json, "last", image->is_last);
    hd_json_name(json, "checksum");
    if (image->has_checksum)
        hd_json_flag(json, image->is_sum_right);
    else
        hd_json_text(json, NULL);
    add_efi(json, image);
    hd_json_end(json);
}

void
hd_rom_print_json(const HdRomSource *source, const HdRom *rom, const GPtrArray *findings)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_object(json);
    hd_out_json_text(json, "file", source->file);
    hd_out_json_text(json, "address", source->address);
    hd_out_json_number(json, "size", (gint64)rom->size);
    hd_out_json_number(json, "start", (gint64)rom->start);
    hd_out_json_number(json, "end", (gint64)rom->images_end);
    hd_out_json_flag(json, "whole", rom->end == HD_ROM_END_LAST);
    hd_out_json_flag(json, "shadow", source->card.is_shadow);
    hd_json_name(json, "images");
    hd_json_begin_array(json);
    for (guint i = 0; i < rom->images->len; i++)
        add_image(json, &g_array_index(rom->images, HdRomImage, i));
    hd_json_end(json);
    hd_json_name(json, "findings");
    hd_out_findings_json(json, findings, FALSE);
    hd_json_end(json);
    hd_out_json(json);
}
