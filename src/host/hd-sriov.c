/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The number of VFs of a PF. This is the only file that writes sriov_numvfs and
 * sriov_drivers_autoprobe.
 */
#include "hd-sriov.h"

#include <errno.h>
#include <string.h>

#include "hd-text.h"

#define DEVICES "sys/bus/pci/devices"

#define SETTLE_MS 10000
#define PAUSE_MS  20
#define TRIES     500 /* for all VFs together */

static bool
read_count(HdPort *port, const char *name, const char *file, guint *ret_count, GError **ret_error)
{
    g_autofree char *text = NULL;
    guint64 number;
    int error = hd_port_read(port, &text, DEVICES "/%s/%s", name, file);
    if (error == ENOENT)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s: it can't have virtual functions (no %s)", name, file);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its %s", name, file);
    if (!hd_text_unsigned(text, 10, 0, G_MAXUINT16, &number))
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: its %s is no number", name, file);
    *ret_count = (guint)number;
    return true;
}

/* Kernels before 4.14 don't have the switch: their VFs always get a driver. */
static bool
read_autoprobe(HdPort *port, const char *name, bool *ret_on, GError **ret_error)
{
    g_autofree char *text = NULL;
    int error = hd_port_read(port, &text, DEVICES "/%s/sriov_drivers_autoprobe", name);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                                  "%s: read its sriov_drivers_autoprobe", name);
    *ret_on = error == ENOENT || !g_str_equal(text, "0");
    return true;
}

bool
hd_sriov_probe(HdPort *port, const HdPciAddress *address, HdSriov *ret_sriov, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    HdSriov sriov = {0};
    if (!read_count(port, name.text, "sriov_totalvfs", &sriov.total, ret_error) ||
        !read_count(port, name.text, "sriov_numvfs", &sriov.count, ret_error) ||
        !read_autoprobe(port, name.text, &sriov.autoprobe, ret_error))
        return false;
    *ret_sriov = sriov;
    return true;
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    const guint left = *(const guint *)a, right = *(const guint *)b;
    return left < right ? -1 : left > right;
}

/* The numbers of the virtfnN links. While VFs are being removed the first are missing. */
static int
list_numbers(HdPort *port, const char *name, GArray *numbers)
{
    g_autoptr(GPtrArray) files = NULL;
    int error = hd_port_list(port, &files, DEVICES "/%s", name);
    for (guint i = 0; error == 0 && i < files->len; i++) {
        const char *file = g_ptr_array_index(files, i);
        guint64 number;
        if (!g_str_has_prefix(file, "virtfn") ||
            !hd_text_unsigned(file + strlen("virtfn"), 10, 0, G_MAXUINT16, &number))
            continue;
        const guint index = (guint)number;
        g_array_append_val(numbers, index);
    }
    g_array_sort(numbers, compare_numbers);
    return error;
}

/* @ret_numbers, @ret_vfs: as many of each */
static bool
list(HdPort *port, const HdPciAddress *pf, GArray *ret_numbers, GArray *ret_vfs, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(pf);
    int error = list_numbers(port, name.text, ret_numbers);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: list its VFs", name.text);
    for (guint i = 0; i < ret_numbers->len;) {
        const guint number = g_array_index(ret_numbers, guint, i);
        g_autofree char *target = NULL;
        HdPciAddress vf;
        error = hd_port_link_name(port, &target, DEVICES "/%s/virtfn%u", name.text, number);
        if (error == ENOENT) {
            g_array_remove_index(ret_numbers, i);
            continue;
        }
        if (error != 0 || !hd_pci_address_parse(target, &vf))
            return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error != 0 ? error : EPROTO,
                                      "%s: read its virtfn%u", name.text, number);
        g_array_append_val(ret_vfs, vf);
        i++;
    }
    return true;
}

bool
hd_sriov_list(HdPort *port, const HdPciAddress *address, GArray **ret_vfs, GError **ret_error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) vfs = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
    if (!list(port, address, numbers, vfs, ret_error))
        return false;
    *ret_vfs = g_steal_pointer(&vfs);
    return true;
}

bool
hd_sriov_find(HdPort *port, const HdPciAddress *pf, const HdPciAddress *vf, guint *ret_index,
              GError **ret_error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) vfs = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
    if (!list(port, pf, numbers, vfs, ret_error))
        return false;
    for (guint i = 0; i < vfs->len; i++) {
        if (!hd_pci_address_equal(&g_array_index(vfs, HdPciAddress, i), vf))
            continue;
        *ret_index = g_array_index(numbers, guint, i);
        return true;
    }
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: its PF does not list it",
                        hd_pci_address_text(vf).text);
}

