/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mediated devices as values: what one is to be, where it may be made, what there is.
 */
#include "hd-mdev.h"

#include <string.h>

#include "hd-pci-address.h"
#include "hd-text.h"

#define MAX_VALUE 4095 /* sysfs takes a page */
#define MAX_TYPE  128

static void
free_attribute(gpointer data)
{
    HdMdevAttribute *attribute = data;
    g_free(attribute->name);
    g_free(attribute->value);
    g_free(attribute);
}

static void
free_place(gpointer data)
{
    HdMdevPlace *place = data;
    g_free(place->parent);
    g_free(place->type);
    g_free(place);
}

static void
free_type(gpointer data)
{
    hd_mdev_type_free(data);
}

HdMdevSpec *
hd_mdev_spec_new(const HdUuid *uuid, const char *type, const char *parent)
{
    HdMdevSpec *spec = g_new0(HdMdevSpec, 1);
    spec->uuid = *uuid;
    spec->type = g_strdup(type);
    spec->parent = g_strdup(parent);
    spec->attributes = hd_mdev_attributes_new();
    return spec;
}

void
hd_mdev_spec_free(HdMdevSpec *spec)
{
    if (spec == NULL)
        return;
    g_free(spec->type);
    g_free(spec->parent);
    g_ptr_array_unref(spec->attributes);
    g_free(spec);
}

GPtrArray *
hd_mdev_attributes_new(void)
{
    return g_ptr_array_new_with_free_func(free_attribute);
}

static void
append_attribute(GPtrArray *attributes, const char *name, const char *value)
{
    HdMdevAttribute *attribute = g_new0(HdMdevAttribute, 1);
    *attribute = (HdMdevAttribute){g_strdup(name), g_strdup(value)};
    g_ptr_array_add(attributes, attribute);
}

GPtrArray *
hd_mdev_attributes_copy(const GPtrArray *attributes)
{
    GPtrArray *copy = hd_mdev_attributes_new();
    for (guint i = 0; attributes != NULL && i < attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(attributes, i);
        append_attribute(copy, attribute->name, attribute->value);
    }
    return copy;
}

/* Each part a plain name; "mdev_type" is a link that leads out of the folder, "remove" ends it. */
static bool
is_attribute_name(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", 8);
    if (*parts == NULL || g_str_equal(name, "remove") || g_str_equal(parts[0], "mdev_type") ||
        g_str_equal(parts[0], "driver") || g_str_equal(parts[0], "iommu_group") ||
        g_str_equal(parts[0], "subsystem"))
        return false;
    for (char **part = parts; *part != NULL; part++) {
        if (!hd_text_is_name(*part))
            return false;
    }
    return true;
}

bool
hd_mdev_attributes_add(GPtrArray *attributes, const char *name, const char *value)
{
    if (!is_attribute_name(name) || !hd_text_is_plain(value, MAX_VALUE))
        return false;
    append_attribute(attributes, name, value);
    return true;
}

GPtrArray *
hd_mdev_places_new(void)
{
    return g_ptr_array_new_with_free_func(free_place);
}

void
hd_mdev_places_add(GPtrArray *places, const char *parent, const char *type)
{
    HdMdevPlace *place = g_new0(HdMdevPlace, 1);
    *place = (HdMdevPlace){g_strdup(parent), g_strdup(type)};
    g_ptr_array_add(places, place);
}

GPtrArray *
hd_mdev_places_copy(const GPtrArray *places)
{
    GPtrArray *copy = hd_mdev_places_new();
    for (guint i = 0; places != NULL && i < places->len; i++) {
        const HdMdevPlace *place = g_ptr_array_index(places, i);
        hd_mdev_places_add(copy, place->parent, place->type);
    }
    return copy;
}

bool
hd_mdev_places_has(const GPtrArray *places, const char *parent, const char *type)
{
    for (guint i = 0; places != NULL && i < places->len; i++) {
        const HdMdevPlace *place = g_ptr_array_index(places, i);
        if (g_str_equal(place->parent, parent) && g_str_equal(place->type, type))
            return true;
    }
    return false;
}

bool
hd_mdev_places_have_parent(const GPtrArray *places, const char *parent)
{
    for (guint i = 0; places != NULL && i < places->len; i++) {
        const HdMdevPlace *place = g_ptr_array_index(places, i);
        if (g_str_equal(place->parent, parent))
            return true;
    }
    return false;
}

/* A folder's name or a name for people: it is compared with what the host has, never a path. */
bool
hd_mdev_is_type_name(const char *text)
{
    g_autofree char *printable = hd_text_printable(text, MAX_TYPE);
    return *text != '\0' && g_str_equal(text, printable);
}

bool
hd_mdev_is_parent_name(const char *name)
{
    HdPciAddress address;
    return hd_text_is_name(name) || hd_pci_address_parse(name, &address);
}

char *
hd_mdev_parent_parse(const char *text)
{
    HdPciAddress address;
    if (hd_pci_address_parse(text, &address) || hd_pci_address_parse_node_name(text, &address))
        return g_strdup(hd_pci_address_text(&address).text);
    return hd_text_is_name(text) ? g_strdup(text) : NULL;
}

HdMdevParent *
hd_mdev_parent_new(const char *name, int numa_node)
{
    HdMdevParent *parent = g_new0(HdMdevParent, 1);
    parent->name = g_strdup(name);
    parent->numa_node = numa_node;
    parent->types = g_ptr_array_new_with_free_func(free_type);
    return parent;
}

void
hd_mdev_parent_free(HdMdevParent *parent)
{
    if (parent == NULL)
        return;
    g_free(parent->name);
    g_ptr_array_unref(parent->types);
    g_free(parent);
}

void
hd_mdev_type_free(HdMdevType *type)
{
    if (type == NULL)
        return;
    g_free(type->id);
    g_free(type->name);
    g_free(type->description);
    g_free(type->device_api);
    g_free(type);
}

void
hd_mdev_free(HdMdev *mdev)
{
    if (mdev == NULL)
        return;
    g_free(mdev->parent);
    g_free(mdev->type);
    g_free(mdev->device_api);
    g_free(mdev);
}

const HdMdevType *
hd_mdev_parent_find_type(const HdMdevParent *parent, const char *id_or_name)
{
    const HdMdevType *named = NULL;
    for (guint i = 0; i < parent->types->len; i++) {
        const HdMdevType *type = g_ptr_array_index(parent->types, i);
        if (g_str_equal(type->id, id_or_name))
            return type;
        if (named == NULL && g_strcmp0(type->name, id_or_name) == 0)
            named = type;
    }
    return named;
}
