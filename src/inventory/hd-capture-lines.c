/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of the kernel that say more than a capture should: which of their lines stay, and
 * what of them.
 */
#include "hd-capture-lines.h"

#include <string.h>

#include "hd-capture-names.h"
#include "hd-qemu-process.h"
#include "hd-module-aliases.h"

char *
hd_capture_each_line(const GString *bytes, HdCaptureKeep keep, gpointer data)
{
    g_auto(GStrv) lines = g_strsplit(bytes->str, "\n", -1);
    GString *text = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0')
            keep(text, lines[i], data);
    }
    return g_string_free(text, FALSE);
}

static void
keep_starting(GString *text, const char *line, gpointer data)
{
    for (const char *const *start = data; *start != NULL; start++) {
        if (!g_str_has_prefix(line, *start))
            continue;
        g_string_append_printf(text, "%s\n", line);
        return;
    }
}

char *
hd_capture_lines_starting(const GString *bytes, const char *const *starts)
{
    return hd_capture_each_line(bytes, keep_starting, (gpointer)starts);
}

static void
keep_address(GString *text, const char *line, gpointer data)
{
    guint *count = data;
    (*count)++;
    g_string_append_printf(text, strchr(line, ':') != NULL ? "2001:db8::%x\n" : "192.0.2.%u\n",
                           *count % 255);
}

char *
hd_capture_lines_addresses(const HdScrub *scrub, const GString *bytes)
{
    guint count = 0;
    (void)scrub;
    return hd_capture_each_line(bytes, keep_address, &count);
}

static bool
is_usual_place(const char *place)
{
    static const char *const usual[] = {"/",
                                        "/boot",
                                        "/boot/efi",
                                        "/efi",
                                        "/home",
                                        "/var",
                                        "/usr",
                                        "/srv",
                                        "/tmp",
                                        "/opt",
                                        "/var/lib",
                                        "/root",
                                        "/var/lib/libvirt",
                                        "/var/lib/libvirt/images",
                                        NULL};
    return g_strv_contains(usual, place);
}

typedef struct {
    HdPseudonyms *pseudonyms;
    guint count;
} Mounts;

/* "36 25 253:0 / /srv rw,noatime shared:1 - ext4 /dev/mapper/x rw": only mounts of block devices.
 */
static void
keep_mount(GString *text, const char *line, gpointer data)
{
    Mounts *mounts = data;
    g_auto(GStrv) halves = g_strsplit(line, " - ", 2);
    g_auto(GStrv) left = g_strsplit(halves[0], " ", -1);
    g_auto(GStrv) right = g_strsplit(halves[1] != NULL ? halves[1] : "", " ", -1);
    if (g_strv_length(left) < 6 || g_strv_length(right) < 2 ||
        (!g_str_has_prefix(right[1], "/dev/") && !g_str_equal(right[0], "zfs") &&
         !g_str_equal(right[0], "btrfs")))
        return;
    g_autofree char *volume = hd_capture_names_volume(mounts->pseudonyms, right[1]);
    g_autofree char *other =
        is_usual_place(left[4]) ? g_strdup(left[4]) : g_strdup_printf("/mnt/%u", ++mounts->count);
    g_string_append_printf(text, "%s %s %s / %s rw - %s %s rw\n", left[0], left[1], left[2], other,
                           right[0], volume);
}

char *
hd_capture_lines_mounts(const HdScrub *scrub, const GString *bytes)
{
    Mounts mounts = {scrub->pseudonyms, 0};
    return hd_capture_each_line(bytes, keep_mount, &mounts);
}

/* "/dev/dm-1   partition 8388604 0 -2", below a heading; files of the owner's are no devices. */
static void
keep_swap(GString *text, const char *line, gpointer pseudonyms)
{
    gsize length = strcspn(line, " \t");
    g_autofree char *node = g_strndup(line, length);
    if (g_str_equal(node, "Filename"))
        g_string_append_printf(text, "%s\n", line);
    if (!g_str_has_prefix(node, "/dev/"))
        return;
    g_autofree char *volume = hd_capture_names_volume(pseudonyms, node);
    g_string_append_printf(text, "%s%s\n", volume, line + length);
}

