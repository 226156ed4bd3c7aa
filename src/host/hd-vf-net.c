/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The network side of VFs: what their PF is told about them, and the address of the
 * interface that a VF has while the host itself uses it.
 */
#include "hd-vf-net.h"

#include <errno.h>

#include "hd-sriov.h"

#define DEVICES "sys/bus/pci/devices"

/* A VF that has been reset a moment ago is not to be spoken to yet; iavf registers its interface
   some time after its probe. */
#define PAUSE_MS  100
#define TRIES     100
#define MAC_TRIES 4

/* "pf0vf3", "vf3", "pf0sf0", "c1pf0": in switchdev mode the representor of a VF, a subfunction or
   a PF, a neighbour of the PF's own, which is a port of the card, "p0", or of a part of it, "p0s1".
 */
static bool
is_representor(HdPort *port, const char *device, const char *interface)
{
    g_autofree char *name = NULL;
    return hd_port_read(port, &name, DEVICES "/%s/net/%s/phys_port_name", device, interface) == 0 &&
           (strstr(name, "vf") != NULL || strstr(name, "sf") != NULL || strstr(name, "pf") != NULL);
}

char *
hd_vf_net_interface(HdPort *port, const HdPciAddress *address)
{
    const HdPciAddressText device = hd_pci_address_text(address);
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, DEVICES "/%s/net", device.text) != 0)
        return NULL;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (!is_representor(port, device.text, name))
            return g_strdup(name);
    }
    return NULL;
}

bool
hd_vf_net_is_switched(HdPort *port, const HdPciAddress *address)
{
    g_autofree char *pf = NULL;
    g_autoptr(GPtrArray) names = NULL;
    bool is_switched = false;
    if (hd_port_link_name(port, &pf, DEVICES "/%s/physfn", hd_pci_address_text(address).text) !=
            0 ||
        hd_port_list(port, &names, DEVICES "/%s/net", pf) != 0)
        return false;
    for (guint i = 0; i < names->len && !is_switched; i++)
        is_switched = is_representor(port, pf, g_ptr_array_index(names, i));
    return is_switched;
}

static bool
is_up(HdPort *port, const char *interface)
{
    g_autofree char *flags = NULL;
    return hd_port_read(port, &flags, "sys/class/net/%s/flags", interface) == 0 &&
           (g_ascii_strtoull(flags, NULL, 16) & 1) != 0;
}

/* A driver that reports nothing has nothing that could get lost. */
static bool
read_settings(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings,
              GError **ret_error)
{
    int error = hd_port_vf_get(port, interface, index, ret_settings);
    if (error == 0 || error == ENOENT || error == ENODEV || error == EOPNOTSUPP)
        return true;
    /* What newer kernels answer instead of a list that is cut. */
    if (error == EOVERFLOW || error == EMSGSIZE)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s has more VFs than the kernel can tell of, and VF %u is not among "
                            "those it tells: its settings could not be put back; make fewer VFs",
                            interface, index);
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read the settings of VF %u",
                              interface, index);
}

static void
read_mac(HdPort *port, const HdPciAddress *address, HdVfNet *net)
{
    g_autofree char *interface = hd_vf_net_interface(port, address);
    g_autofree char *text = NULL;
    if (interface != NULL && hd_port_read(port, &text, "sys/class/net/%s/address", interface) == 0)
        net->has_mac = hd_mac_parse(text, &net->mac);
}

bool
hd_vf_net_probe(HdPort *port, const HdDevice *vf, HdVfNet **ret_net, GError **ret_error)
{
    g_autoptr(HdVfNet) net = g_new0(HdVfNet, 1);
    if (!hd_sriov_find(port, &vf->pf, &vf->address, &net->index, ret_error))
        return false;
    net->interface = hd_vf_net_interface(port, &vf->pf);
    if (net->interface != NULL) {
        net->is_interface_up = is_up(port, net->interface);
        if (!read_settings(port, net->interface, net->index, &net->settings, ret_error))
            return false;
    }
    read_mac(port, &vf->address, net);
    *ret_net = g_steal_pointer(&net);
    return true;
}

static int
write_key(HdPort *port, const char *interface, guint index, const HdVfSettings *target, HdVfKey key)
{
    int error = EAGAIN;
    for (guint try = 0; try < TRIES && (error == EAGAIN || error == EBUSY); try++) {
        if (try > 0)
            hd_port_pause(port, PAUSE_MS);
        error = hd_port_vf_set(port, interface, index, target, key);
        if (hd_port_is_abandoned(port))
            break;
    }
    return error;
}

