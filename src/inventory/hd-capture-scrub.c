/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A capture for others' eyes. What isn't known to be harmless is left out: a list of what
 * may stay, not of what must go.
 */
#include "hd-capture-scrub.h"

#include <fnmatch.h>
#include <string.h>

#include "hd-capture-lines.h"
#include "hd-pseudonyms.h"
#include "hd-text.h"
#include "hd-xml-prune.h"

/* What becomes of a file's content; NULL: only that it exists. */
typedef char *(*Treatment)(const HdCapture *raw, const GString *bytes);

static char *
as_it_is(const HdCapture *raw, const GString *bytes)
{
    (void)raw;
    return g_strndup(bytes->str, bytes->len);
}

static char *
pruned(const HdCapture *raw, const GString *bytes)
{
    char *text = NULL;
    (void)raw;
    return hd_xml_prune(bytes->str, bytes->len, &text, NULL) ? text : g_strdup("");
}

/* Paths as fnmatch() has them ("*" matches "/", too); the first that fits counts. */
static const struct {
    const char *pattern;
    Treatment treatment;
} treatments[] = {
    {"sys/*", as_it_is},
    {".answers/addresses/*", hd_capture_lines_addresses},
    {".answers/*", as_it_is},
    {"proc/self/mountinfo", hd_capture_lines_mounts},
    {"proc/[0-9]*/mountinfo", hd_capture_lines_mounts},
    {"proc/cmdline", hd_capture_lines_kernel},
    {"proc/[0-9]*/cmdline", hd_capture_lines_process},
    {"proc/net/route", hd_capture_lines_routes},
    {"proc/net/ipv6_route", hd_capture_lines_routes6},
    {"proc/[0-9]*/net/route", hd_capture_lines_routes},
    {"proc/[0-9]*/net/ipv6_route", hd_capture_lines_routes6},
    {"proc/*", as_it_is},
    {"run/hostdevctl/*", as_it_is},
    {"run/libvirt/qemu/*.xml", pruned},
    {"run/libvirt/qemu/*.pid", as_it_is},
    {"run/udev/data/*", hd_capture_lines_udev},
    {"etc/libvirt/qemu/*.xml", pruned},
    {"etc/libvirt/qemu.conf", hd_capture_lines_qemu_conf},
    {"etc/hostdevctl/*", as_it_is},
    {"etc/mdevctl.d/*", as_it_is},
    {"etc/driverctl.d/*", as_it_is},
    {"etc/modprobe.d/*", hd_capture_lines_settings},
    {"etc/modules-load.d/*", hd_capture_lines_settings},
    {"etc/default/grub*", hd_capture_lines_settings},
    {"etc/kernel/cmdline", hd_capture_lines_kernel},
    {"etc/passwd", as_it_is},
    {"etc/group", as_it_is},
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

/* Of a file that is VM's, "…/web.xml" is called after it. */
static void
add_vm_of_path(HdPseudonyms *pseudonyms, const char *path)
{
    if (fnmatch("run/libvirt/qemu/*.xml", path, 0) != 0 &&
        fnmatch("etc/libvirt/qemu/*.xml", path, 0) != 0)
        return;
    g_autofree char *name = g_path_get_basename(path);
    name[strlen(name) - strlen(".xml")] = '\0';
    hd_pseudonyms_add(pseudonyms, name, "vm");
}

/* A journal's VM, as it is written there ("my%20vm") and as it is called. */
static void
add_vm_of_journal(HdPseudonyms *pseudonyms, const char *path, const GString *bytes)
{
    if (!g_str_has_prefix(path, "run/hostdevctl/vm/"))
        return;
    g_auto(GStrv) lines = g_strsplit(bytes->str, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
        g_autofree char *name = hd_text_value(words, "name");
        if (name == NULL)
            continue;
        g_autofree char *pair = hd_text_pair("name", name);
        hd_pseudonyms_add(pseudonyms, name, "vm");
        hd_pseudonyms_add(pseudonyms, pair + strlen("name="), "vm");
    }
}

static bool
is_serial(const char *path)
{
    static const char *const files[] = {"serial", "wwid", "unique_id", "serial_number", NULL};
    g_autofree char *file = g_path_get_basename(path);
    return g_strv_contains((const char *const *)files, file);
}

static bool
is_host_name(const char *path)
{
    return g_str_equal(path, "proc/sys/kernel/hostname");
}

/* Where words of people stand, and not of the kernel. */
static bool
has_words(const char *path)
{
    return g_str_has_prefix(path, "run/") || g_str_has_prefix(path, "etc/") || is_serial(path) ||
           is_host_name(path) || fnmatch("proc/*/cmdline", path, 0) == 0;
}

static void
add_serial(HdPseudonyms *pseudonyms, const char *path, const GString *bytes)
{
    g_autofree char *value = g_strstrip(g_strdup(bytes->str));
    if (is_serial(path) || is_host_name(path))
        hd_pseudonyms_add(pseudonyms, value, is_serial(path) ? "serial" : "host");
}

static HdPseudonyms *
learn_words(const HdCapture *raw, const GPtrArray *paths)
{
    HdPseudonyms *pseudonyms = hd_pseudonyms_new();
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        const HdCaptureEntry *entry = hd_capture_find(raw, path);
        add_vm_of_path(pseudonyms, path);
        if (entry->kind != HD_CAPTURE_FILE)
            continue;
        add_vm_of_journal(pseudonyms, path, entry->bytes);
        add_serial(pseudonyms, path, entry->bytes);
    }
    return pseudonyms;
}