char *
hd_capture_lines_swaps(const HdScrub *scrub, const GString *bytes)
{
    return hd_capture_each_line(bytes, keep_swap, scrub->pseudonyms);
}

char *
hd_capture_lines_process(const HdScrub *scrub, const GString *bytes)
{
    static const char uuid_option[] = " -uuid ";
    const char *line = bytes->str;
    g_autofree char *program = g_strndup(line, strcspn(line, " \n"));
    g_autofree char *base = g_path_get_basename(program);
    g_autofree char *guest = hd_qemu_process_guest(line);
    const char *uuid = strstr(line, uuid_option);
    GString *text = g_string_new(*program != '\0' ? base : "");
    if (guest != NULL)
        g_string_append_printf(text, " -name guest=%s",
                               hd_pseudonyms_name(scrub->pseudonyms, "vm", guest));
    if (uuid != NULL)
        g_string_append_printf(text, "%s%.*s", uuid_option,
                               (int)strcspn(uuid + strlen(uuid_option), " \n"),
                               uuid + strlen(uuid_option));
    g_string_append_c(text, ' ');
    return g_string_free(text, FALSE);
}

/* Columns: interface, destination, gateway, flags, ... in hexadecimal; 0: the default. */
static void
keep_route(GString *text, const char *line, gpointer pseudonyms)
{
    g_auto(GStrv) words = g_strsplit(line, "\t", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        bool is_address = (i == 1 || i == 2) && strspn(words[i], "0123456789ABCDEFabcdef") == 8;
        bool is_none = strspn(words[i], "0") == strlen(words[i]);
        bool is_name = i == 0 && !g_str_equal(words[i], "Iface");
        g_string_append_printf(text, "%s%s", i > 0 ? "\t" : "",
                               is_name ? hd_capture_names_interface(pseudonyms, words[i])
                               : is_address && !is_none ? "000200C0"
                                                        : words[i]);
    }
    g_string_append_c(text, '\n');
}

char *
hd_capture_lines_routes(const HdScrub *scrub, const GString *bytes)
{
    return hd_capture_each_line(bytes, keep_route, scrub->pseudonyms);
}

/* All zeros: the default; fe80 and ff: local to the link. */
static void
keep_route6(GString *text, const char *line, gpointer pseudonyms)
{
    g_autofree char *chomped = g_strchomp(g_strdup(line));
    g_auto(GStrv) words = g_strsplit(chomped, " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        bool is_public = strlen(words[i]) == 32 && strspn(words[i], "0") < 31 &&
                         !g_str_has_prefix(words[i], "ff");
        bool is_name = i > 0 && words[i + 1] == NULL;
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               is_name     ? hd_capture_names_interface(pseudonyms, words[i])
                               : is_public ? "20010db8000000000000000000000000"
                                           : words[i]);
    }
    g_string_append_c(text, '\n');
}

char *
hd_capture_lines_routes6(const HdScrub *scrub, const GString *bytes)
{
    return hd_capture_each_line(bytes, keep_route6, scrub->pseudonyms);
}

char *
hd_capture_lines_udev(const HdScrub *scrub, const GString *bytes)
{
    static const char *const kept[] = {"E:ID_FS_TYPE=", NULL};
    (void)scrub;
    return hd_capture_lines_starting(bytes, kept);
}

char *
hd_capture_lines_processor(const HdScrub *scrub, const GString *bytes)
{
    static const char *const kept[] = {"processor", "vendor_id", "model name", "flags",
                                       "Features",  "CPU ",      "cpu family", NULL};
    (void)scrub;
    return hd_capture_lines_starting(bytes, kept);
}

char *
hd_capture_lines_nvidia(const HdScrub *scrub, const GString *bytes)
{
    static const char *const kept[] = {"Model:", "Bus Location:", "Device Minor:", NULL};
    (void)scrub;
    return hd_capture_lines_starting(bytes, kept);
}

