/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Moving one PCI function between drivers. This is the only file that writes
 * driver_override, unbind and bind.
 */
#include "hd-pci-bind.h"

#include <errno.h>

#include "hd-bar.h"
#include "hd-binding-probe.h"
#include "hd-probe.h"
#include "hd-text.h"

#define DEVICES "sys/bus/pci/devices"
#define DRIVERS "sys/bus/pci/drivers"

static bool
set_override(HdPort *port, const char *name, const char *current, const char *wanted,
             GError **ret_error)
{
    if (g_strcmp0(current, wanted) == 0)
        return true;
    /* An empty write never reaches the kernel; a newline clears. */
    int error =
        hd_port_write(port, wanted != NULL ? wanted : "\n", DEVICES "/%s/driver_override", name);
    if (error == 0)
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: set its driver_override",
                              name);
}

static bool
unbind(HdPort *port, const char *name, const char *driver, GError **ret_error)
{
    int error = hd_port_write(port, name, DRIVERS "/%s/unbind", driver);
    /* ENODEV, ENOENT: it has left that driver already. */
    if (error != 0 && error != ENODEV && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: unbind it from driver %s",
                                  name, driver);
    if (hd_port_is_abandoned(port))
        return hd_error_set(ret_error, HD_ERROR_STUCK, "%s: nobody waits for it any more", name);
    return true;
}

/* The driver may have been unloaded since the device left it. */
static int
write_bind(HdPort *port, const char *name, const char *driver, const char *module)
{
    int error = hd_port_write(port, name, DRIVERS "/%s/bind", driver);
    if (error != ENOENT || module == NULL || hd_port_load_module(port, module) != 0)
        return error;
    return hd_port_write(port, name, DRIVERS "/%s/bind", driver);
}

static bool
bind(HdPort *port, const HdPciAddress *address, const char *driver, const char *module,
     GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    int error = write_bind(port, name.text, driver, module);
    g_auto(HdBinding) now = {0};
    /* EBUSY and the like may mean that the kernel's own probe was faster: look. */
    if (!hd_binding_probe(port, address, true, &now, ret_error))
        return false;
    if (g_strcmp0(now.driver, driver) == 0)
        return true;
    if (error == ENOENT)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s: driver %s is not loaded and could not be loaded", name.text,
                            driver);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: bind it to driver %s",
                                  name.text, driver);
    return hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s: the kernel accepted driver %s, but the device is on %s", name.text,
                        driver, now.driver != NULL ? now.driver : "no driver");
}

/* The two targets of one move, and where the function is. */
typedef struct {
    const HdBinding *target;
    const char *module;
    const HdBars *bars;
    bool is_back;
} Move;

static bool
change_driver(HdPort *port, const HdPciAddress *address, HdBinding *current, const Move *move,
              GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    const char *driver = move->target->driver;
    g_autoptr(GError) unsized = NULL;
    /* While on its way it may only go to where we send it. */
    if (driver != NULL) {
        if (!set_override(port, name.text, current->override, driver, ret_error))
            return false;
        g_free(current->override);
        current->override = g_strdup(driver);
    }
    if (current->driver != NULL && !unbind(port, name.text, current->driver, ret_error))
        return false;
    bool is_sized = hd_bar_is_reached(port, address, move->bars) ||
                    hd_bar_reach(port, address, move->bars, &unsized);
    /* There is no other time for it: once more. */
    if (!is_sized && move->is_back)
        is_sized = hd_bar_reach(port, address, move->bars, NULL);
    if (is_sized || move->is_back) {
        if (driver != NULL && !bind(port, address, driver, move->module, ret_error))
            return false;
    }
    if (is_sized)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&unsized));
    return false;
}

/* A device that VFIO has is used by nobody of the host's. */
static bool
is_idle_driver(const char *driver)
{
    return driver == NULL || hd_driver_is_vfio(driver);
}

bool
hd_pci_bind(HdPort *port, const HdPciAddress *address, const HdBinding *target, const char *module,
            const HdBars *bars, bool is_back, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    const Move move = {target, module, bars, is_back};
    g_auto(HdBinding) current = {0};
    g_auto(HdBinding) reached = {0};
    g_autoptr(GError) problem = NULL;
    if (!hd_binding_probe(port, address, true, &current, ret_error))
        return false;
    /* The host's own driver is not disturbed for them. */
    bool is_there =
        g_strcmp0(current.driver, target->driver) == 0 &&
        ((is_back && !is_idle_driver(target->driver)) || hd_bar_is_reached(port, address, bars));
    if (!is_there && !change_driver(port, address, &current, &move, &problem) && !is_back) {
        g_propagate_error(ret_error, g_steal_pointer(&problem));
        return false;
    }
    if (!set_override(port, name.text, current.override, target->override,
                      problem == NULL ? &problem : NULL) ||
        problem != NULL) {
        g_propagate_error(ret_error, g_steal_pointer(&problem));
        return false;
    }
    if (!hd_binding_probe(port, address, true, &reached, ret_error))
        return false;
    if (hd_binding_equal(&reached, target))
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "%s: is on driver %s with driver_override %s, against what was set",
                        name.text, reached.driver != NULL ? reached.driver : "none",
                        reached.override != NULL ? reached.override : "unset");
}
