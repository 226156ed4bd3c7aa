/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VM may be called "devices", a bridge after a customer: a name is replaced by the
 * place in which it stands, never by how it looks.
 */
#include "hd-capture-names.h"

#include <string.h>

#define KERNEL_INTERFACE                                                                           \
    "^(lo|(eth|ib|br|bond|virbr|vmbr|vnet|tap|docker|wlan|wwan)[0-9]{1,5}"                         \
    "|(en|wl|ww|ib)(P[0-9]+)?[osp][0-9]+([a-z]{1,2}[0-9]+)*)$"

#define KERNEL_DISK                                                                                \
    "^/dev/((s|v|xv|h)d[a-z]+|nvme[0-9]+n[0-9]+|mmcblk[0-9]+|(dm-|md|loop|sr|zram|nbd|bcache|zd|"  \
    "drbd)[0-9]+)(p?[0-9]+)?$"

const char *
hd_capture_names_interface(HdPseudonyms *pseudonyms, const char *name)
{
    if (g_regex_match_simple(KERNEL_INTERFACE, name, 0, 0))
        return name;
    return hd_pseudonyms_name(pseudonyms, "if", name);
}

/* "/dev/vg/root" is a link that nobody compares: any other name does. */
char *
hd_capture_names_volume(HdPseudonyms *pseudonyms, const char *node)
{
    if (g_regex_match_simple(KERNEL_DISK, node, 0, 0))
        return g_strdup(node);
    if (g_str_has_prefix(node, "/dev/mapper/"))
        return g_strconcat("/dev/mapper/",
                           hd_pseudonyms_name(pseudonyms, "volume", node + strlen("/dev/mapper/")),
                           NULL);
    if (g_str_has_prefix(node, "/dev/"))
        return g_strconcat("/dev/", hd_pseudonyms_name(pseudonyms, "volume", node), NULL);
    return g_strdup(hd_pseudonyms_name(pseudonyms, "pool", node));
}

/* "web.xml" -> "vm-001.xml" */
static char *
rename_stem(HdPseudonyms *pseudonyms, const char *kind, const char *file)
{
    const char *dot = strrchr(file, '.');
    g_autofree char *stem = dot != NULL ? g_strndup(file, (gsize)(dot - file)) : g_strdup(file);
    return g_strconcat(hd_pseudonyms_name(pseudonyms, kind, stem), dot, NULL);
}

/* What lies beside the VMs' files. */
static bool
is_libvirts(const char *part)
{
    static const char *const folders[] = {
        "autostart", "autostarted", "channel",  "checkpoint", "dbus", "domain",
        "dump",      "nvram",       "networks", "passt",      "ram",  "save",
        "slirp",     "snapshot",    "swtpm",    "driver.pid", NULL};
    return g_strv_contains(folders, part);
}

/* Folders whose files are called by people. */
static const struct {
    const char *folder, *kind;
} folders[] = {
    {"run/libvirt/qemu", "vm"},
    {"etc/libvirt/qemu", "vm"},
    {"etc/libvirt/qemu/autostart", "vm"},
    {"etc/libvirt/qemu/networks", "network"},
    {"etc/hostdevctl/mappings.d", "mapping"},
    {"var/lib/hostdevctl/fingerprints", "mapping"},
    {"etc/hostdevctl/vf.d", "set"},
    {"etc/hostdevctl/conf.d", "conf"},
};

static bool
is_interface(const char *folder)
{
    return (g_str_has_prefix(folder, "sys/") &&
            (g_str_has_suffix(folder, "/net") || g_str_has_suffix(folder, "/brif"))) ||
           g_str_equal(folder, ".answers/addresses") || g_str_equal(folder, ".answers/vf");
}

/* @folder: where it lies, with its own names; @part: one part of a path below it. */
static char *
rename_part(HdPseudonyms *pseudonyms, const char *folder, const char *part)
{
    static const char *const links[] = {"upper_", "lower_"};
    if (is_interface(folder))
        return g_strdup(hd_capture_names_interface(pseudonyms, part));
    if (g_str_equal(folder, "dev/mapper") || g_str_has_suffix(folder, "/dev/mapper"))
        return g_strdup(
            g_str_equal(part, "control") ? part : hd_pseudonyms_name(pseudonyms, "volume", part));
    for (gsize i = 0; i < G_N_ELEMENTS(links) && g_str_has_prefix(folder, "sys/"); i++) {
        if (g_str_has_prefix(part, links[i]))
            return g_strconcat(
                links[i], hd_capture_names_interface(pseudonyms, part + strlen(links[i])), NULL);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        if (g_str_equal(folder, folders[i].folder) && !is_libvirts(part))
            return rename_stem(pseudonyms, folders[i].kind, part);
    }
    return g_strdup(part);
}

static void
cut_last(GString *path)
{
    const char *slash = strrchr(path->str, '/');
    g_string_truncate(path, slash != NULL ? (gsize)(slash - path->str) : 0);
}

/* Of @text, a path from @folder: each part with its name replaced. */
static char *
rename_parts(HdPseudonyms *pseudonyms, const char *folder, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    g_autoptr(GString) place = g_string_new(folder);
    for (guint i = 0; parts[i] != NULL; i++) {
        if (g_str_equal(parts[i], "..")) {
            cut_last(place);
            continue;
        }
        if (*parts[i] == '\0' || g_str_equal(parts[i], "."))
            continue;
        char *other = rename_part(pseudonyms, place->str, parts[i]);
        g_string_append_printf(place, "%s%s", place->len > 0 ? "/" : "", parts[i]);
        g_free(parts[i]);
        parts[i] = other;
    }
    g_autofree char *renamed = g_strjoinv("/", parts);
    return hd_pseudonyms_apply(pseudonyms, renamed);
}

char *
hd_capture_names_path(HdPseudonyms *pseudonyms, const char *path)
{
    return rename_parts(pseudonyms, "", path);
}

/* "master" leads to the neighbour "../br-lan": that, too, is below net. */
char *
hd_capture_names_target(HdPseudonyms *pseudonyms, const char *path, const char *target)
{
    g_autofree char *folder = g_path_get_dirname(path);
    bool is_here = g_str_equal(folder, ".") || *target == '/';
    return rename_parts(pseudonyms, is_here ? "" : folder, target);
}
