/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A start must not read the journals of a thousand other VMs to see that none of them
 * has its device. The index tells which journals are worth a look, and only that.
 */
#include "hd-index.h"

#include <errno.h>
#include <string.h>

#define FOLDER  "run/hostdevctl/claim"
#define DEVICES "sys/bus/pci/devices"
#define WHOLE   FOLDER "/whole"
#define DESKTOP "desktop"

static void
add(GPtrArray *subjects, const char *subject)
{
    if (!g_ptr_array_find_with_equal_func(subjects, subject, g_str_equal, NULL))
        g_ptr_array_add(subjects, g_strdup(subject));
}

static void
add_address(GPtrArray *subjects, const HdPciAddress *address)
{
    add(subjects, hd_pci_address_text(address).text);
}

/* Kinds of which a decision needs all goals there are: instances are counted, and which device a
   USB wish means shows only later. */
static const char *
kind_of(const HdGoal *goal)
{
    if (goal->kind == HD_GOAL_NODE && goal->usb.bus == 0)
        return goal->node == HD_NODE_IOMMU ? "iommu" : NULL;
    return goal->usb.bus != 0               ? "usb"
           : goal->kind == HD_GOAL_TTY      ? "tty"
           : goal->kind == HD_GOAL_PAGES    ? "hugepages"
           : goal->kind == HD_GOAL_MDEV     ? "mdev"
           : goal->kind == HD_GOAL_VGPU     ? "vgpu"
           : hd_goal_is_about_desktop(goal) ? DESKTOP
                                            : NULL;
}

static GPtrArray *
new_subjects(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

GPtrArray *
hd_index_subjects(const HdRecord *record)
{
    GPtrArray *subjects = new_subjects();
    for (guint i = 0; i < record->goals->len; i++) {
        const HdGoal *goal = hd_record_goal(record, i)->goal;
        const char *kind = kind_of(goal);
        if (kind != NULL)
            add(subjects, kind);
        if (hd_goal_is_about_mdev(goal))
            add(subjects, goal->uuid.text);
        else if (hd_goal_is_about_function(goal) && g_strcmp0(kind, "iommu") != 0)
            add_address(subjects, &goal->address);
    }
    return subjects;
}

/* The VFs of a PF: they would go with it. */
static void
add_vfs(HdPort *port, const char *name, GPtrArray *subjects)
{
    g_autoptr(GPtrArray) entries = NULL;
    /* Not their number, which the kernel may hold back while it makes or removes some. */
    if (!hd_port_exists(port, DEVICES "/%s/sriov_totalvfs", name) ||
        hd_port_list(port, &entries, DEVICES "/%s", name) != 0)
        return;
    for (guint i = 0; i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        g_autofree char *vf = NULL;
        if (g_str_has_prefix(entry, "virtfn") &&
            hd_port_link_name(port, &vf, DEVICES "/%s/%s", name, entry) == 0)
            add(subjects, vf);
    }
}

static void
add_function(HdPort *port, const HdPciAddress *address, GPtrArray *subjects)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autoptr(GPtrArray) members = NULL;
    g_autofree char *pf = NULL;
    add(subjects, name.text);
    if (hd_port_list(port, &members, DEVICES "/%s/iommu_group/devices", name.text) == 0) {
        for (guint i = 0; i < members->len; i++)
            add(subjects, g_ptr_array_index(members, i));
    }
    if (hd_port_link_name(port, &pf, DEVICES "/%s/physfn", name.text) == 0)
        add(subjects, pf);
    /* Others' mdevs go with it. */
    if (hd_port_exists(port, DEVICES "/%s/mdev_supported_types", name.text))
        add(subjects, "mdev");
    add_vfs(port, name.text, subjects);
}