/* Blocks with an empty line between them. */
char *
hd_capture_lines_input(const HdScrub *scrub, const GString *bytes)
{
    static const char *const kept[] = {"I:", "S:", "B:", NULL};
    g_auto(GStrv) blocks = g_strsplit(bytes->str, "\n\n", -1);
    (void)scrub;
    for (guint i = 0; blocks[i] != NULL; i++) {
        g_autoptr(GString) block = g_string_new(blocks[i]);
        g_free(blocks[i]);
        blocks[i] = hd_capture_lines_starting(block, kept);
    }
    return g_strjoinv("\n", blocks);
}

static void
keep_uevent(GString *text, const char *line, gpointer pseudonyms)
{
    static const char *const kept[] = {"MAJOR=",    "MINOR=", "DEVNAME=",   "DEVTYPE=", "DRIVER=",
                                       "MODALIAS=", "PCI_",   "SUBSYSTEM=", NULL};
    static const char interface[] = "INTERFACE=";
    if (g_str_has_prefix(line, interface))
        g_string_append_printf(text, "%s%s\n", interface,
                               hd_capture_names_interface(pseudonyms, line + strlen(interface)));
    else
        keep_starting(text, line, (gpointer)kept);
}

char *
hd_capture_lines_uevent(const HdScrub *scrub, const GString *bytes)
{
    return hd_capture_each_line(bytes, keep_uevent, scrub->pseudonyms);
}

/* "7f... default file=/dev/hugepages/libvirt/qemu/1-web/... huge N0=20": who owns the pages goes.
 */
static void
keep_map(GString *text, const char *line, gpointer data)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    (void)data;
    for (guint i = 0; words[i] != NULL; i++) {
        if (!g_str_has_prefix(words[i], "file="))
            g_string_append_printf(text, "%s%s", i > 0 ? " " : "", words[i]);
    }
    g_string_append_c(text, '\n');
}

char *
hd_capture_lines_maps(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return hd_capture_each_line(bytes, keep_map, NULL);
}

static void
keep_module(GString *text, const char *line, gpointer data)
{
    static const char *const parts[] = {"vfio", "mdev", "kvm", "iommu", "xhci", "snd_hda_intel"};
    g_auto(GStrv) halves = g_strsplit(line, ":", 2);
    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (strstr(halves[0], parts[i]) != NULL) {
            g_string_append_printf(text, "%s\n", line);
            return;
        }
    }
}

char *
hd_capture_lines_modules(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return hd_capture_each_line(bytes, keep_module, NULL);
}

/* Marks the lines that some function in @raw is known by. */
static void
mark_aliases(const HdCapture *raw, const HdModuleAliases *aliases, GHashTable *marked)
{
    g_autoptr(GPtrArray) paths = hd_capture_paths(raw);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        const HdCaptureEntry *entry = hd_capture_find(raw, path);
        if (!g_str_has_suffix(path, "/modalias") || entry->kind != HD_CAPTURE_FILE)
            continue;
        char *modalias = g_strstrip(g_strdup(entry->bytes->str));
        if (!g_hash_table_add(seen, modalias))
            continue;
        g_autoptr(GPtrArray) found = hd_module_aliases_find(aliases, modalias);
        for (guint j = 0; j < found->len; j++)
            g_hash_table_add(
                marked,
                GUINT_TO_POINTER(((const HdModuleAlias *)g_ptr_array_index(found, j))->line));
    }
}

char *
hd_capture_lines_aliases(const HdScrub *scrub, const GString *bytes)
{
    g_autoptr(HdModuleAliases) aliases = hd_module_aliases_parse(bytes->str);
    g_autoptr(GHashTable) marked = g_hash_table_new(NULL, NULL);
    g_auto(GStrv) lines = g_strsplit(bytes->str, "\n", -1);
    GString *text = g_string_new(NULL);
    mark_aliases(scrub->raw, aliases, marked);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "alias vfio_pci:") ||
            g_hash_table_contains(marked, GUINT_TO_POINTER(i)))
            g_string_append_printf(text, "%s\n", lines[i]);
    }
    return g_string_free(text, FALSE);
}
