/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A capture for others' eyes. What isn't known to be harmless is left out: a list of what
 * may stay, not of what must go.
 */
#include "hd-capture-scrub.h"

#include <fnmatch.h>
#include <string.h>

#include "hd-capture-journal.h"
#include "hd-capture-lines.h"
#include "hd-capture-names.h"
#include "hd-capture-settings.h"
#include "hd-capture-space.h"
#include "hd-xml-apart.h"

/* What becomes of a file's content, valid UTF-8. */
typedef char *(*Treatment)(const HdScrub *scrub, const GString *bytes);

static char *
as_it_is(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return g_strndup(bytes->str, bytes->len);
}

static char *
rename_one(const char *kind, const char *name, gpointer pseudonyms)
{
    return g_strdup(hd_pseudonyms_name(pseudonyms, kind, name));
}

static char *
pruned(const HdScrub *scrub, const GString *bytes)
{
    char *text = NULL;
    return hd_xml_apart_prune(bytes->str, bytes->len, rename_one, scrub->pseudonyms, &text, NULL)
               ? text
               : g_strdup("");
}

/* The whole content is one name. */
static char *
renamed(const HdScrub *scrub, const GString *bytes, const char *kind)
{
    g_autofree char *name = g_strstrip(g_strdup(bytes->str));
    return g_strconcat(hd_pseudonyms_name(scrub->pseudonyms, kind, name), "\n", NULL);
}

static char *
as_serial(const HdScrub *scrub, const GString *bytes)
{
    return renamed(scrub, bytes, "serial");
}

static char *
as_volume(const HdScrub *scrub, const GString *bytes)
{
    return renamed(scrub, bytes, "volume");
}

static char *
as_host(const HdScrub *scrub, const GString *bytes)
{
    return renamed(scrub, bytes, "host");
}

/* "LVM-...", "CRYPT-LUKS2-...-name": only whose it is says anything to us. */
static char *
as_owner(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return g_strdup_printf("%.*s-0\n", (int)strcspn(bytes->str, "-\n"), bytes->str);
}

static char *
as_journal(const HdScrub *scrub, const GString *bytes)
{
    return hd_capture_journal_scrub(scrub->pseudonyms, bytes->str);
}

/* Paths as fnmatch() has them ("*" matches "/", too); the first that fits counts. NULL: only that
   it is there. */
static const struct {
    const char *pattern;
    Treatment treatment;
} treatments[] = {
    {"sys/firmware/*", NULL},
    {"sys/class/dmi/*", NULL},
    {"sys/devices/virtual/dmi/*", NULL},
    {"sys/class/net/bonding_masters", NULL},
    {"sys/*/uevent", hd_capture_lines_uevent},
    {"sys/*/dm/name", as_volume},
    {"sys/*/dm/uuid", as_owner},
    {"sys/*/serial", as_serial},
    {"sys/*/serial_number", as_serial},
    {"sys/*/unique_id", as_serial},
    {"sys/*/wwid", as_serial},
    {"sys/*/*nqn", as_serial},
    {"sys/*/hostid", as_serial},
    {"sys/*/eui", as_serial},
    {"sys/*/nguid", as_serial},
    {"sys/*/wwn", as_serial},
    {"sys/*/*_guid", as_serial},
    {"sys/*/phys_port_id", as_serial},
    {"sys/*/phys_switch_id", as_serial},
    {"sys/*/gids/*", NULL},
    {"sys/*/vpd*", NULL},
    {"sys/*/inquiry", NULL},
    {"sys/*/edid", NULL},
    {"sys/*/rom", NULL},
    {"sys/*/ifalias", NULL},
    {"sys/*/label", NULL},
    {"sys/*", as_it_is},
    {".answers/addresses/*", hd_capture_lines_addresses},
    {".answers/*", as_it_is},
    {"proc/self/mountinfo", hd_capture_lines_mounts},
    {"proc/[0-9]*/mountinfo", hd_capture_lines_mounts},
    {"proc/swaps", hd_capture_lines_swaps},
    {"proc/cpuinfo", hd_capture_lines_processor},
    {"proc/cmdline", hd_capture_settings_kernel},
    {"proc/[0-9]*/cmdline", hd_capture_lines_process},
    {"proc/[0-9]*/numa_maps", hd_capture_lines_maps},
    {"proc/net/route", hd_capture_lines_routes},
    {"proc/net/ipv6_route", hd_capture_lines_routes6},
    {"proc/bus/input/devices", hd_capture_lines_input},
    {"proc/driver/nvidia/gpus/*/information", hd_capture_lines_nvidia},
    {"proc/sys/kernel/hostname", as_host},
    {"proc/sys/kernel/domainname", NULL},
    {"proc/sys/*", as_it_is},
    {"proc/[0-9]*/comm", as_it_is},
    {"proc/[0-9]*/stat", as_it_is},
    {"proc/[0-9]*/status", as_it_is},
    {"proc/[0-9]*/limits", as_it_is},
    {"proc/stat", as_it_is},
    {"proc/uptime", as_it_is},
    {"proc/meminfo", as_it_is},
    {"proc/iomem", as_it_is},
    {"proc/modules", as_it_is},
    {"run/hostdevctl/*", as_journal},
    {"run/libvirt/qemu/*.xml", pruned},
    {"run/libvirt/qemu/*.pid", as_it_is},
    {"run/udev/data/b*", hd_capture_lines_udev},
    {"etc/libvirt/qemu/networks/*", NULL},
    {"etc/libvirt/qemu/*.xml", pruned},
    {"etc/libvirt/qemu.conf", hd_capture_settings_qemu_conf},
    {"etc/hostdevctl/*", hd_capture_settings_ours},
    {"etc/mdevctl.d/*", as_it_is},
    {"etc/driverctl.d/*", as_it_is},
    {"etc/modprobe.d/*", hd_capture_settings_modprobe},
    {"etc/modules-load.d/*", hd_capture_settings_plain},
    {"etc/default/grub*", hd_capture_settings_grub},
    {"etc/kernel/cmdline", hd_capture_settings_kernel},
    {"etc/passwd", as_it_is},
    {"etc/group", as_it_is},
    {"boot/config-*", as_it_is},
    {"lib/modules/*/config", as_it_is},
    {"var/cache/libvirt/qemu/capabilities/*", as_it_is},
    {"lib/modules/*/modules.alias", hd_capture_lines_aliases},
    {"lib/modules/*/modules.builtin", as_it_is},
    {"lib/modules/*/modules.dep", hd_capture_lines_modules},
    {"usr/share/misc/pci.ids", as_it_is},
};