/* "None" is 0 to most drivers; some take only an address, and this is the one libvirt uses. */
static int
write_no_mac(HdPort *port, const char *interface, guint index)
{
    HdVfSettings none = {.known = 1U << HD_VF_MAC, .mac = {{0x02, 0, 0, 0, 0, 0}}};
    return write_key(port, interface, index, &none, HD_VF_MAC);
}

static bool
is_group_reached(const HdVfSettings *now, const HdVfSettings *target, HdVfKey key)
{
    const guint group = hd_vf_key_group(key);
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if ((group & 1U << i) != 0 && !hd_vf_settings_has_reached(now, target, (HdVfKey)i))
            return false;
    }
    return true;
}

/* Returns 0 or errno. */
static int
write_group(HdPort *port, const HdGoal *goal, const char *interface, const HdVfSettings *target,
            HdVfKey key)
{
    int error = write_key(port, interface, goal->vf_index, target, key);
    bool is_none = key == HD_VF_MAC && hd_mac_is_zero(&target->mac);
    return error != 0 && is_none ? write_no_mac(port, interface, goal->vf_index) : error;
}

static void
explain(const HdGoal *goal, const char *interface, const HdVfSettings *target, HdVfKey key,
        int error, GError **ret_error)
{
    g_autofree char *value = hd_vf_settings_value(target, key);
    (void)hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: set %s=%s (VF %u of %s)",
                             hd_pci_address_text(&goal->address).text, hd_vf_key_name(key), value,
                             goal->vf_index, interface);
}

/* Drivers round rates as they can, so these are not held against the driver. */
static bool
check_group(const HdGoal *goal, const HdVfSettings *now, const HdVfSettings *target, HdVfKey key,
            GError **ret_error)
{
    bool is_none = key == HD_VF_MAC && hd_mac_is_zero(&target->mac);
    if (is_none || key == HD_VF_MAX_RATE || !hd_vf_settings_has(now, key) ||
        is_group_reached(now, target, key))
        return true;
    g_autofree char *wanted = hd_vf_settings_value(target, key);
    g_autofree char *is = hd_vf_settings_value(now, key);
    return hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s: the PF's driver accepted %s=%s, but has %s",
                        hd_pci_address_text(&goal->address).text, hd_vf_key_name(key), wanted, is);
}

/* A VF that is not trusted may be refused what follows. */
static const HdVfKey groups[] = {HD_VF_TRUST,    HD_VF_MAC,      HD_VF_VLAN,
                                 HD_VF_SPOOFCHK, HD_VF_MAX_RATE, HD_VF_LINK_STATE};

static bool
has_carrier(HdPort *port, const char *interface)
{
    g_autofree char *text = NULL;
    return hd_port_read(port, &text, "sys/class/net/%s/carrier", interface) == 0 &&
           g_str_equal(text, "1");
}

/* Without a link some drivers (igb, ixgbe) take no rate, not even none. What a VM had is no reason
   to keep the VF from all others: the next one that wants a rate says its own. */
static bool
is_excused(HdPort *port, const char *interface, HdVfKey key, int error)
{
    return key == HD_VF_MAX_RATE && error == EINVAL && !has_carrier(port, interface);
}

/* On the way back what is refused keeps nothing else from being given back. */
static bool
write_groups(HdPort *port, const HdGoal *goal, const char *interface, const HdVfSettings *target,
             GError **ret_error)
{
    const bool is_back = target == &goal->vf_before;
    g_autoptr(GError) first = NULL;
    HdVfSettings now = {0};
    if (!read_settings(port, interface, goal->vf_index, &now, ret_error))
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(groups) && (first == NULL || is_back); i++) {
        if (is_group_reached(&now, target, groups[i]))
            continue;
        int error = write_group(port, goal, interface, target, groups[i]);
        if (error != 0 && first == NULL &&
            !(is_back && is_excused(port, interface, groups[i], error)))
            explain(goal, interface, target, groups[i], error, &first);
    }
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}

static bool
write_settings(HdPort *port, const HdGoal *goal, const char *interface, const HdVfSettings *target,
               GError **ret_error)
{
    HdVfSettings now = {0};
    if (!write_groups(port, goal, interface, target, ret_error))
        return false;
    if (!read_settings(port, interface, goal->vf_index, &now, ret_error))
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (!check_group(goal, &now, target, groups[i], ret_error))
            return false;
    }
    return true;
}

