/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Attributes of a function besides its driver: how it is reset and whether it may lose its power.
 * vfio-pci itself changes power/control when it gets a device and when it leaves one.
 */
#include "hd-settings.h"

#include <errno.h>

#include "hd-error.h"

#define DEVICES "sys/bus/pci/devices"

static char *
read_attribute(HdPort *port, const HdPciAddress *address, const char *name)
{
    char *text = NULL;
    if (hd_port_read(port, &text, DEVICES "/%s/%s", hd_pci_address_text(address).text, name) != 0)
        return NULL;
    if (!hd_setting_is_value(text))
        g_clear_pointer(&text, g_free);
    return text;
}

void
hd_settings_probe(HdPort *port, HdDevice *device, bool all)
{
    if (device->power == NULL)
        device->power = read_attribute(port, &device->address, "power/control");
    if (!all || device->d3cold != NULL || device->reset_method != NULL)
        return;
    device->d3cold = read_attribute(port, &device->address, "d3cold_allowed");
    device->reset_method = read_attribute(port, &device->address, "reset_method");
    /* The kernel shows neither file where it has found no way. */
    if (device->reset_method == NULL &&
        !hd_port_exists(port, DEVICES "/%s/reset", hd_pci_address_text(&device->address).text))
        device->reset_method = g_strdup("");
}

static bool
set(HdPort *port, const HdPciAddress *address, const char *name, const char *value,
    GError **ret_error)
{
    const HdPciAddressText text = hd_pci_address_text(address);
    g_autofree char *current = read_attribute(port, address, name);
    if (current == NULL || g_str_equal(current, value))
        return true;
    /* An empty write never reaches the kernel. */
    int error =
        hd_port_write(port, *value != '\0' ? value : "\n", DEVICES "/%s/%s", text.text, name);
    g_autofree char *now = read_attribute(port, address, name);
    if (now == NULL || g_str_equal(now, value))
        return true;
    if (error == EINVAL)
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: its %s can't be '%s'; it is '%s'",
                            text.text, name, value, now);
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error != 0 ? error : EIO,
                              "%s: set its %s to '%s'", text.text, name, value);
}

/* Methods that the kernel had found at boot, before the card's other functions were there, it may
   not take again: then those that it finds now. */
static bool
put_back(HdPort *port, const HdPciAddress *address, const HdSetting *setting, GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    if (set(port, address, setting->name, setting->before, &problem))
        return true;
    if (g_str_equal(setting->name, "reset_method") &&
        hd_port_write(port, "default", DEVICES "/%s/reset_method",
                      hd_pci_address_text(address).text) == 0)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

bool
hd_settings_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    g_autoptr(GError) first = NULL;
    for (guint i = 0; i < goal->settings->len; i++) {
        const HdSetting *setting = g_ptr_array_index(goal->settings, i);
        GError **error = first == NULL ? &first : NULL;
        if (!forward)
            (void)put_back(port, &goal->address, setting, error);
        else if (setting->after != NULL)
            (void)set(port, &goal->address, setting->name, setting->after, error);
    }
    if (first == NULL)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&first));
    return false;
}
