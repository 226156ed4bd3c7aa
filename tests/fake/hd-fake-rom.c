/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ROMs on the fake: an attribute that answers EINVAL until it is enabled, and that only "0" with
 * its newline disables (drivers/pci/pci-sysfs.c).
 */
#include "hd-fake-rom.h"

#include <errno.h>
#include <string.h>

#include "hd-fake-private.h"

typedef struct {
    HdFakeRomKind kind;
    GBytes *bytes;
    bool is_enabled, is_device_enabled;
} Rom;

struct HdFakeRoms {
    GHashTable *by_address;
};

static void
free_rom(gpointer data)
{
    Rom *rom = data;
    g_bytes_unref(rom->bytes);
    g_free(rom);
}

HdFakeRoms *
hd_fake_roms_new(void)
{
    HdFakeRoms *roms = g_new0(HdFakeRoms, 1);
    roms->by_address = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rom);
    return roms;
}

void
hd_fake_roms_free(HdFakeRoms *roms)
{
    g_hash_table_unref(roms->by_address);
    g_free(roms);
}

static void
show_enable(HdFake *fake, const char *address, const Rom *rom)
{
    g_autofree char *path = hd_fake_device_path(address, "enable");
    hd_fake_tree_set_file(fake->tree, path, rom->is_device_enabled ? "1\n" : "0\n");
}

void
hd_fake_set_rom(HdFake *fake, const char *address, HdFakeRomKind kind, const guint8 *bytes,
                gsize size)
{
    Rom *rom = g_new0(Rom, 1);
    g_autofree char *path = hd_fake_device_path(address, "rom");
    rom->kind = kind;
    rom->bytes = g_bytes_new(bytes, size);
    rom->is_device_enabled = kind != HD_FAKE_ROM_ASLEEP;
    g_hash_table_replace(fake->roms->by_address, g_strdup(address), rom);
    hd_fake_tree_set_file(fake->tree, path, "");
    show_enable(fake, address, rom);
}

bool
hd_fake_rom_is_enabled(HdFake *fake, const char *address)
{
    const Rom *rom = g_hash_table_lookup(fake->roms->by_address, address);
    return rom != NULL && rom->is_enabled;
}

/* "sys/devices/pci0000:00/0000:01:00.0/rom" */
static Rom *
find(HdFake *fake, const char *path, const char *attribute, char **ret_address)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    if (g_strv_length(parts) != 5 || !g_str_equal(parts[4], attribute))
        return NULL;
    *ret_address = g_strdup(parts[3]);
    return g_hash_table_lookup(fake->roms->by_address, parts[3]);
}

bool
hd_fake_rom_load(HdFake *fake, const char *path, GString **ret_bytes, int *ret_error)
{
    g_autofree char *address = NULL;
    gsize size = 0;
    const Rom *rom = find(fake, path, "rom", &address);
    if (rom == NULL)
        return false;
    const char *bytes = g_bytes_get_data(rom->bytes, &size);
    *ret_error = 0;
    if (!rom->is_enabled)
        *ret_error = EINVAL;
    else if (!rom->is_device_enabled || size == 0)
        *ret_error = EIO;
    else
        *ret_bytes = g_string_new_len(bytes, (gssize)size);
    if (rom->is_enabled && rom->kind == HD_FAKE_ROM_HANGS)
        fake->is_abandoned = true;
    return true;
}

bool
hd_fake_rom_store(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    g_autofree char *address = NULL;
    Rom *rom = find(fake, path, "rom", &address);
    if (rom != NULL) {
        rom->is_enabled = !g_str_equal(text, "0\n");
        *ret_error = 0;
        return true;
    }
    g_free(g_steal_pointer(&address));
    rom = find(fake, path, "enable", &address);
    if (rom == NULL)
        return false;
    *ret_error = hd_fake_find(fake, address)->driver != NULL ? EBUSY : 0;
    if (*ret_error == 0)
        rom->is_device_enabled = g_ascii_strtoull(text, NULL, 0) != 0;
    show_enable(fake, address, rom);
    return true;
}
