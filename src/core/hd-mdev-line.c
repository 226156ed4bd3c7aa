/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an mdev is to be as one line, for the way from the process that has read it to
 * the one that acts on it.
 */
#include "hd-mdev-line.h"

#include <string.h>

#include "hd-text.h"

#define ATTRIBUTE "attr="

char *
hd_mdev_spec_format(const HdMdevSpec *spec)
{
    GString *line = g_string_new("mdev");
    if (spec->uuid.text[0] != '\0')
        hd_text_append_pair(line, "uuid", spec->uuid.text);
    hd_text_append_pair(line, "type", spec->type);
    hd_text_append_pair(line, "parent", spec->parent);
    for (guint i = 0; i < spec->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(spec->attributes, i);
        g_autofree char *text = g_strconcat(attribute->name, "=", attribute->value, NULL);
        hd_text_append_pair(line, "attr", text);
    }
    return g_string_free(line, FALSE);
}

static bool
parse_attributes(char *const *words, GPtrArray *attributes)
{
    for (; *words != NULL; words++) {
        if (!g_str_has_prefix(*words, ATTRIBUTE))
            continue;
        g_autofree char *text = g_uri_unescape_string(*words + strlen(ATTRIBUTE), NULL);
        char *equals = text != NULL ? strchr(text, '=') : NULL;
        if (equals == NULL)
            return false;
        *equals = '\0';
        if (!hd_mdev_attributes_add(attributes, text, equals + 1))
            return false;
    }
    return true;
}

bool
hd_mdev_spec_parse(char *const *words, HdMdevSpec **ret_spec)
{
    g_autofree char *uuid_text = hd_text_value(words, "uuid");
    g_autofree char *type = hd_text_value(words, "type");
    g_autofree char *parent = hd_text_value(words, "parent");
    HdUuid uuid = {""};
    if ((uuid_text != NULL && !hd_uuid_parse(uuid_text, &uuid)) || type == NULL ||
        !hd_mdev_is_type_name(type) || (parent != NULL && !hd_mdev_is_parent_name(parent)))
        return false;
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&uuid, type, parent);
    if (!parse_attributes(words, spec->attributes))
        return false;
    *ret_spec = g_steal_pointer(&spec);
    return true;
}
