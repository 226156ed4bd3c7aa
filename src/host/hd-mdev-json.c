/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mdevctl's way to write down a mediated device. Only strings that may become part
 * of a path or of a sysfs write leave this file, checked.
 */
#include "hd-mdev-json.h"

#include <jansson.h>

#include "hd-text.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

static bool
add_attribute(const json_t *item, GPtrArray *attributes)
{
    const char *name;
    json_t *value;
    if (!json_is_object(item) || json_object_size(item) > 1)
        return false;
    /* An empty object is how some callouts say "none". */
    json_object_foreach((json_t *)item, name, value)
    {
        if (!json_is_string(value) ||
            !hd_mdev_attributes_add(attributes, name, json_string_value(value)))
            return false;
    }
    return true;
}

static bool
read_attributes(const json_t *list, const char *source, GPtrArray *attributes, GError **ret_error)
{
    if (list != NULL && !json_is_array(list))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: \"attrs\" is no list", source);
    for (gsize i = 0; i < json_array_size(list); i++) {
        if (!add_attribute(json_array_get(list, i), attributes))
            return hd_error_set(ret_error, HD_ERROR_CONFIG,
                                "%s: attribute %" G_GSIZE_FORMAT " of \"attrs\" is no "
                                "{\"name\": \"value\"} that may be written",
                                source, i + 1);
    }
    return true;
}

bool
hd_mdev_json_parse(const char *text, const char *source, const HdUuid *uuid, const char *parent,
                   HdMdevSpec **ret_spec, GError **ret_error)
{
    json_error_t problem;
    g_autoptr(json_t) root = json_loads(text, JSON_REJECT_DUPLICATES, &problem);
    if (!json_is_object(root)) {
        g_autofree char *shown = hd_text_printable(root == NULL ? problem.text : "no object", 100);
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s", source, shown);
    }
    const char *type = json_string_value(json_object_get(root, "mdev_type"));
    const char *start = json_string_value(json_object_get(root, "start"));
    if (type == NULL || !hd_text_is_name(type))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: \"mdev_type\" is no type's name",
                            source);
    if (start != NULL && !g_str_equal(start, "auto") && !g_str_equal(start, "manual"))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: \"start\" is neither auto nor manual",
                            source);
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(uuid, type, parent);
    spec->is_auto = g_strcmp0(start, "auto") == 0;
    if (!read_attributes(json_object_get(root, "attrs"), source, spec->attributes, ret_error))
        return false;
    *ret_spec = g_steal_pointer(&spec);
    return true;
}

static json_t *
new_attributes(const GPtrArray *attributes)
{
    json_t *list = json_array();
    for (guint i = 0; i < attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(attributes, i);
        json_array_append_new(list, json_pack("{s:s}", attribute->name, attribute->value));
    }
    return list;
}

/* With GLib's allocator, so that the caller need not know about jansson's. */
static char *
dump(const json_t *root)
{
    char *text = json_dumps(root, JSON_INDENT(2));
    char *copy = g_strconcat(text, "\n", NULL);
    free(text);
    return copy;
}

char *
hd_mdev_json_format(const HdMdevSpec *spec)
{
    g_autoptr(json_t) root =
        json_pack("{s:s, s:s, s:o}", "mdev_type", spec->type, "start",
                  spec->is_auto ? "auto" : "manual", "attrs", new_attributes(spec->attributes));
    return dump(root);
}

char *
hd_mdev_json_format_attributes(const GPtrArray *attributes)
{
    g_autoptr(json_t) list = new_attributes(attributes);
    return dump(list);
}