static Treatment
treatment_of(const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(treatments); i++) {
        if (fnmatch(treatments[i].pattern, path, 0) == 0)
            return treatments[i].treatment;
    }
    return NULL;
}

/* Seals are over what stands there at last. */
static char *
treat(const HdScrub *scrub, Treatment treatment, const GString *bytes)
{
    char *valid = g_utf8_make_valid(bytes->str, (gssize)bytes->len);
    g_autoptr(GString) text = g_string_new(valid);
    g_free(valid);
    g_autofree char *treated = treatment(scrub, text);
    return treatment == as_journal ? g_steal_pointer(&treated)
                                   : hd_pseudonyms_apply(scrub->pseudonyms, treated);
}

static void
add_space(HdCapture *scrubbed, const char *place, const HdCaptureEntry *entry)
{
    g_autoptr(GString) space = g_string_new_len(entry->bytes->str, (gssize)entry->bytes->len);
    hd_capture_space_scrub(space);
    hd_capture_add(scrubbed, place, HD_CAPTURE_FILE, space->str, space->len);
}

static void
add_file(HdCapture *scrubbed, const HdScrub *scrub, const char *path, const char *place)
{
    const HdCaptureEntry *entry = hd_capture_find(scrub->raw, path);
    Treatment treatment = treatment_of(path);
    if (fnmatch("sys/*/config", path, 0) == 0) {
        add_space(scrubbed, place, entry);
        return;
    }
    if (treatment == NULL) {
        hd_capture_add(scrubbed, place, HD_CAPTURE_PRESENT, NULL, 0);
        return;
    }
    g_autofree char *text = treat(scrub, treatment, entry->bytes);
    hd_capture_add(scrubbed, place, HD_CAPTURE_FILE, text, strlen(text));
}

static void
add_scrubbed(HdCapture *scrubbed, const HdScrub *scrub, const char *path)
{
    const HdCaptureEntry *entry = hd_capture_find(scrub->raw, path);
    g_autofree char *valid = g_utf8_make_valid(path, -1);
    g_autofree char *place = hd_capture_names_path(scrub->pseudonyms, valid);
    g_autofree char *bytes = g_utf8_make_valid(entry->bytes->str, -1);
    if (entry->kind == HD_CAPTURE_FILE) {
        add_file(scrubbed, scrub, path, place);
        return;
    }
    g_autofree char *target = entry->kind == HD_CAPTURE_LINK
                                  ? hd_capture_names_target(scrub->pseudonyms, valid, bytes)
                                  : g_steal_pointer(&bytes);
    hd_capture_add(scrubbed, place, entry->kind, target, strlen(target));
}

/* Journals may speak of VMs whose own files come later. */
static void
learn_vms(const HdScrub *scrub, const GPtrArray *paths)
{
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        if (fnmatch("*/libvirt/qemu/*.xml", path, 0) == 0 && g_utf8_validate(path, -1, NULL))
            g_free(hd_capture_names_path(scrub->pseudonyms, path));
    }
}

HdCapture *
hd_capture_scrub(const HdCapture *raw)
{
    HdCapture *scrubbed = hd_capture_new();
    g_autoptr(GPtrArray) paths = hd_capture_paths(raw);
    g_autoptr(HdPseudonyms) pseudonyms = hd_pseudonyms_new();
    const HdScrub scrub = {raw, pseudonyms};
    learn_vms(&scrub, paths);
    for (guint i = 0; i < paths->len; i++)
        add_scrubbed(scrubbed, &scrub, g_ptr_array_index(paths, i));
    return scrubbed;
}
