/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The mediated side of the host's snapshot: facts only, made by the probe or, in tests,
 * by hand.
 */
#include "hd-mdev-bus.h"

#include "hd-text.h"

#define MAX_TYPES_TOLD 12

static void
free_parent(gpointer data)
{
    hd_mdev_parent_free(data);
}

static void
free_mdev(gpointer data)
{
    hd_mdev_free(data);
}

static void
free_spec(gpointer data)
{
    hd_mdev_spec_free(data);
}

HdMdevBus *
hd_mdev_bus_new(void)
{
    HdMdevBus *bus = g_new0(HdMdevBus, 1);
    bus->parents = g_ptr_array_new_with_free_func(free_parent);
    bus->mdevs = g_ptr_array_new_with_free_func(free_mdev);
    bus->definitions = g_ptr_array_new_with_free_func(free_spec);
    return bus;
}

void
hd_mdev_bus_free(HdMdevBus *bus)
{
    if (bus == NULL)
        return;
    g_ptr_array_unref(bus->parents);
    g_ptr_array_unref(bus->mdevs);
    g_ptr_array_unref(bus->definitions);
    g_free(bus);
}

const HdMdev *
hd_mdev_bus_find(const HdMdevBus *bus, const HdUuid *uuid)
{
    for (guint i = 0; i < bus->mdevs->len; i++) {
        const HdMdev *mdev = g_ptr_array_index(bus->mdevs, i);
        if (hd_uuid_equal(&mdev->uuid, uuid))
            return mdev;
    }
    return NULL;
}

const HdMdevParent *
hd_mdev_bus_find_parent(const HdMdevBus *bus, const char *name)
{
    for (guint i = 0; i < bus->parents->len; i++) {
        const HdMdevParent *parent = g_ptr_array_index(bus->parents, i);
        if (g_str_equal(parent->name, name))
            return parent;
    }
    return NULL;
}

const HdMdevSpec *
hd_mdev_bus_find_definition(const HdMdevBus *bus, const HdUuid *uuid, const char *parent,
                            guint *ret_count)
{
    const HdMdevSpec *first = NULL;
    *ret_count = 0;
    for (guint i = 0; i < bus->definitions->len; i++) {
        const HdMdevSpec *spec = g_ptr_array_index(bus->definitions, i);
        if (!hd_uuid_equal(&spec->uuid, uuid) ||
            (parent != NULL && g_strcmp0(spec->parent, parent) != 0))
            continue;
        first = first != NULL ? first : spec;
        (*ret_count)++;
    }
    return first;
}

static char *
describe_type(const HdMdevType *type)
{
    if (type->name == NULL || g_str_equal(type->name, type->id))
        return g_strdup(type->id);
    g_autofree char *name = hd_text_printable(type->name, 40);
    return g_strdup_printf("%s (%s)", type->id, name);
}

/* Equal cards offer the same types: each is told once. */
static void
collect_types(const HdMdevParent *parent, GPtrArray *texts)
{
    for (guint i = 0; i < parent->types->len; i++) {
        g_autofree char *text = describe_type(g_ptr_array_index(parent->types, i));
        if (!g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL))
            g_ptr_array_add(texts, g_steal_pointer(&text));
    }
}

char *
hd_mdev_bus_describe_types(const HdMdevBus *bus, const char *parent)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < bus->parents->len; i++) {
        const HdMdevParent *candidate = g_ptr_array_index(bus->parents, i);
        if (parent == NULL || g_str_equal(candidate->name, parent))
            collect_types(candidate, texts);
    }
    GString *list = g_string_new(texts->len == 0 ? "none" : NULL);
    for (guint i = 0; i < MIN(texts->len, MAX_TYPES_TOLD); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (char *)g_ptr_array_index(texts, i));
    if (texts->len > MAX_TYPES_TOLD)
        g_string_append_printf(list, " and %u more", texts->len - MAX_TYPES_TOLD);
    return g_string_free(list, FALSE);
}
