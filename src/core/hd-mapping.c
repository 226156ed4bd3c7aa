/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VM says "one of the GPUs", the host says which those are: so the same VM fits
 * several hosts.
 */
#include "hd-mapping.h"

#include "hd-error.h"
#include "hd-mdev.h"
#include "hd-text.h"

#define SECTION "mapping"

void
hd_mapping_free(HdMapping *mapping)
{
    if (mapping == NULL)
        return;
    g_free(mapping->name);
    g_ptr_array_unref(mapping->devices);
    g_free(mapping);
}

static bool
add_devices(HdMapping *mapping, const char *list, const char *file, GError **ret_error)
{
    g_auto(GStrv) words = g_strsplit_set(list, ";, ", -1);
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        g_autofree char *device = hd_mdev_parent_parse(*word);
        g_autofree char *shown = hd_text_printable(*word, 64);
        if (device == NULL)
            return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: '%s' is no device", file, shown);
        g_ptr_array_add(mapping->devices, g_steal_pointer(&device));
    }
    return mapping->devices->len > 0 ||
           hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: [" SECTION "] devices is empty", file);
}

bool
hd_mapping_parse(const char *name, const char *text, const char *file, HdMapping **ret_mapping,
                 GError **ret_error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) problem = NULL;
    if (!g_key_file_load_from_data(keys, text, (gsize)-1, G_KEY_FILE_NONE, &problem))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s", file, problem->message);
    g_autofree char *list = g_key_file_get_value(keys, SECTION, "devices", NULL);
    g_auto(GStrv) sections = g_key_file_get_groups(keys, NULL);
    g_auto(GStrv) names = g_key_file_get_keys(keys, SECTION, NULL, NULL);
    if (list == NULL || g_strv_length(sections) != 1 || g_strv_length(names) != 1)
        return hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s: a mapping has one section [" SECTION "] with one key, devices",
                            file);
    g_autoptr(HdMapping) mapping = g_new0(HdMapping, 1);
    mapping->name = g_strdup(name);
    mapping->devices = g_ptr_array_new_with_free_func(g_free);
    if (!add_devices(mapping, list, file, ret_error))
        return false;
    *ret_mapping = g_steal_pointer(&mapping);
    return true;
}

bool
hd_mapping_has(const HdMapping *mapping, const char *device)
{
    return g_ptr_array_find_with_equal_func(mapping->devices, device, g_str_equal, NULL);
}