/* Between decision and effect VFs may have been made anew, and interfaces renamed. */
static bool
is_same_vf(HdPort *port, const HdGoal *goal)
{
    g_autofree char *name = NULL;
    return hd_port_link_name(port, &name, DEVICES "/%s/virtfn%u",
                             hd_pci_address_text(&goal->pf).text, goal->vf_index) == 0 &&
           g_str_equal(name, hd_pci_address_text(&goal->address).text);
}

bool
hd_vf_net_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                GError **ret_error)
{
    const HdVfSettings *target = forward ? &goal->vf_after : &goal->vf_before;
    g_autofree char *interface = hd_vf_net_interface(port, &goal->pf);
    bool is_there = interface != NULL && is_same_vf(port, goal);
    if (!is_there && forward)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s: it, or its PF's network interface, has gone since the start began",
                            hd_pci_address_text(&goal->address).text);
    if (is_there && target->known != 0 && !write_settings(port, goal, interface, target, ret_error))
        return false;
    *ret_outcome = is_there ? HD_CONVERGED_REACHED : HD_CONVERGED_GONE;
    return true;
}

/* The interface of a function whose driver has just got it back. */
static char *
wait_for_interface(HdPort *port, const HdPciAddress *address)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    for (guint try = 0; try < TRIES && hd_port_exists(port, DEVICES "/%s/driver", name.text);
         try++) {
        char *interface = hd_vf_net_interface(port, address);
        if (interface != NULL || hd_port_is_abandoned(port))
            return interface;
        hd_port_pause(port, PAUSE_MS);
    }
    return NULL;
}

static bool
is_refusal(int error)
{
    return error == EADDRNOTAVAIL || error == EPERM || error == EACCES || error == EINVAL;
}

/* ENODEV: udev has renamed the interface; else the VF is in reset, or its PF has not answered. */
static bool
is_passing(int error)
{
    return error == ENODEV || error == EAGAIN || error == EBUSY;
}

/* A VF with an address from its PF may not take another, unless it is trusted. */
static int
set_mac_trusted(HdPort *port, const HdGoal *goal, const char *interface)
{
    g_autofree char *pf = hd_vf_net_interface(port, &goal->pf);
    const HdVfSettings trusted = {.known = 1U << HD_VF_TRUST, .trust = true};
    if (pf == NULL || !hd_vf_settings_has(&goal->vf_before, HD_VF_TRUST) ||
        write_key(port, pf, goal->vf_index, &trusted, HD_VF_TRUST) != 0)
        return EADDRNOTAVAIL;
    return hd_port_net_set_mac(port, interface, &goal->mac);
}

/* The PF takes note of the address that its VF chooses, and forgets what it was told. */
static bool
restore_settings(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    g_autofree char *pf = hd_vf_net_interface(port, &goal->pf);
    return pf == NULL || goal->vf_before.known == 0 || !is_same_vf(port, goal) ||
           write_settings(port, goal, pf, &goal->vf_before, ret_error);
}

/* @ret_interface: (nullable): its last name; NULL: none has come. */
static int
set_mac(HdPort *port, const HdGoal *goal, char **ret_interface)
{
    int error = ENODEV;
    for (guint try = 0; try < MAC_TRIES && is_passing(error); try++) {
        if (try > 0 && error != ENODEV)
            hd_port_pause(port, PAUSE_MS);
        g_free(*ret_interface);
        *ret_interface = wait_for_interface(port, &goal->address);
        if (*ret_interface == NULL)
            return 0;
        error = hd_port_net_set_mac(port, *ret_interface, &goal->mac);
        if (is_refusal(error))
            error = set_mac_trusted(port, goal, *ret_interface);
    }
    return error;
}

bool
hd_vf_mac_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
                GError **ret_error)
{
    g_autofree char *interface = NULL;
    int error = forward ? 0 : set_mac(port, goal, &interface);
    /* First of all trust is taken back. */
    if (!forward && !restore_settings(port, goal, ret_error))
        return false;
    if (error != 0 && !is_refusal(error))
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: give %s the address %s",
                                  hd_pci_address_text(&goal->address).text, interface,
                                  hd_mac_text(&goal->mac).text);
    HdConverged outcome = error == 0 ? HD_CONVERGED_REACHED : HD_CONVERGED_REPLACED;
    *ret_outcome = !forward && interface == NULL ? HD_CONVERGED_GONE : outcome;
    return true;
}
