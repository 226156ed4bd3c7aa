/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words in which tests speak of PFs that make too few VFs and of VFs in reset, and what a user
 * would see of them.
 */
#include "hd-fake-private.h"

#include <string.h>

void
hd_fake_limit_vfs(HdFake *fake, const char *pf, guint count)
{
    hd_fake_sriov_find_pf(fake, pf)->limit = count;
}

void
hd_fake_vf_busy_times(HdFake *fake, const char *vf_address, guint times)
{
    g_hash_table_replace(fake->sriov->busy, g_strdup(vf_address), GUINT_TO_POINTER(times));
}

static gint
compare_pfs(gconstpointer a, gconstpointer b)
{
    return strcmp((*(HdFakeSriovPf *const *)a)->address, (*(HdFakeSriovPf *const *)b)->address);
}

static void
dump_pf(const HdFakeSriovPf *pf, GString *text)
{
    g_string_append_printf(text, "%s numvfs %u autoprobe %d\n", pf->address, pf->count,
                           pf->autoprobe);
    for (guint i = 0; i < pf->vfs->len && pf->interface != NULL; i++) {
        const HdFakeVf *vf = pf->vfs->pdata[i];
        g_autofree char *settings = hd_vf_settings_format(&vf->settings);
        g_string_append_printf(text, "%s vf %s\n", vf->address, settings);
    }
}

static void
dump_interfaces(HdFake *fake, GString *text)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_fake_tree_list(fake->tree, "sys/class/net", &names) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *path = g_strdup_printf("sys/class/net/%s/address", name);
        const char *mac = hd_fake_tree_content(fake->tree, path);
        if (mac != NULL)
            g_string_append_printf(text, "%s %s\n", name, mac);
    }
}

void
hd_fake_sriov_dump(HdFake *fake, GString *text)
{
    g_ptr_array_sort(fake->sriov->pfs, compare_pfs);
    for (guint i = 0; i < fake->sriov->pfs->len; i++)
        dump_pf(fake->sriov->pfs->pdata[i], text);
    dump_interfaces(fake, text);
}

void
hd_fake_vf_ignore(HdFake *fake, HdVfKey key)
{
    fake->sriov->ignored |= 1U << key;
}

void
hd_fake_vf_refuse_no_mac(HdFake *fake)
{
    fake->sriov->refuses_no_mac = true;
}
