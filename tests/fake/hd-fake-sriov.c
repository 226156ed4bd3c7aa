/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which PFs and VFs there are, how sysfs shows them, and how they come and go, as drivers/pci/iov.c
 * has it. What is not modelled: while a VF in use blocks the write, reads of the PF's files block
 * too; a PF without a driver offers all VFs of the hardware, not only the driver's number.
 */
#include "hd-fake-private.h"

#include "hd-pci-address.h"

#define FIRST_OFFSET 0x80
#define STRIDE       2

static void
free_vf(gpointer data)
{
    HdFakeVf *vf = data;
    g_free(vf->address);
    g_free(vf);
}

static void
free_pf(gpointer data)
{
    HdFakeSriovPf *pf = data;
    g_free(pf->address);
    g_free(pf->interface);
    g_free(pf->vf_native);
    g_ptr_array_unref(pf->vfs);
    g_free(pf);
}

HdFakeSriov *
hd_fake_sriov_new(void)
{
    HdFakeSriov *sriov = g_new0(HdFakeSriov, 1);
    sriov->pfs = g_ptr_array_new_with_free_func(free_pf);
    sriov->busy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return sriov;
}

void
hd_fake_sriov_free(HdFakeSriov *sriov)
{
    g_ptr_array_unref(sriov->pfs);
    g_hash_table_unref(sriov->busy);
    g_free(sriov);
}

HdFakeSriovPf *
hd_fake_sriov_find_pf(HdFake *fake, const char *address)
{
    for (guint i = 0; i < fake->sriov->pfs->len; i++) {
        HdFakeSriovPf *pf = fake->sriov->pfs->pdata[i];
        if (g_str_equal(pf->address, address))
            return pf;
    }
    return NULL;
}

HdFakeVf *
hd_fake_sriov_find_vf(HdFake *fake, const char *address, HdFakeSriovPf **ret_pf)
{
    for (guint i = 0; i < fake->sriov->pfs->len; i++) {
        HdFakeSriovPf *pf = fake->sriov->pfs->pdata[i];
        for (guint j = 0; j < pf->vfs->len; j++) {
            HdFakeVf *vf = pf->vfs->pdata[j];
            if (!g_str_equal(vf->address, address))
                continue;
            *ret_pf = pf;
            return vf;
        }
    }
    return NULL;
}

HdFakeVf *
hd_fake_sriov_vf_at(const HdFakeSriovPf *pf, guint index)
{
    for (guint i = 0; i < pf->vfs->len; i++) {
        HdFakeVf *vf = pf->vfs->pdata[i];
        if (vf->index == index)
            return vf;
    }
    return NULL;
}

bool
hd_fake_sriov_has_vfs(HdFake *fake, const char *address)
{
    const HdFakeSriovPf *pf = hd_fake_sriov_find_pf(fake, address);
    return pf != NULL && pf->count > 0;
}

bool
hd_fake_sriov_may_probe(HdFake *fake, const char *address, const char *override)
{
    HdFakeSriovPf *pf = NULL;
    return hd_fake_sriov_find_vf(fake, address, &pf) == NULL || pf->autoprobe || override != NULL;
}

static void
set_number(HdFake *fake, const HdFakeSriovPf *pf, const char *name, const char *format,
           guint number)
{
    g_autofree char *path = hd_fake_device_path(pf->address, name);
    g_autofree char *text =
        g_str_equal(format, "%x") ? g_strdup_printf("%x", number) : g_strdup_printf("%u", number);
    hd_fake_tree_set_file(fake->tree, path, text);
}

void
hd_fake_sriov_show(HdFake *fake, const HdFakeSriovPf *pf)
{
    set_number(fake, pf, "sriov_numvfs", "%u", pf->count);
    set_number(fake, pf, "sriov_drivers_autoprobe", "%u", pf->autoprobe);
}

/* Routing ids count from the PF's own, over functions, slots and busses. */
static char *
vf_address(const char *pf, guint index)
{
    HdPciAddress address = {0};
    g_assert_true(hd_pci_address_parse(pf, &address));
    guint id = (guint)address.bus << 8 | (guint)address.slot << 3 | address.function;
    id += FIRST_OFFSET + STRIDE * index;
    return g_strdup_printf("%04x:%02x:%02x.%x", address.domain, id >> 8, id >> 3 & 0x1f, id & 7);
}

/* virtfnN and physfn; @show: or takes the first away. */
static void
show_links(HdFake *fake, const HdFakeSriovPf *pf, const HdFakeVf *vf, bool show)
{
    g_autofree char *name = g_strdup_printf("virtfn%u", vf->index);
    g_autofree char *virtfn = hd_fake_device_path(pf->address, name);
    g_autofree char *physfn = hd_fake_device_path(vf->address, "physfn");
    g_autofree char *pf_home = g_path_get_dirname(virtfn);
    g_autofree char *vf_home = g_path_get_dirname(physfn);
    if (show) {
        hd_fake_tree_point(fake->tree, virtfn, vf_home);
        hd_fake_tree_point(fake->tree, physfn, pf_home);
    } else {
        hd_fake_tree_unset(fake->tree, virtfn);
    }
}

