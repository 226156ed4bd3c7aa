/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A PF's VFs as a wish that outlives the boot. A PF is known by what doesn't change
 * when a card is added beside it.
 */
#include "hd-vf-set.h"

#include "hd-error.h"
#include "hd-text.h"

#define SECTION "pf"
#define MAX_VFS 65535
#define FRESH                                                                                      \
    "# Made by 'hostdevctl vf set --save'; applied at boot. See hostdevctl.conf(5).\n[" SECTION    \
    "]\naddress = %s\n"

static const char *const match_keys[] = {"address",   "driver", "id",    "mac",
                                         "interface", "port",   "serial"};

static HdVfSet *
new_set(const char *file)
{
    HdVfSet *set = g_new0(HdVfSet, 1);
    set->file = g_strdup(file);
    set->match = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    set->single = g_array_new(FALSE, TRUE, sizeof(HdVfSettings));
    return set;
}

void
hd_vf_set_free(HdVfSet *set)
{
    if (set == NULL)
        return;
    g_free(set->file);
    g_hash_table_unref(set->match);
    g_array_unref(set->single);
    g_free(set);
}

static bool
fail(const char *file, const char *section, const char *key, const char *value, const char *why,
     GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(value, 64);
    g_autofree char *shown_key = hd_text_printable(key, 32);
    return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: [%s] %s = %s is not known: %s", file,
                        section, shown_key, shown, why);
}

/* As sysfs writes it. */
static char *
normalize(const char *key, const char *value)
{
    HdPciAddress address;
    if (!g_str_equal(key, "address"))
        return g_str_equal(key, "mac") || g_str_equal(key, "id") ? g_ascii_strdown(value, -1)
                                                                 : g_strdup(value);
    if (!hd_pci_address_parse(value, &address))
        return NULL;
    return g_strdup(hd_pci_address_text(&address).text);
}

static bool
set_match(HdVfSet *set, const char *key, const char *value, GError **ret_error)
{
    for (guint i = 0; i < G_N_ELEMENTS(match_keys); i++) {
        if (!g_str_equal(match_keys[i], key))
            continue;
        char *normal = normalize(key, value);
        if (normal == NULL || *normal == '\0') {
            g_free(normal);
            return fail(set->file, SECTION, key, value, "that can't be one", ret_error);
        }
        g_hash_table_replace(set->match, (gpointer)match_keys[i], normal);
        return true;
    }
    return fail(set->file, SECTION, key, value,
                "there are count, driver_on_host, address, driver, id, mac, interface, port and "
                "serial",
                ret_error);
}

static bool
set_pf_key(HdVfSet *set, const char *key, const char *value, GError **ret_error)
{
    guint64 count;
    if (g_str_equal(key, "count")) {
        if (!hd_text_unsigned(value, 10, 0, MAX_VFS, &count))
            return fail(set->file, SECTION, key, value, "say a number of VFs", ret_error);
        set->count = (guint)count;
        return true;
    }
    if (!g_str_equal(key, "driver_on_host"))
        return set_match(set, key, value, ret_error);
    set->with_driver = g_str_equal(value, "yes");
    return set->with_driver || g_str_equal(value, "no") ||
           fail(set->file, SECTION, key, value, "say yes or no", ret_error);
}

static bool
read_settings(GKeyFile *keys, const char *section, const char *file, HdVfSettings *settings,
              GError **ret_error)
{
    g_auto(GStrv) names = g_key_file_get_keys(keys, section, NULL, NULL);
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *value = g_key_file_get_value(keys, section, *name, NULL);
        const char *problem = hd_vf_settings_set(settings, *name, g_strstrip(value));
        if (problem != NULL)
            return fail(file, section, *name, value, problem, ret_error);
    }
    const char *problem = hd_vf_settings_check(settings);
    return problem == NULL || hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: [%s] is not whole: %s",
                                           file, section, problem);
}