static bool
write_count(HdPort *port, const char *name, guint count, GError **ret_error)
{
    g_autofree char *text = g_strdup_printf("%u", count);
    int error = hd_port_write(port, text, DEVICES "/%s/sriov_numvfs", name);
    if (hd_port_is_abandoned(port))
        return hd_error_set(ret_error, HD_ERROR_STUCK, "%s: nobody waits for it any more", name);
    if (error == ENOENT)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s: it has no driver that makes virtual functions", name);
    if (error == 0)
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: set the number of VFs to %u",
                              name, count);
}

/* udev keeps a file for each device whose event it has begun to handle. */
static void
wait_for_udev(HdPort *port, const GArray *vfs, bool is_there)
{
    guint try = 0;
    for (guint i = 0; i < vfs->len && hd_port_exists(port, "run/udev/control"); i++) {
        const HdPciAddressText name = hd_pci_address_text(&g_array_index(vfs, HdPciAddress, i));
        for (; try < TRIES; try++) {
            if (hd_port_exists(port, "run/udev/data/+pci:%s", name.text) == is_there ||
                hd_port_is_abandoned(port))
                break;
            hd_port_pause(port, PAUSE_MS);
        }
    }
    hd_port_settle(port, SETTLE_MS);
}

static bool
write_autoprobe(HdPort *port, const char *name, bool on, GError **ret_error)
{
    bool is_on = false;
    if (!read_autoprobe(port, name, &is_on, ret_error))
        return false;
    int error = is_on != on ? hd_port_write(port, on ? "1" : "0",
                                            DEVICES "/%s/sriov_drivers_autoprobe", name)
                            : 0;
    /* No such file: see read_autoprobe(). */
    if (error == 0 ||
        (error == ENOENT && !hd_port_exists(port, DEVICES "/%s/sriov_drivers_autoprobe", name)))
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                              "%s: set its sriov_drivers_autoprobe", name);
}

static bool
remove_all(HdPort *port, const HdPciAddress *pf, GError **ret_error)
{
    g_autoptr(GArray) vfs = NULL;
    if (!hd_sriov_list(port, pf, &vfs, ret_error) ||
        !write_count(port, hd_pci_address_text(pf).text, 0, ret_error))
        return false;
    wait_for_udev(port, vfs, false);
    return true;
}

/* udev loads the VFs' driver, which would take them if automatic probing were on again by then. */
static bool
make(HdPort *port, const HdPciAddress *pf, guint count, GError **ret_error)
{
    g_autoptr(GArray) vfs = NULL;
    if (!write_count(port, hd_pci_address_text(pf).text, count, ret_error) ||
        !hd_sriov_list(port, pf, &vfs, ret_error))
        return false;
    wait_for_udev(port, vfs, true);
    return true;
}

/* From one number to another the way leads through 0. The kernel takes a number that the driver
   then does not keep to for success. */
static bool
change_count(HdPort *port, const HdPciAddress *pf, guint now, guint wanted, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(pf);
    guint reached = 0;
    if ((now != 0 && !remove_all(port, pf, ret_error)) ||
        (wanted != 0 && !make(port, pf, wanted, ret_error)))
        return false;
    if (!read_count(port, name.text, "sriov_numvfs", &reached, ret_error))
        return false;
    return reached == wanted ||
           hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s: its driver made %u of the %u VFs that were asked for; see the "
                        "kernel's log",
                        name.text, reached, wanted);
}

bool
hd_sriov_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&goal->address);
    guint wanted = forward ? goal->count_after : goal->count_before;
    g_autoptr(GError) problem = NULL;
    guint now = 0;
    if (!read_count(port, name.text, "sriov_numvfs", &now, ret_error))
        return false;
    if (now != wanted && (!write_autoprobe(port, name.text, false, &problem) ||
                          !change_count(port, &goal->address, now, wanted, &problem))) {
        if (!hd_error_is(problem, HD_ERROR_STUCK))
            (void)write_autoprobe(port, name.text, goal->autoprobe, NULL);
        g_propagate_error(ret_error, g_steal_pointer(&problem));
        return false;
    }
    return write_autoprobe(port, name.text, goal->autoprobe, ret_error);
}

bool
hd_sriov_probe_drivers(HdPort *port, const HdPciAddress *pf, GError **ret_error)
{
    g_autoptr(GArray) vfs = NULL;
    if (!hd_sriov_list(port, pf, &vfs, ret_error))
        return false;
    for (guint i = 0; i < vfs->len; i++) {
        const HdPciAddressText name = hd_pci_address_text(&g_array_index(vfs, HdPciAddress, i));
        int error = hd_port_exists(port, DEVICES "/%s/driver", name.text)
                        ? 0
                        : hd_port_write(port, name.text, "sys/bus/pci/drivers_probe");
        if (error != 0)
            return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: look for its driver",
                                      name.text);
    }
    return true;
}
