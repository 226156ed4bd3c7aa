/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VM says "one of the GPUs", the host says which those are: so the same VM fits
 * several hosts.
 */
#include "hd-mapping.h"

#include <string.h>

#include "hd-error.h"
#include "hd-mdev.h"
#include "hd-text.h"

#define SECTION     "mapping"
#define HOST_PREFIX "host "

static const char *const key_names[HD_MAPPING_KEY_COUNT] = {
    [HD_MAPPING_DEVICES] = "devices",     [HD_MAPPING_ID] = "id",     [HD_MAPPING_CLASS] = "class",
    [HD_MAPPING_SUBSYSTEM] = "subsystem", [HD_MAPPING_PATH] = "path", [HD_MAPPING_PF] = "pf",
    [HD_MAPPING_NUMA] = "numa",
};

const char *
hd_mapping_key_name(HdMappingKey key)
{
    return key_names[key];
}

HdMapping *
hd_mapping_new(const char *name)
{
    HdMapping *mapping = g_new0(HdMapping, 1);
    mapping->name = g_strdup(name);
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT; i++)
        mapping->values[i] = g_ptr_array_new_with_free_func(g_free);
    return mapping;
}

void
hd_mapping_free(HdMapping *mapping)
{
    if (mapping == NULL)
        return;
    g_free(mapping->name);
    g_free(mapping->description);
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT; i++)
        g_ptr_array_unref(mapping->values[i]);
    if (mapping->parents != NULL)
        g_ptr_array_unref(mapping->parents);
    g_free(mapping);
}

/* "10de:2237", "10de:*", "10de:" */
static char *
normalize_id(const char *lower)
{
    g_auto(GStrv) parts = g_strsplit(lower, ":", -1);
    if (g_strv_length(parts) != 2)
        return NULL;
    const char *vendor = *parts[0] != '\0' ? parts[0] : "*";
    const char *device = *parts[1] != '\0' ? parts[1] : "*";
    g_autofree char *sample = g_strdup_printf("%s:%s", *vendor == '*' ? "0000" : vendor,
                                              *device == '*' ? "0000" : device);
    bool is_good = hd_text_is_device_id(sample) && (*vendor != '*' || vendor[1] == '\0') &&
                   (*device != '*' || device[1] == '\0');
    return is_good ? g_strdup_printf("%s:%s", vendor, device) : NULL;
}

/* The value as it is compared; NULL when it can't be one. */
static char *
normalize(HdMappingKey key, const char *value)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    HdPciAddress address;
    guint64 number;
    switch (key) {
    case HD_MAPPING_DEVICES:
        return hd_mdev_parent_parse(value);
    case HD_MAPPING_ID:
        return normalize_id(lower);
    case HD_MAPPING_SUBSYSTEM:
        return hd_text_is_device_id(lower) ? g_steal_pointer(&lower) : NULL;
    case HD_MAPPING_CLASS:
        return strlen(lower) <= 6 && strlen(lower) % 2 == 0 &&
                       strspn(lower, "0123456789abcdef") == strlen(lower)
                   ? g_steal_pointer(&lower)
                   : NULL;
    case HD_MAPPING_PATH:
        return strspn(lower, "0123456789abcdef:./*?") == strlen(lower) ? g_steal_pointer(&lower)
                                                                       : NULL;
    case HD_MAPPING_PF:
        return hd_pci_address_parse(value, &address) ? g_strdup(hd_pci_address_text(&address).text)
                                                     : NULL;
    case HD_MAPPING_NUMA:
        return hd_text_unsigned(value, 10, 0, G_MAXINT, &number) ? g_strdup(value) : NULL;
    }
    return NULL;
}

static const char *
describe_good(HdMappingKey key)
{
    static const char *const good[HD_MAPPING_KEY_COUNT] = {
        [HD_MAPPING_DEVICES] = "say PCI addresses, or names of mdev parents",
        [HD_MAPPING_ID] = "say vendor:device, such as 8086:10ca; * is any",
        [HD_MAPPING_CLASS] = "say two, four or six digits of the class, such as 0200",
        [HD_MAPPING_SUBSYSTEM] = "say vendor:device, such as 8086:0001",
        [HD_MAPPING_PATH] = "say a path as 'hostdevctl map check' shows it; * stands for anything",
        [HD_MAPPING_PF] = "say the PF's PCI address",
        [HD_MAPPING_NUMA] = "say a NUMA node's number",
    };
    return good[key];
}