/* [vf]: each of them, [vf 3]: this one. */
static bool
read_vf_section(GKeyFile *keys, const char *section, HdVfSet *set, GError **ret_error)
{
    guint64 index;
    if (g_str_equal(section, "vf")) {
        if (!read_settings(keys, section, set->file, &set->all, ret_error))
            return false;
        return !hd_vf_settings_has(&set->all, HD_VF_MAC) ||
               hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s: [vf] mac would be that of all VFs: say it in [vf N]", set->file);
    }
    if (!g_str_has_prefix(section, "vf ") ||
        !hd_text_unsigned(section + 3, 10, 0, MAX_VFS, &index)) {
        g_autofree char *shown = hd_text_printable(section, 64);
        return hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s: [%s] is not known: there are [pf], [vf] and [vf N]", set->file,
                            shown);
    }
    if (set->single->len <= index)
        g_array_set_size(set->single, (guint)index + 1);
    return read_settings(keys, section, set->file, &g_array_index(set->single, HdVfSettings, index),
                         ret_error);
}

static bool
read_section(GKeyFile *keys, const char *section, HdVfSet *set, GError **ret_error)
{
    if (!g_str_equal(section, SECTION))
        return read_vf_section(keys, section, set, ret_error);
    g_auto(GStrv) names = g_key_file_get_keys(keys, section, NULL, NULL);
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *value = g_key_file_get_value(keys, section, *name, NULL);
        if (!set_pf_key(set, *name, g_strstrip(value), ret_error))
            return false;
    }
    return true;
}

bool
hd_vf_set_parse(const char *text, const char *file, HdVfSet **ret_set, GError **ret_error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(HdVfSet) set = new_set(file);
    g_autoptr(GError) problem = NULL;
    if (!g_key_file_load_from_data(keys, text, (gsize)-1, G_KEY_FILE_NONE, &problem))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s", file, problem->message);
    g_auto(GStrv) sections = g_key_file_get_groups(keys, NULL);
    for (char **section = sections; *section != NULL; section++) {
        if (!read_section(keys, *section, set, ret_error))
            return false;
    }
    if (!g_key_file_has_key(keys, SECTION, "count", NULL) || g_hash_table_size(set->match) == 0)
        return hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s: [pf] needs count, and address or another key that says which PF",
                            file);
    if (set->single->len > set->count)
        return hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s: [vf %u] is not one of %u VFs (0 to %u)", file,
                            set->single->len - 1, set->count, MAX(set->count, 1) - 1);
    *ret_set = g_steal_pointer(&set);
    return true;
}

static bool
is_match(const HdVfSet *set, const char *key, const char *value)
{
    const char *wanted = g_hash_table_lookup(set->match, key);
    return wanted == NULL || g_strcmp0(wanted, value) == 0;
}

bool
hd_vf_set_matches(const HdVfSet *set, const HdCard *card)
{
    const HdDevice *device = card->device;
    g_autofree char *id = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
    return is_match(set, "address", hd_pci_address_text(&device->address).text) &&
           is_match(set, "driver", device->binding.driver) && is_match(set, "id", id) &&
           is_match(set, "mac", card->mac) && is_match(set, "interface", card->interface) &&
           is_match(set, "port", card->port) && is_match(set, "serial", card->serial);
}

HdVfSettings
hd_vf_set_settings(const HdVfSet *set, guint index)
{
    if (index >= set->single->len)
        return set->all;
    const HdVfSettings *single = &g_array_index(set->single, HdVfSettings, index);
    return hd_vf_settings_overlay(&set->all, single);
}

bool
hd_vf_set_edit(const char *text, const char *file, const HdPciAddress *address, guint count,
               bool with_driver, char **ret_text, GError **ret_error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(HdVfSet) set = NULL;
    g_autoptr(GError) problem = NULL;
    g_autofree char *fresh = g_strdup_printf(FRESH, hd_pci_address_text(address).text);
    if (!g_key_file_load_from_data(keys, text != NULL ? text : fresh, (gsize)-1,
                                   G_KEY_FILE_KEEP_COMMENTS, &problem))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s", file, problem->message);
    g_key_file_set_uint64(keys, SECTION, "count", count);
    g_key_file_set_string(keys, SECTION, "driver_on_host", with_driver ? "yes" : "no");
    g_autofree char *after = g_key_file_to_data(keys, NULL, NULL);
    if (!hd_vf_set_parse(after, file, &set, ret_error))
        return false;
    *ret_text = g_steal_pointer(&after);
    return true;
}

bool
hd_vf_set_has_settings(const HdVfSet *set)
{
    return set->all.known != 0 || set->single->len > 0;
}
