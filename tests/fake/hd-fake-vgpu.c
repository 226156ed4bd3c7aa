/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * NVIDIA's vendor-specific vGPU files, which replace mdevs on newer kernels: the folder nvidia/ of
 * a VF. No such hardware was at hand: this is modelled from NVIDIA's documentation (Virtual GPU
 * Software User Guide, "Creating an NVIDIA vGPU on a Linux with KVM Hypervisor that Uses a
 * Vendor-Specific VFIO Framework"), not proved by tests/conformance. The errnos are a guess.
 */
#include "hd-fake-private.h"

#include <errno.h>
#include <string.h>

typedef struct {
    guint id, limit;
    char *name;
} VgpuType;

typedef struct {
    char *address, *folder, *capacity_group;
    GPtrArray *types; /* VgpuType* */
    guint current;    /* 0: none */
} Vgpu;

struct HdFakeVgpus {
    GPtrArray *all; /* Vgpu*, by address */
};

static void
free_type(gpointer data)
{
    VgpuType *type = data;
    g_free(type->name);
    g_free(type);
}

static void
free_vgpu(gpointer data)
{
    Vgpu *vgpu = data;
    g_free(vgpu->address);
    g_free(vgpu->folder);
    g_free(vgpu->capacity_group);
    g_ptr_array_unref(vgpu->types);
    g_free(vgpu);
}

HdFakeVgpus *
hd_fake_vgpus_new(void)
{
    HdFakeVgpus *vgpus = g_new0(HdFakeVgpus, 1);
    vgpus->all = g_ptr_array_new_with_free_func(free_vgpu);
    return vgpus;
}

void
hd_fake_vgpus_free(HdFakeVgpus *vgpus)
{
    g_ptr_array_unref(vgpus->all);
    g_free(vgpus);
}

/* How many vGPUs of type @id the functions that share @group have. */
static guint
count_used(const HdFakeVgpus *vgpus, const char *group, guint id)
{
    guint used = 0;
    for (guint i = 0; i < vgpus->all->len; i++) {
        const Vgpu *vgpu = vgpus->all->pdata[i];
        used += vgpu->current == id && g_str_equal(vgpu->capacity_group, group);
    }
    return used;
}

static bool
is_creatable(const HdFakeVgpus *vgpus, const Vgpu *vgpu, guint id)
{
    for (guint i = 0; i < vgpu->types->len; i++) {
        const VgpuType *type = vgpu->types->pdata[i];
        if (type->id == id)
            return count_used(vgpus, vgpu->capacity_group, id) < type->limit;
    }
    return false;
}

static void
show_vgpu(HdFake *fake, const Vgpu *vgpu)
{
    g_autofree char *current = g_strconcat(vgpu->folder, "/current_vgpu_type", NULL);
    g_autofree char *creatable = g_strconcat(vgpu->folder, "/creatable_vgpu_types", NULL);
    g_autofree char *id = g_strdup_printf("%u", vgpu->current);
    g_autoptr(GString) list = g_string_new("ID    : vGPU Name\n");
    for (guint i = 0; i < vgpu->types->len; i++) {
        const VgpuType *type = vgpu->types->pdata[i];
        if (is_creatable(fake->vgpus, vgpu, type->id))
            g_string_append_printf(list, "%-5u : %s\n", type->id, type->name);
    }
    hd_fake_tree_set_file(fake->tree, current, id);
    hd_fake_tree_set_file(fake->tree, creatable, list->str);
}

static void
show_all(HdFake *fake)
{
    for (guint i = 0; i < fake->vgpus->all->len; i++)
        show_vgpu(fake, fake->vgpus->all->pdata[i]);
}

static int
store_current(HdFake *fake, Vgpu *vgpu, const char *text)
{
    g_autofree char *line = g_strndup(text, strcspn(text, "\n"));
    guint64 id = 0;
    if (!g_ascii_string_to_unsigned(line, 10, 0, G_MAXUINT, &id, NULL))
        return EINVAL;
    if (id != 0 && vgpu->current != 0)
        return EBUSY;
    if (id != 0 && !is_creatable(fake->vgpus, vgpu, (guint)id))
        return EINVAL;
    vgpu->current = (guint)id;
    show_all(fake);
    return 0;
}

bool
hd_fake_vgpu_store(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    for (guint i = 0; i < fake->vgpus->all->len; i++) {
        Vgpu *vgpu = fake->vgpus->all->pdata[i];
        if (!g_str_equal(vgpu->folder, folder))
            continue;
        bool is_current = g_str_has_suffix(path, "/current_vgpu_type");
        *ret_error = is_current ? store_current(fake, vgpu, text) : EACCES;
        return true;
    }
    return false;
}

static gint
compare_vgpus(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Vgpu *const *)a)->address, (*(Vgpu *const *)b)->address);
}

/* "558:NVIDIA L40-1B:2" */
static VgpuType *
new_type(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 3);
    g_assert_cmpuint(g_strv_length(parts), ==, 3);
    VgpuType *type = g_new0(VgpuType, 1);
    type->id = (guint)g_ascii_strtoull(parts[0], NULL, 10);
    type->name = g_strdup(parts[1]);
    type->limit = (guint)g_ascii_strtoull(parts[2], NULL, 10);
    return type;
}

void
hd_fake_add_vgpu(HdFake *fake, const char *address, const char *const *types,
                 const char *capacity_group)
{
    Vgpu *vgpu = g_new0(Vgpu, 1);
    vgpu->address = g_strdup(address);
    vgpu->folder = hd_fake_device_path(address, "nvidia");
    vgpu->capacity_group = g_strdup(capacity_group);
    vgpu->types = g_ptr_array_new_with_free_func(free_type);
    for (guint i = 0; types[i] != NULL; i++)
        g_ptr_array_add(vgpu->types, new_type(types[i]));
    g_ptr_array_add(fake->vgpus->all, vgpu);
    g_ptr_array_sort(fake->vgpus->all, compare_vgpus);
    show_all(fake);
}

void
hd_fake_vgpu_forget(HdFake *fake, const char *address)
{
    for (guint i = fake->vgpus->all->len; i-- > 0;) {
        const Vgpu *vgpu = fake->vgpus->all->pdata[i];
        if (g_str_equal(vgpu->address, address))
            g_ptr_array_remove_index(fake->vgpus->all, i);
    }
    show_all(fake);
}

void
hd_fake_vgpu_dump(HdFake *fake, GString *text)
{
    for (guint i = 0; i < fake->vgpus->all->len; i++) {
        const Vgpu *vgpu = fake->vgpus->all->pdata[i];
        g_string_append_printf(text, "%s vgpu %u\n", vgpu->address, vgpu->current);
    }
}