/* The other functions of a graphics card, which go along with it. */
static void
add_card(HdPort *port, const HdPciAddress *address, GPtrArray *subjects)
{
    g_autofree char *class_code = NULL;
    if (hd_port_read(port, &class_code, DEVICES "/%s/class", hd_pci_address_text(address).text) !=
            0 ||
        !g_str_has_prefix(class_code, "0x03"))
        return;
    add(subjects, DESKTOP);
    for (guint8 function = 0; function < 8; function++) {
        HdPciAddress other = *address;
        other.function = function;
        if (hd_port_exists(port, DEVICES "/%s", hd_pci_address_text(&other).text))
            add_function(port, &other, subjects);
    }
}

/* Whose mdevs may be made: none is while a parent is another's. */
static void
add_parents(HdPort *port, GPtrArray *subjects)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, "sys/class/mdev_bus") != 0)
        return;
    for (guint i = 0; i < names->len; i++)
        add(subjects, g_ptr_array_index(names, i));
}

GPtrArray *
hd_index_wanted(HdPort *port, const HdRequest *request, bool and_pages)
{
    GPtrArray *subjects = new_subjects();
    /* QEMU's nodes are ours to hand out on some hosts, and this one is everybody's. */
    add(subjects, "iommu");
    if (and_pages)
        add(subjects, "hugepages");
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->kind == HD_WISH_USB)
            add(subjects, "usb");
        else if (wish->kind == HD_WISH_TTY)
            add(subjects, "tty");
        if (wish->kind == HD_WISH_MDEV) {
            add(subjects, wish->uuid.text);
            add_parents(port, subjects);
        }
        if (hd_wish_is_pci(wish))
            add_function(port, &wish->address, subjects);
        if (hd_wish_is_bound_by_us(wish))
            add_card(port, &wish->address, subjects);
        if (wish->kind == HD_WISH_MDEV || wish->vgpu_type != NULL) {
            add(subjects, "mdev");
            add(subjects, "vgpu");
        }
    }
    return subjects;
}

bool
hd_index_has(const GPtrArray *subjects, const HdPciAddress *address)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)subjects,
                                            hd_pci_address_text(address).text, g_str_equal, NULL);
}

bool
hd_index_has_desktop(const GPtrArray *subjects)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)subjects, DESKTOP, g_str_equal, NULL);
}

int
hd_index_add(HdPort *port, const GPtrArray *subjects, const char *key)
{
    for (guint i = 0; i < subjects->len; i++) {
        g_autofree char *path =
            g_strdup_printf(FOLDER "/%s/%s", (char *)g_ptr_array_index(subjects, i), key);
        int error = hd_port_exists(port, "%s", path) ? 0 : hd_port_append(port, path, "");
        if (error != 0)
            return error;
    }
    return 0;
}

void
hd_index_remove(HdPort *port, const GPtrArray *subjects, const char *key)
{
    for (guint i = 0; i < subjects->len; i++) {
        g_autofree char *path =
            g_strdup_printf(FOLDER "/%s/%s", (char *)g_ptr_array_index(subjects, i), key);
        (void)hd_port_remove(port, path);
    }
}

/* None is an answer; that it can't be told is another. */
static int
list(HdPort *port, const char *path, GPtrArray **ret_names)
{
    GPtrArray *names = NULL;
    int error = hd_port_list(port, &names, "%s", path);
    if (error != 0 && error != ENOENT)
        return error;
    *ret_names = names != NULL ? names : new_subjects();
    return 0;
}

int
hd_index_keys(HdPort *port, const char *subject, GPtrArray **ret_keys)
{
    g_autofree char *path = g_strconcat(FOLDER "/", subject, NULL);
    return list(port, path, ret_keys);
}

GPtrArray *
hd_index_all(HdPort *port)
{
    GPtrArray *subjects = NULL;
    guint index;
    if (list(port, FOLDER, &subjects) != 0)
        return new_subjects();
    if (g_ptr_array_find_with_equal_func(subjects, "whole", g_str_equal, &index))
        g_ptr_array_remove_index(subjects, index);
    return subjects;
}

bool
hd_index_is_whole(HdPort *port)
{
    return hd_port_exists(port, WHOLE);
}

void
hd_index_set_whole(HdPort *port)
{
    (void)hd_port_append(port, WHOLE, "");
}