const char *
hd_mapping_add(HdMapping *mapping, const char *key, const char *value)
{
    if (g_str_equal(key, "description")) {
        g_free(mapping->description);
        mapping->description = g_strdup(value);
        return NULL;
    }
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT; i++) {
        if (!g_str_equal(key_names[i], key))
            continue;
        g_autofree char *normal = *value != '\0' ? normalize((HdMappingKey)i, value) : NULL;
        if (normal == NULL)
            return describe_good((HdMappingKey)i);
        g_ptr_array_add(mapping->values[i], g_steal_pointer(&normal));
        return NULL;
    }
    return "there are devices, id, class, subsystem, path, pf, numa and description";
}

static bool
add_list(HdMapping *mapping, const char *section, const char *key, const char *list,
         const char *file, GError **ret_error)
{
    bool is_text = g_str_equal(key, "description");
    g_auto(GStrv) words = is_text ? g_strsplit(list, "\n", 1) : g_strsplit_set(list, ";, ", -1);
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        const char *problem = hd_mapping_add(mapping, key, *word);
        if (problem == NULL)
            continue;
        g_autofree char *shown_key = hd_text_printable(key, 32);
        g_autofree char *shown = hd_text_printable(*word, 64);
        g_autofree char *shown_section = hd_text_printable(section, 64);
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: [%s] %s = %s is not known: %s", file,
                            shown_section, shown_key, shown, problem);
    }
    return true;
}

static guint
count_values(const HdMapping *mapping)
{
    guint count = 0;
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT; i++)
        count += mapping->values[i]->len;
    return count;
}

static bool
read_section(GKeyFile *keys, const char *section, const char *file, HdMapping *mapping,
             GError **ret_error)
{
    g_auto(GStrv) names = g_key_file_get_keys(keys, section, NULL, NULL);
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *list = g_key_file_get_value(keys, section, *name, NULL);
        if (!add_list(mapping, section, *name, g_strstrip(list), file, ret_error))
            return false;
    }
    if (count_values(mapping) > 0)
        return true;
    g_autofree char *shown = hd_text_printable(section, 64);
    return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: [%s] names no device", file, shown);
}

/* Sections of other hosts are read too, so that a mistake is found before the VM gets there. */
static bool
read_sections(GKeyFile *keys, const char *file, const char *host, HdMapping **mapping,
              GError **ret_error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(keys, NULL);
    bool is_for_this_host = false;
    for (char **section = sections; *section != NULL; section++) {
        bool is_host = g_str_has_prefix(*section, HOST_PREFIX);
        g_autofree char *shown = hd_text_printable(*section, 64);
        g_autoptr(HdMapping) read = hd_mapping_new((*mapping)->name);
        if (!is_host && !g_str_equal(*section, SECTION))
            return hd_error_set(ret_error, HD_ERROR_CONFIG,
                                "%s: [%s] is not known: there are [" SECTION "] and [host NAME]",
                                file, shown);
        if (!read_section(keys, *section, file, read, ret_error))
            return false;
        bool is_mine = is_host && g_strcmp0(*section + strlen(HOST_PREFIX), host) == 0;
        if (!is_mine && (is_host || is_for_this_host))
            continue;
        is_for_this_host = is_mine;
        hd_mapping_free(*mapping);
        *mapping = g_steal_pointer(&read);
        (*mapping)->is_here = true;
    }
    return true;
}

bool
hd_mapping_parse(const char *name, const char *text, const char *file, const char *host,
                 HdMapping **ret_mapping, GError **ret_error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(HdMapping) mapping = hd_mapping_new(name);
    g_autoptr(GError) problem = NULL;
    if (!g_key_file_load_from_data(keys, text, (gsize)-1, G_KEY_FILE_NONE, &problem))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s", file, problem->message);
    if (!read_sections(keys, file, host, &mapping, ret_error))
        return false;
    *ret_mapping = g_steal_pointer(&mapping);
    return true;
}