/* Lines of our journals are sealed; with other words in them they need other seals. */
static char *
apply_sealed(HdPseudonyms *pseudonyms, const char *text, bool with_words)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *result = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *body = hd_text_unseal(lines[i]);
        g_autofree char *other =
            hd_pseudonyms_apply(pseudonyms, body != NULL ? body : lines[i], with_words);
        g_autofree char *sealed = body != NULL ? hd_text_seal(other) : NULL;
        g_string_append(result, sealed != NULL ? sealed : other);
        if (sealed == NULL && lines[i + 1] != NULL)
            g_string_append_c(result, '\n');
    }
    return g_string_free(result, FALSE);
}

static void
add_scrubbed(HdCapture *scrubbed, const HdCapture *raw, HdPseudonyms *pseudonyms, const char *path)
{
    const HdCaptureEntry *entry = hd_capture_find(raw, path);
    g_autofree char *place = hd_pseudonyms_apply(pseudonyms, path, has_words(path));
    if (entry->kind != HD_CAPTURE_FILE) {
        g_autofree char *target = hd_pseudonyms_apply(pseudonyms, entry->bytes->str, false);
        hd_capture_add(scrubbed, place, entry->kind, target, strlen(target));
        return;
    }
    Treatment treatment = treatment_of(path);
    /* Tables of the firmware, config space: no text, and nobody's. */
    bool is_text = g_utf8_validate(entry->bytes->str, (gssize)entry->bytes->len, NULL);
    if (treatment == as_it_is && !is_text) {
        hd_capture_add(scrubbed, place, HD_CAPTURE_FILE, entry->bytes->str, entry->bytes->len);
        return;
    }
    g_autofree char *treated = treatment != NULL ? treatment(raw, entry->bytes) : NULL;
    if (treated == NULL) {
        hd_capture_add(scrubbed, place, HD_CAPTURE_PRESENT, NULL, 0);
        return;
    }
    g_autofree char *text = apply_sealed(pseudonyms, treated, has_words(path));
    hd_capture_add(scrubbed, place, HD_CAPTURE_FILE, text, strlen(text));
}

HdCapture *
hd_capture_scrub(const HdCapture *raw)
{
    HdCapture *scrubbed = hd_capture_new();
    g_autoptr(GPtrArray) paths = hd_capture_paths(raw);
    g_autoptr(HdPseudonyms) pseudonyms = learn_words(raw, paths);
    for (guint i = 0; i < paths->len; i++)
        add_scrubbed(scrubbed, raw, pseudonyms, g_ptr_array_index(paths, i));
    return scrubbed;
}
