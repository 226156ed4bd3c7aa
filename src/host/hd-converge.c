/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Goal -> the code that reaches it. Re-checks here, at the effect, what was decided
 * earlier: that the card at this address is still the card of the plan.
 */
#include "hd-converge.h"

#include <errno.h>

#include "hd-console.h"
#include "hd-gpu.h"
#include "hd-mdev-reach.h"
#include "hd-module.h"
#include "hd-node.h"
#include "hd-pages-reach.h"
#include "hd-pci-bind.h"
#include "hd-probe.h"
#include "hd-settings.h"
#include "hd-sriov.h"
#include "hd-unit.h"
#include "hd-vf-net.h"
#include "hd-vgpu-reach.h"

static bool
check_identity(HdPort *port, const HdGoal *goal, HdConverged *ret_outcome, GError **ret_error)
{
    HdDeviceId id;
    int error = hd_probe_id(port, &goal->address, &id);
    if (error == ENOENT || error == ENODEV)
        *ret_outcome = HD_CONVERGED_GONE;
    else if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its ids",
                                  hd_pci_address_text(&goal->address).text);
    else
        *ret_outcome =
            hd_device_id_equal(&id, &goal->id) ? HD_CONVERGED_REACHED : HD_CONVERGED_REPLACED;
    return true;
}

static bool
move_function(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
              GError **ret_error)
{
    if (goal->kind == HD_GOAL_VGPU)
        return hd_vgpu_reach(port, goal, forward, ret_outcome, ret_error);
    if (goal->kind == HD_GOAL_SRIOV)
        return hd_sriov_reach(port, goal, forward, ret_error);
    if (goal->kind == HD_GOAL_SETTINGS)
        return hd_settings_reach(port, goal, forward, ret_error);
    return hd_pci_bind(port, &goal->address, forward ? &goal->after : &goal->before,
                       forward ? NULL : goal->before_module,
                       forward ? &goal->bars_after : &goal->bars_before, !forward, ret_error);
}

/* Some graphics cards never wake up again from the sleep that vfio allows them. What sysfs says of
   the ids is what the kernel has kept; the config space is the card's own. */
static bool
check_awake(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    g_autoptr(GString) config = NULL;
    const HdPciAddressText name = hd_pci_address_text(&goal->address);
    if (goal->kind != HD_GOAL_PCI || !hd_gpu_is_display(&goal->id) ||
        hd_port_load(port, &config, "sys/bus/pci/devices/%s/config", name.text) != 0 ||
        config->len < 2 || (guchar)config->str[0] != 0xff || (guchar)config->str[1] != 0xff)
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s: does not answer any more since it is on driver %s; set d3cold='off' "
                        "for it, and power-cycle the host",
                        name.text, goal->after.driver);
}

static bool
converge_function(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                  GError **ret_error)
{
    HdConverged outcome = HD_CONVERGED_REACHED;
    if (!check_identity(port, goal, &outcome, ret_error))
        return false;
    if (outcome != HD_CONVERGED_REACHED && forward)
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: %s since the start began",
                            hd_pci_address_text(&goal->address).text,
                            outcome == HD_CONVERGED_GONE ? "the device has gone"
                                                         : "another card has taken its place");
    if (outcome == HD_CONVERGED_REACHED &&
        (!move_function(port, goal, forward, &outcome, ret_error) ||
         (forward && !check_awake(port, goal, ret_error))))
        return false;
    *ret_outcome = outcome;
    return true;
}

bool
hd_converge(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
            GError **ret_error)
{
    switch (goal->kind) {
    case HD_GOAL_PCI:
    case HD_GOAL_VGPU:
    case HD_GOAL_SRIOV:
    case HD_GOAL_SETTINGS:
        return converge_function(port, goal, forward, ret_outcome, ret_error);
    case HD_GOAL_MDEV:
        return hd_mdev_reach(port, goal, forward, ret_outcome, ret_error);
    case HD_GOAL_VF:
        return hd_vf_net_reach(port, goal, forward, ret_outcome, ret_error);
    case HD_GOAL_MAC:
        return hd_vf_mac_reach(port, goal, forward, ret_outcome, ret_error);
    case HD_GOAL_CONSOLE:
        return hd_console_reach(port, forward && !goal->is_kept, ret_outcome, ret_error);
    case HD_GOAL_SCREEN:
        return hd_screen_reach(port, goal, forward, ret_outcome, ret_error);
    case HD_GOAL_UNIT:
        if (!hd_unit_reach(port, goal, forward, ret_error))
            return false;
        break;
    case HD_GOAL_MODULE:
        if (!hd_module_reach(port, goal, forward, ret_error))
            return false;
        break;
    case HD_GOAL_NODE:
        if (!hd_node_reach(port, goal, forward, ret_error))
            return false;
        break;
    case HD_GOAL_PAGES:
        if (!hd_pages_reach(port, goal, forward, ret_error))
            return false;
        break;
    case HD_GOAL_HOLD:
    case HD_GOAL_USB:
    case HD_GOAL_TTY:
        break;
    }
    *ret_outcome = HD_CONVERGED_REACHED;
    return true;
}