static void
add_vf(HdFake *fake, HdFakeSriovPf *pf, guint index)
{
    const HdFakeDevice *facts = &hd_fake_find(fake, pf->address)->facts;
    HdFakeVf *vf = g_new0(HdFakeVf, 1);
    vf->index = index;
    vf->address = vf_address(pf->address, index);
    hd_fake_vf_settings_reset(vf);
    g_ptr_array_add(pf->vfs, vf);
    const HdFakeDevice device = {.address = vf->address,
                                 .vendor = facts->vendor,
                                 .device = pf->vf_device,
                                 .class_code = facts->class_code,
                                 .group = (int)(pf->first_group + index),
                                 .native = pf->vf_native};
    hd_fake_add_device(fake, &device);
    show_links(fake, pf, vf, true);
    hd_fake_attach(fake, hd_fake_find(fake, vf->address));
}

void
hd_fake_sriov_enable(HdFake *fake, HdFakeSriovPf *pf, guint count)
{
    pf->count = MIN(count, pf->limit);
    hd_fake_sriov_show(fake, pf);
    for (guint i = 0; i < pf->count; i++)
        add_vf(fake, pf, i);
}

/* Returns whether it is gone. Its link goes first, and its driver, even where that waits. */
static bool
remove_vf(HdFake *fake, const HdFakeSriovPf *pf, const HdFakeVf *vf)
{
    Device *device = hd_fake_find(fake, vf->address);
    if (!device->is_blocked || (device->driver == NULL && !device->is_unbinding)) {
        g_autofree char *address = g_strdup(vf->address);
        hd_fake_remove_device(fake, address);
        return true;
    }
    show_links(fake, pf, vf, false);
    device->is_unbinding = fake->is_abandoned = true;
    hd_fake_move(fake, device, NULL);
    return false;
}

void
hd_fake_sriov_disable(HdFake *fake, HdFakeSriovPf *pf)
{
    pf->is_disabling = true;
    while (pf->vfs->len > 0)
        if (!remove_vf(fake, pf, pf->vfs->pdata[0]))
            return;
    pf->is_disabling = false;
    pf->count = 0;
    hd_fake_sriov_show(fake, pf);
}

bool
hd_fake_sriov_leave(HdFake *fake, const char *address)
{
    HdFakeSriovPf *pf = hd_fake_sriov_find_pf(fake, address);
    if (pf == NULL || (pf->keeps_vfs && !pf->is_disabling))
        return false;
    hd_fake_sriov_disable(fake, pf);
    return pf->is_disabling;
}

void
hd_fake_sriov_let_go(HdFake *fake, const char *address)
{
    HdFakeSriovPf *pf = NULL;
    if (hd_fake_sriov_find_vf(fake, address, &pf) == NULL || !pf->is_disabling)
        return;
    bool is_abandoned = fake->is_abandoned;
    hd_fake_sriov_disable(fake, pf);
    fake->is_abandoned = is_abandoned;
    if (pf->is_disabling)
        return;
    g_autofree char *lock = g_strdup_printf("run/hostdevctl/device/%s", pf->address);
    hd_fake_find(fake, pf->address)->is_unbinding = false;
    g_hash_table_remove(fake->locks, lock);
}

void
hd_fake_sriov_forget(HdFake *fake, const char *address)
{
    HdFakeSriovPf *pf = hd_fake_sriov_find_pf(fake, address);
    while (pf != NULL && pf->vfs->len > 0) {
        g_autofree char *vf = g_strdup(((HdFakeVf *)pf->vfs->pdata[0])->address);
        hd_fake_remove_device(fake, vf);
    }
    if (pf != NULL)
        (void)g_ptr_array_remove(fake->sriov->pfs, pf);
    HdFakeVf *vf = hd_fake_sriov_find_vf(fake, address, &pf);
    if (vf == NULL)
        return;
    show_links(fake, pf, vf, false);
    (void)g_ptr_array_remove(pf->vfs, vf);
}

void
hd_fake_make_pf(HdFake *fake, const HdFakePf *facts)
{
    HdFakeSriovPf *pf = g_new0(HdFakeSriovPf, 1);
    *pf = (HdFakeSriovPf){.address = g_strdup(facts->address),
                          .interface = g_strdup(facts->interface),
                          .vf_native = g_strdup(facts->vf_native),
                          .total = facts->total,
                          .first_group = facts->first_group,
                          .limit = facts->total,
                          .vf_device = facts->vf_device,
                          .keeps_vfs = facts->keeps_vfs,
                          .autoprobe = true,
                          .vfs = g_ptr_array_new_with_free_func(free_vf)};
    g_ptr_array_add(fake->sriov->pfs, pf);
    set_number(fake, pf, "sriov_totalvfs", "%u", pf->total);
    set_number(fake, pf, "sriov_offset", "%u", FIRST_OFFSET);
    set_number(fake, pf, "sriov_stride", "%u", STRIDE);
    set_number(fake, pf, "sriov_vf_device", "%x", pf->vf_device);
    hd_fake_net_moved(fake, pf->address);
    hd_fake_sriov_enable(fake, pf, facts->count);
}
