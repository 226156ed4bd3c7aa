/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mappings of a Proxmox cluster, for people who come from there.
 */
#include "hd-pve-mapping.h"

#include <string.h>

#include "hd-error.h"
#include "hd-mapping.h"
#include "hd-text.h"

typedef struct {
    const char *file;
    guint line;
    GPtrArray *mappings; /* of HdImportedMapping* */
    HdImportedMapping *current;
    char *description;
    GPtrArray *nodes; /* of HdMapping*, called like the node */
} Reader;

static void
free_mapping(gpointer data)
{
    hd_imported_mapping_free(data);
}

static void
free_node(gpointer data)
{
    hd_mapping_free(data);
}

static bool
fail(const Reader *reader, const char *value, const char *why, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(value, 64);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s: line %u: '%s' %s", reader->file,
                        reader->line, shown, why);
}

static void
note(Reader *reader, const char *value, const char *what)
{
    hd_imported_mapping_note(reader->current, value, what);
}

static void
finish(Reader *reader)
{
    if (reader->current == NULL)
        return;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < reader->nodes->len; i++) {
        HdMapping *node = g_ptr_array_index(reader->nodes, i);
        g_autofree char *section = NULL;
        g_free(node->description);
        node->description = g_strdup(reader->description);
        section = hd_mapping_format(node, node->name);
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", section);
    }
    reader->current->text = g_string_free(text, FALSE);
    g_ptr_array_add(reader->mappings, g_steal_pointer(&reader->current));
    g_ptr_array_set_size(reader->nodes, 0);
    g_clear_pointer(&reader->description, g_free);
}

static bool
begin(Reader *reader, const char *line, GError **ret_error)
{
    finish(reader);
    if (!hd_text_is_name(line))
        return fail(reader, line, "is no mapping's name", ret_error);
    reader->current = hd_imported_mapping_new(line);
    return true;
}

static HdMapping *
find_node(Reader *reader, const char *name)
{
    for (guint i = 0; i < reader->nodes->len; i++) {
        HdMapping *node = g_ptr_array_index(reader->nodes, i);
        if (g_str_equal(node->name, name))
            return node;
    }
    g_ptr_array_add(reader->nodes, hd_mapping_new(name));
    return g_ptr_array_index(reader->nodes, reader->nodes->len - 1);
}

static bool
add_once(Reader *reader, HdMapping *node, HdMappingKey key, const char *value, GError **ret_error)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    if (g_ptr_array_find_with_equal_func(node->values[key], lower, g_str_equal, NULL))
        return true;
    const char *problem = hd_mapping_add(node, hd_mapping_key_name(key), lower);
    return problem == NULL || fail(reader, value, problem, ret_error);
}

/* "0000:01:00.0", "0000:01:00" (all functions), "0000:02:00.0;0000:02:00.1" (given together) */
static bool
add_path(Reader *reader, HdMapping *node, const char *path, GError **ret_error)
{
    g_auto(GStrv) addresses = g_strsplit(path, ";", -1);
    const char *first = addresses[0] != NULL ? addresses[0] : "";
    bool is_whole = strchr(first, '.') == NULL;
    g_autofree char *function = g_strconcat(first, is_whole ? ".0" : "", NULL);
    if (is_whole)
        note(reader, first, "means all functions; here it is function 0, its group goes along");
    else if (addresses[1] != NULL)
        note(reader, path,
             "are given together; here only the first is the mapping's, its group goes along");
    return add_once(reader, node, HD_MAPPING_DEVICES, function, ret_error);
}

/* map node=NODE,path=PATH,id=ID[,subsystem-id=ID][,iommugroup=N][,description=TEXT] */
static bool
read_map(Reader *reader, const char *properties, GError **ret_error)
{
    g_auto(GStrv) pairs = g_strsplit(properties, ",", -1);
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char **pair = pairs; *pair != NULL; pair++) {
        g_auto(GStrv) parts = g_strsplit(*pair, "=", 2);
        if (g_strv_length(parts) == 2)
            g_hash_table_replace(values, g_strdup(parts[0]), g_strdup(parts[1]));
    }
    const char *node_name = g_hash_table_lookup(values, "node");
    const char *path = g_hash_table_lookup(values, "path");
    const char *id = g_hash_table_lookup(values, "id");
    const char *subsystem = g_hash_table_lookup(values, "subsystem-id");
    if (node_name == NULL || !hd_text_is_name(node_name) || path == NULL || id == NULL)
        return fail(reader, properties, "lacks node, path or id", ret_error);
    HdMapping *node = find_node(reader, node_name);
    return add_path(reader, node, path, ret_error) &&
           add_once(reader, node, HD_MAPPING_ID, id, ret_error) &&
           (subsystem == NULL ||
            add_once(reader, node, HD_MAPPING_SUBSYSTEM, subsystem, ret_error));
}

static bool
read_property(Reader *reader, char *line, GError **ret_error)
{
    char *value = line + strcspn(line, " \t");
    if (*value != '\0')
        *value++ = '\0';
    value = g_strstrip(value);
    if (reader->current == NULL)
        return fail(reader, line, "belongs to no mapping", ret_error);
    if (g_str_equal(line, "map"))
        return read_map(reader, value, ret_error);
    if (g_str_equal(line, "description")) {
        g_free(reader->description);
        reader->description = hd_text_printable(value, 200);
    } else if (g_str_equal(line, "mdev")) {
        note(reader, line, "is for <mdev mapping=> in the VM's metadata here");
    } else {
        note(reader, line, "has no meaning here");
    }
    return true;
}

bool
hd_pve_mappings_convert(const char *text, const char *file, GPtrArray **ret_mappings,
                        GError **ret_error)
{
    g_autoptr(GPtrArray) mappings = g_ptr_array_new_with_free_func(free_mapping);
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(free_node);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Reader reader = {.file = file, .mappings = mappings, .nodes = nodes};
    bool is_good = true;
    for (char **line = lines; *line != NULL && is_good; line++) {
        bool is_property = **line == '\t' || **line == ' ';
        char *content = g_strstrip(*line);
        reader.line++;
        if (*content == '\0' || *content == '#')
            continue;
        is_good = is_property ? read_property(&reader, content, ret_error)
                              : begin(&reader, content, ret_error);
    }
    finish(&reader);
    if (!is_good)
        return false;
    *ret_mappings = g_steal_pointer(&mappings);
    return true;
}