static bool
fits_value(HdMappingKey key, const char *value, const HdDevice *device)
{
    const HdDeviceId *id = &device->id;
    g_autofree char *text = NULL;
    switch (key) {
    case HD_MAPPING_DEVICES:
        return g_str_equal(value, hd_pci_address_text(&device->address).text);
    case HD_MAPPING_ID:
        text = g_strdup_printf("%04x:%04x", id->vendor, id->device);
        return g_pattern_match_simple(value, text);
    case HD_MAPPING_CLASS:
        text = g_strdup_printf("%06x", id->class_code);
        return g_str_has_prefix(text, value);
    case HD_MAPPING_SUBSYSTEM:
        text = g_strdup_printf("%04x:%04x", id->subvendor, id->subdevice);
        return g_str_equal(value, text);
    case HD_MAPPING_PATH:
        return device->port_path != NULL && g_pattern_match_simple(value, device->port_path);
    case HD_MAPPING_PF:
        return device->is_vf && g_str_equal(value, hd_pci_address_text(&device->pf).text);
    case HD_MAPPING_NUMA:
        return g_ascii_strtoll(value, NULL, 10) == device->numa_node;
    }
    return false;
}

static bool
fits_key(const HdMapping *mapping, HdMappingKey key, const HdDevice *device)
{
    const GPtrArray *values = mapping->values[key];
    bool fits = values->len == 0;
    for (guint i = 0; i < values->len && !fits; i++)
        fits = fits_value(key, g_ptr_array_index(values, i), device);
    return fits;
}

bool
hd_mapping_has(const HdMapping *mapping, const HdDevice *device)
{
    bool fits = mapping->is_here && !device->is_bridge;
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT && fits; i++)
        fits = fits_key(mapping, (HdMappingKey)i, device);
    return fits;
}

bool
hd_mapping_lists(const HdMapping *mapping, const char *name)
{
    const GPtrArray *devices = mapping->values[HD_MAPPING_DEVICES];
    return count_values(mapping) == devices->len &&
           g_ptr_array_find_with_equal_func((GPtrArray *)devices, name, g_str_equal, NULL);
}

bool
hd_mapping_has_parent(const HdMapping *mapping, const char *parent)
{
    return mapping->parents != NULL &&
           g_ptr_array_find_with_equal_func(mapping->parents, parent, g_str_equal, NULL);
}

GPtrArray *
hd_mapping_select(const HdMapping *mapping, const GPtrArray *devices)
{
    const GPtrArray *listed = mapping->values[HD_MAPPING_DEVICES];
    GPtrArray *selected = g_ptr_array_new();
    for (guint i = 0; i < MAX(listed->len, 1); i++) {
        for (guint j = 0; j < devices->len; j++) {
            HdDevice *device = g_ptr_array_index(devices, j);
            bool is_next = listed->len == 0 ? device->vf_count == 0
                                            : fits_value(HD_MAPPING_DEVICES,
                                                         g_ptr_array_index(listed, i), device);
            if (is_next && hd_mapping_has(mapping, device) &&
                !g_ptr_array_find(selected, device, NULL))
                g_ptr_array_add(selected, device);
        }
    }
    return selected;
}

char *
hd_mapping_format(const HdMapping *mapping, const char *host)
{
    GString *text = g_string_new(NULL);
    if (host != NULL)
        g_string_append_printf(text, "[" HOST_PREFIX "%s]\n", host);
    else
        g_string_append(text, "[" SECTION "]\n");
    if (mapping->description != NULL)
        g_string_append_printf(text, "description = %s\n", mapping->description);
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT; i++) {
        const GPtrArray *values = mapping->values[i];
        for (guint j = 0; j < values->len; j++)
            g_string_append_printf(text, "%s%s%s", j == 0 ? key_names[i] : "",
                                   j == 0 ? " = " : "; ",
                                   (const char *)g_ptr_array_index(values, j));
        if (values->len > 0)
            g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
