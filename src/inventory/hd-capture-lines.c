/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that say more than a capture should: which of their lines stay, and what of them.
 */
#include "hd-capture-lines.h"

#include <stdio.h>
#include <string.h>

#include "hd-module-aliases.h"
#include "hd-virconf.h"

/* Calls @keep for each line, which appends what is to stay of it. */
static char *
each_line(const GString *bytes, void (*keep)(GString *text, const char *line, gpointer data),
          gpointer data)
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
keep_address(GString *text, const char *line, gpointer data)
{
    guint *count = data;
    (*count)++;
    g_string_append_printf(text, strchr(line, ':') != NULL ? "2001:db8::%x\n" : "192.0.2.%u\n",
                           *count % 255);
}

char *
hd_capture_lines_addresses(const HdCapture *raw, const GString *bytes)
{
    guint count = 0;
    (void)raw;
    return each_line(bytes, keep_address, &count);
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

/* "36 25 253:0 / /srv rw,noatime shared:1 - ext4 /dev/mapper/x rw": only mounts of block devices.
 */
static void
keep_mount(GString *text, const char *line, gpointer data)
{
    guint *count = data;
    g_auto(GStrv) halves = g_strsplit(line, " - ", 2);
    g_auto(GStrv) left = g_strsplit(halves[0], " ", -1);
    g_auto(GStrv) right = g_strsplit(halves[1] != NULL ? halves[1] : "", " ", -1);
    if (g_strv_length(left) < 6 || g_strv_length(right) < 2 ||
        (!g_str_has_prefix(right[1], "/dev/") && !g_str_equal(right[0], "zfs") &&
         !g_str_equal(right[0], "btrfs")))
        return;
    g_autofree char *other =
        is_usual_place(left[4]) ? g_strdup(left[4]) : g_strdup_printf("/mnt/%u", ++*count);
    g_string_append_printf(text, "%s %s %s / %s rw - %s %s rw\n", left[0], left[1], left[2], other,
                           right[0], right[1]);
}

char *
hd_capture_lines_mounts(const HdCapture *raw, const GString *bytes)
{
    guint count = 0;
    (void)raw;
    return each_line(bytes, keep_mount, &count);
}

char *
hd_capture_lines_kernel(const HdCapture *raw, const GString *bytes)
{
    static const char *const kept[] = {
        "intel_iommu", "amd_iommu",  "iommu",     "vfio",      "pci",       "video",
        "hugepages",   "hugepagesz", "efifb",     "nomodeset", "modprobe.", "default_hugepagesz",
        "rd.driver",   "module_bl",  "initcall_", "isolcpus",  "kvm",       "lockdown",
        "fbcon",       "nofb",       "arm-smmu",  "quiet",     "console",   "rd.modules"};
    g_autofree char *line = g_strstrip(g_strndup(bytes->str, bytes->len));
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    GString *text = g_string_new(NULL);
    (void)raw;
    for (guint i = 0; words[i] != NULL; i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(kept); j++) {
            if (!g_str_has_prefix(words[i], kept[j]))
                continue;
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", words[i]);
            break;
        }
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

char *
hd_capture_lines_process(const HdCapture *raw, const GString *bytes)
{
    g_autofree char *line = g_strndup(bytes->str, bytes->len);
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(line), " ", -1);
    GString *text = g_string_new(words[0] != NULL ? words[0] : "");
    (void)raw;
    for (guint i = 0; words[i] != NULL && words[i + 1] != NULL; i++) {
        if (g_str_equal(words[i], "-uuid") || g_str_equal(words[i], "-name"))
            g_string_append_printf(text, " %s %s", words[i], words[i + 1]);
    }
    g_string_append_c(text, ' ');
    return g_string_free(text, FALSE);
}

/* Columns: interface, destination, gateway, flags, ... in hexadecimal; 0: the default. */
static void
keep_route(GString *text, const char *line, gpointer data)
{
    (void)data;
    g_auto(GStrv) words = g_strsplit(line, "\t", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        bool is_address = (i == 1 || i == 2) && strspn(words[i], "0123456789ABCDEFabcdef") == 8;
        bool is_none = strspn(words[i], "0") == strlen(words[i]);
        g_string_append_printf(text, "%s%s", i > 0 ? "\t" : "",
                               is_address && !is_none ? "000200C0" : words[i]);
    }
    g_string_append_c(text, '\n');
}

char *
hd_capture_lines_routes(const HdCapture *raw, const GString *bytes)
{
    (void)raw;
    return each_line(bytes, keep_route, NULL);
}

/* All zeros: the default; fe80 and ff: local to the link. */
static void
keep_route6(GString *text, const char *line, gpointer data)
{
    (void)data;
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        bool is_public = strlen(words[i]) == 32 && strspn(words[i], "0") < 31 &&
                         !g_str_has_prefix(words[i], "ff");
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               is_public ? "20010db8000000000000000000000000" : words[i]);
    }
    g_string_append_c(text, '\n');
}

