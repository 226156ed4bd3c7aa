/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the host's owner has written, for others' eyes: without remarks, and only what the
 * command reads.
 */
#include "hd-capture-settings.h"

#include <string.h>

#include "hd-capture-names.h"
#include "hd-virconf.h"

static bool
is_kept_word(const char *word)
{
    static const char *const kept[] = {
        "intel_iommu", "amd_iommu",  "iommu",     "vfio",      "pci",       "video",
        "hugepages",   "hugepagesz", "efifb",     "nomodeset", "modprobe.", "default_hugepagesz",
        "rd.driver",   "module_bl",  "initcall_", "isolcpus",  "kvm",       "lockdown",
        "fbcon",       "nofb",       "arm-smmu",  "quiet",     "console",   "rd.modules"};
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (g_str_has_prefix(word, kept[i]))
            return true;
    }
    return false;
}

static char *
keep_words(const char *line)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t\n", -1);
    GString *text = g_string_new(NULL);
    for (guint i = 0; words[i] != NULL; i++) {
        if (is_kept_word(words[i]))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", words[i]);
    }
    return g_string_free(text, FALSE);
}

char *
hd_capture_settings_kernel(const HdScrub *scrub, const GString *bytes)
{
    g_autofree char *words = keep_words(bytes->str);
    (void)scrub;
    return g_strconcat(words, "\n", NULL);
}

/* GRUB_CMDLINE_LINUX="..." and ..._DEFAULT; ours begins with the value that was there. */
static void
keep_grub(GString *text, const char *line, gpointer data)
{
    static const char *const names[] = {"GRUB_CMDLINE_LINUX=", "GRUB_CMDLINE_LINUX_DEFAULT="};
    static const char before[] = "$GRUB_CMDLINE_LINUX ";
    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_str_has_prefix(line, names[i]))
            continue;
        g_autofree char *value = g_strdelimit(g_strdup(line + strlen(names[i])), "\"'", ' ');
        g_autofree char *words = keep_words(value);
        g_string_append_printf(text, "%s\"%s%s\"\n", names[i],
                               strstr(line, before) != NULL ? before : "", words);
    }
}

char *
hd_capture_settings_grub(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return hd_capture_each_line(bytes, keep_grub, NULL);
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
hd_capture_settings_qemu_conf(const HdScrub *scrub, const GString *bytes)
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
    (void)scrub;
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
    if (strchr("#;", line[strspn(line, " \t")]) == NULL)
        g_string_append_printf(text, "%s\n", line);
}

char *
hd_capture_settings_plain(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return hd_capture_each_line(bytes, keep_setting, NULL);
}

/* What "install" and "remove" run is the owner's own. */
static void
keep_modprobe(GString *text, const char *line, gpointer data)
{
    static const char *const kept[] = {"options", "blacklist", "softdep", "alias"};
    const char *start = line + strspn(line, " \t");
    gsize length = strcspn(start, " \t");
    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (strlen(kept[i]) == length && strncmp(start, kept[i], length) == 0)
            g_string_append_printf(text, "%s\n", line);
    }
}

char *
hd_capture_settings_modprobe(const HdScrub *scrub, const GString *bytes)
{
    (void)scrub;
    return hd_capture_each_line(bytes, keep_modprobe, NULL);
}

/* Keys of mappings and sets of VFs whose values are somebody's, and kinds of these. */
static const struct {
    const char *key, *kind;
} named[] = {{"serial", "serial"}, {"interface", NULL}};

static void
keep_pair(GString *text, const char *line, HdPseudonyms *pseudonyms)
{
    const char *equals = strchr(line, '=');
    g_autofree char *key = g_strstrip(g_strndup(line, equals != NULL ? (gsize)(equals - line) : 0));
    g_autofree char *value = g_strstrip(g_strdup(equals != NULL ? equals + 1 : ""));
    if (g_str_equal(key, "description"))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
        if (!g_str_equal(key, named[i].key))
            continue;
        g_string_append_printf(text, "%s = %s\n", key,
                               named[i].kind != NULL
                                   ? hd_pseudonyms_name(pseudonyms, named[i].kind, value)
                                   : hd_capture_names_interface(pseudonyms, value));
        return;
    }
    g_string_append_printf(text, "%s\n", line);
}

/* "[host NAME]": of this host, or of another that shares the file. */
static void
keep_ours(GString *text, const char *line, gpointer pseudonyms)
{
    static const char section[] = "[host ";
    const char *end = strrchr(line, ']');
    const char *start = line + strspn(line, " \t");
    if (*start == '#')
        return;
    if (!g_str_has_prefix(start, section) || end == NULL || end < start + strlen(section)) {
        keep_pair(text, line, pseudonyms);
        return;
    }
    g_autofree char *host =
        g_strndup(start + strlen(section), (gsize)(end - start) - strlen(section));
    g_string_append_printf(text, "%s%s]\n", section, hd_pseudonyms_name(pseudonyms, "host", host));
}

char *
hd_capture_settings_ours(const HdScrub *scrub, const GString *bytes)
{
    return hd_capture_each_line(bytes, keep_ours, scrub->pseudonyms);
}
