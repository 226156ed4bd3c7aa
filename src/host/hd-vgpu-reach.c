/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Vendor vGPUs without mdev: a number written to nvidia/current_vgpu_type of a VF. Made
 * after NVIDIA's documentation; no such card was at hand.
 */
#include "hd-vgpu-reach.h"

#include <errno.h>

#include "hd-text.h"

#define FOLDER "sys/bus/pci/devices/%s/nvidia"

/* The driver may need seconds to clean up after a VM. */
#define PAUSE_MS 100
#define TRIES    100

static bool
read_current(HdPort *port, const char *name, guint *ret_current, GError **ret_error)
{
    g_autofree char *text = NULL;
    guint64 number;
    int error = hd_port_read(port, &text, FOLDER "/current_vgpu_type", name);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its vGPU type",
                                  name);
    if (!hd_text_unsigned(text, 10, 0, G_MAXUINT, &number))
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: its vGPU type is no number", name);
    *ret_current = (guint)number;
    return true;
}

bool
hd_vgpu_probe(HdPort *port, const HdPciAddress *address, HdVgpu **ret_vgpu, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autofree char *creatable = NULL;
    if (!hd_port_exists(port, FOLDER "/current_vgpu_type", name.text)) {
        *ret_vgpu = NULL;
        return true;
    }
    g_autoptr(HdVgpu) vgpu = hd_vgpu_new();
    if (!read_current(port, name.text, &vgpu->current, ret_error))
        return false;
    int error = hd_port_read(port, &creatable, FOLDER "/creatable_vgpu_types", name.text);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                                  "%s: read its creatable vGPU types", name.text);
    hd_vgpu_read_creatable(vgpu, creatable);
    *ret_vgpu = g_steal_pointer(&vgpu);
    return true;
}

static int
write_type(HdPort *port, const char *name, const char *type)
{
    int error = EBUSY;
    for (guint try = 0; try < TRIES && (error == EBUSY || error == EAGAIN); try++) {
        if (try > 0)
            hd_port_pause(port, PAUSE_MS);
        error = hd_port_write(port, type, FOLDER "/current_vgpu_type", name);
        if (hd_port_is_abandoned(port))
            break;
    }
    return error;
}

static bool
check_creatable(HdPort *port, const HdGoal *goal, guint type, GError **ret_error)
{
    g_autoptr(HdVgpu) vgpu = NULL;
    g_autofree char *number = g_strdup_printf("%u", type);
    if (!hd_vgpu_probe(port, &goal->address, &vgpu, ret_error))
        return false;
    return (vgpu != NULL && hd_vgpu_find_type(vgpu, number) != NULL) ||
           hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s: vGPU type %u can't be made any more: the card's other VFs have taken "
                        "what it needs",
                        hd_pci_address_text(&goal->address).text, type);
}

static bool
set_type(HdPort *port, const HdGoal *goal, guint type, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&goal->address);
    g_autofree char *text = g_strdup_printf("%u", type);
    guint current = 0;
    if (type != 0 && !check_creatable(port, goal, type, ret_error))
        return false;
    int error = write_type(port, name.text, text);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: set vGPU type %u",
                                  name.text, type);
    if (!read_current(port, name.text, &current, ret_error))
        return false;
    return current == type || hd_error_set(ret_error, HD_ERROR_KERNEL,
                                           "%s: the driver accepted vGPU type %u, but has %u",
                                           name.text, type, current);
}

bool
hd_vgpu_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
              GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(&goal->address);
    guint target = forward ? goal->vgpu_after : goal->vgpu_before;
    guint start = forward ? goal->vgpu_before : goal->vgpu_after;
    guint current = 0;
    HdConverged outcome = HD_CONVERGED_REACHED;
    if (!read_current(port, name.text, &current, ret_error))
        return false;
    if (current != target && current != start) {
        if (forward)
            return hd_error_set(ret_error, HD_ERROR_TAKEN,
                                "%s: another program has set vGPU type %u since the start began",
                                name.text, current);
        outcome = HD_CONVERGED_REPLACED;
    } else if (current != target && !set_type(port, goal, target, ret_error)) {
        return false;
    }
    *ret_outcome = outcome;
    return true;
}