char *
hd_capture_lines_routes6(const HdCapture *raw, const GString *bytes)
{
    (void)raw;
    return each_line(bytes, keep_route6, NULL);
}

static void
keep_udev(GString *text, const char *line, gpointer data)
{
    static const char *const private[] = {"SERIAL", "WWN",  "LABEL",   "UUID",
                                          "S:",     "NAME", "PATH_TAG"};
    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(private); i++) {
        if (strstr(line, private[i]) != NULL)
            return;
    }
    g_string_append_printf(text, "%s\n", line);
}

char *
hd_capture_lines_udev(const HdCapture *raw, const GString *bytes)
{
    (void)raw;
    return each_line(bytes, keep_udev, NULL);
}

static void
append_setting(GString *text, const HdVirconfEntry *entry)
{
    g_string_append_printf(text, "%s = ", entry->name);
    if (entry->items == NULL) {
        bool is_number = strspn(entry->value, "0123456789") == strlen(entry->value);
        g_string_append_printf(text, is_number ? "%s\n" : "\"%s\"\n", entry->value);
        return;
    }
    g_string_append(text, "[");
    for (guint i = 0; i < entry->items->len; i++)
        g_string_append_printf(text, "%s\"%s\"", i > 0 ? ", " : " ",
                               (char *)g_ptr_array_index(entry->items, i));
    g_string_append(text, " ]\n");
}

char *
hd_capture_lines_qemu_conf(const HdCapture *raw, const GString *bytes)
{
    static const char *const kept[] = {"user",
                                       "group",
                                       "dynamic_ownership",
                                       "cgroup_device_acl",
                                       "cgroup_controllers",
                                       "security_driver",
                                       "namespaces",
                                       "clear_emulator_capabilities",
                                       "hugetlbfs_mount",
                                       NULL};
    g_autoptr(GPtrArray) entries = NULL;
    GString *text = g_string_new(NULL);
    (void)raw;
    if (hd_virconf_parse(bytes->str, "qemu.conf", &entries, NULL)) {
        for (guint i = 0; i < entries->len; i++) {
            const HdVirconfEntry *entry = g_ptr_array_index(entries, i);
            if (g_strv_contains(kept, entry->name))
                append_setting(text, entry);
        }
    }
    return g_string_free(text, FALSE);
}

static void
keep_setting(GString *text, const char *line, gpointer data)
{
    (void)data;
    if (line[strspn(line, " \t")] != '#')
        g_string_append_printf(text, "%s\n", line);
}

char *
hd_capture_lines_settings(const HdCapture *raw, const GString *bytes)
{
    (void)raw;
    return each_line(bytes, keep_setting, NULL);
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
hd_capture_lines_modules(const HdCapture *raw, const GString *bytes)
{
    (void)raw;
    return each_line(bytes, keep_module, NULL);
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
hd_capture_lines_aliases(const HdCapture *raw, const GString *bytes)
{
    g_autoptr(HdModuleAliases) aliases = hd_module_aliases_parse(bytes->str);
    g_autoptr(GHashTable) marked = g_hash_table_new(NULL, NULL);
    g_auto(GStrv) lines = g_strsplit(bytes->str, "\n", -1);
    GString *text = g_string_new(NULL);
    mark_aliases(raw, aliases, marked);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "alias vfio_pci:") ||
            g_hash_table_contains(marked, GUINT_TO_POINTER(i)))
            g_string_append_printf(text, "%s\n", lines[i]);
    }
    return g_string_free(text, FALSE);
}
