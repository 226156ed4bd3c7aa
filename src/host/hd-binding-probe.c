/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose a function is: its driver and its driver_override, and when not to ask for the latter.
 */
#include "hd-binding-probe.h"

#include <errno.h>

#include "hd-error.h"

#define DEVICES "sys/bus/pci/devices"

int
hd_binding_probe_driver(HdPort *port, const HdPciAddress *address, char **ret_driver)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autofree char *driver = NULL;
    int error = hd_port_link_name(port, &driver, DEVICES "/%s/driver", name.text);
    if (error == ENOENT && hd_port_exists(port, DEVICES "/%s", name.text))
        error = 0;
    if (error == 0)
        *ret_driver = g_steal_pointer(&driver);
    return error;
}

bool
hd_binding_is_moving(HdPort *port, const char *name)
{
    g_autofree char *path = g_strconcat(HD_PORT_DEVICE_LOCKS "/", name, NULL);
    return hd_port_is_locked(port, path);
}

bool
hd_binding_probe(HdPort *port, const HdPciAddress *address, bool and_override,
                 HdBinding *ret_binding, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_auto(HdBinding) binding = {0};
    int error = hd_binding_probe_driver(port, address, &binding.driver);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its driver",
                                  name.text);
    error = and_override
                ? hd_port_read(port, &binding.override, DEVICES "/%s/driver_override", name.text)
                : 0;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: read its driver_override",
                                  name.text);
    /* The kernel prints an unset override as "(null)"; written back, that text would be a name. */
    if (g_strcmp0(binding.override, "(null)") == 0 || g_strcmp0(binding.override, "") == 0)
        g_clear_pointer(&binding.override, g_free);
    *ret_binding = binding;
    binding = (HdBinding){0};
    return true;
}
