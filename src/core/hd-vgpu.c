/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Vendor vGPUs as values. A number is compared as a number: that 5 is a part of "558" has
 * misled other programs.
 */
#include "hd-vgpu.h"

#include <string.h>

#include "hd-text.h"

static void
free_type(gpointer data)
{
    HdVgpuType *type = data;
    g_free(type->name);
    g_free(type);
}

bool
hd_vgpu_is_set(const HdVgpu *vgpu)
{
    return vgpu != NULL && vgpu->current != 0;
}

HdVgpu *
hd_vgpu_new(void)
{
    HdVgpu *vgpu = g_new0(HdVgpu, 1);
    vgpu->creatable = g_ptr_array_new_with_free_func(free_type);
    return vgpu;
}

void
hd_vgpu_free(HdVgpu *vgpu)
{
    if (vgpu == NULL)
        return;
    g_ptr_array_unref(vgpu->creatable);
    g_free(vgpu);
}

static void
read_line(HdVgpu *vgpu, const char *line)
{
    const char *colon = strchr(line, ':');
    guint64 id;
    if (colon == NULL)
        return;
    g_autofree char *number = g_strstrip(g_strndup(line, (gsize)(colon - line)));
    g_autofree char *name = g_strstrip(g_strdup(colon + 1));
    if (*name == '\0' || !hd_text_unsigned(number, 10, 1, G_MAXUINT, &id))
        return;
    HdVgpuType *type = g_new0(HdVgpuType, 1);
    *type = (HdVgpuType){(guint)id, g_steal_pointer(&name)};
    g_ptr_array_add(vgpu->creatable, type);
}

void
hd_vgpu_read_creatable(HdVgpu *vgpu, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        read_line(vgpu, *line);
}

const HdVgpuType *
hd_vgpu_find_type(const HdVgpu *vgpu, const char *id_or_name)
{
    guint64 id = 0;
    (void)hd_text_unsigned(id_or_name, 10, 1, G_MAXUINT, &id);
    for (guint i = 0; i < vgpu->creatable->len; i++) {
        const HdVgpuType *type = g_ptr_array_index(vgpu->creatable, i);
        if (id != 0 ? type->id == id : g_str_equal(type->name, id_or_name))
            return type;
    }
    return NULL;
}

char *
hd_vgpu_describe_creatable(const HdVgpu *vgpu)
{
    GString *text = g_string_new(vgpu->creatable->len == 0 ? "none" : NULL);
    for (guint i = 0; i < vgpu->creatable->len; i++) {
        const HdVgpuType *type = g_ptr_array_index(vgpu->creatable, i);
        g_autofree char *name = hd_text_printable(type->name, 40);
        g_string_append_printf(text, "%s%u (%s)", i > 0 ? ", " : "", type->id, name);
    }
    return g_string_free(text, FALSE);
}
