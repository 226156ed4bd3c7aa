/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table about a function's settings besides its driver: whether it may sleep, whether it may
 * lose its power, how it is reset; and what vfio-pci and modules that go do to them.
 */
#include "hd-conformance-settings.h"

#include "hd-conformance-row.h"

/* %A address, %D its driver */
#define DEV    "sys/bus/pci/devices/%A/"
#define DRV    "sys/bus/pci/drivers/"
#define POWER  DEV "power/control"
#define D3COLD DEV "d3cold_allowed"
#define RESET  DEV "reset_method"

/* The texts of power/control and d3cold_allowed. */
#define SET(file, text)                                                                            \
    {WRITE, file, text},                                                                           \
    {                                                                                              \
        READ, file, NULL                                                                           \
    }

static const HdConformanceRow rows[] = {
    /* Two words, and at most one newline. */
    {READ, POWER, NULL},
    SET(POWER, "auto"),
    SET(POWER, "on\n"),
    SET(POWER, "auto\n"),
    {WRITE, POWER, ""},
    {WRITE, POWER, "off"},
    {WRITE, POWER, "ON"},
    {WRITE, POWER, " on"},
    {WRITE, POWER, "on "},
    {WRITE, POWER, "on\n\n"},
    {WRITE, POWER, "on\nauto"},
    {WRITE, POWER, "1"},
    {WRITE, POWER, "\n"},
    {READ, POWER, NULL},
    {WRITE, DEV "power/nothing", "on"},
    {WRITE, "sys/bus/pci/devices/ffff:00:00.0/power/control", "on"},
    /* Any number is a yes, if it isn't 0. */
    {READ, D3COLD, NULL},
    SET(D3COLD, "0"),
    SET(D3COLD, "2"),
    SET(D3COLD, "00\n"),
    SET(D3COLD, "0x10"),
    SET(D3COLD, "0"),
    SET(D3COLD, "+1"),
    {WRITE, D3COLD, ""},
    {WRITE, D3COLD, "x"},
    {WRITE, D3COLD, "yes"},
    {WRITE, D3COLD, "-1"},
    {WRITE, D3COLD, " 1"},
    {WRITE, D3COLD, "1 "},
    {WRITE, D3COLD, "\n"},
    {WRITE, D3COLD, "99999999999999999999999"},
    {READ, D3COLD, NULL},
    SET(D3COLD, "1\n"),
    /* Ways to reset it: those that it has, in the order asked for. */
    {READ, RESET, NULL},
    SET(RESET, "bus"),
    SET(RESET, "bus pm"),
    SET(RESET, "pm bus\n"),
    SET(RESET, "  bus   pm "),
    SET(RESET, "bus bus"),
    SET(RESET, "pm"),
    {WRITE, RESET, ""},
    {WRITE, RESET, "nothing"},
    {WRITE, RESET, "bus nothing"},
    {WRITE, RESET, "flr"},
    {WRITE, RESET, "bus flr"},
    {WRITE, RESET, "pm,bus"},
    {WRITE, RESET, "PM"},
    {WRITE, RESET, "acpi"},
    {WRITE, RESET, "device_specific"},
    {WRITE, RESET, "default bus"},
    {WRITE, RESET, "<4095>"},
    {READ, RESET, NULL},
    SET(RESET, "\n"),
    SET(RESET, "default"),
    SET(RESET, " "),
    SET(RESET, "default\n"),
    /* vfio-pci lets it sleep, and wakes it when it leaves. */
    {WRITE, POWER, "on"},
    {WRITE, DEV "driver_override", "vfio-pci"},
    {WRITE, DEV "driver/unbind", "%A"},
    {READ, POWER, NULL},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {READ, POWER, NULL},
    SET(POWER, "on"),
    {WRITE, DEV "driver/unbind", "%A"},
    {READ, POWER, NULL},
    SET(POWER, "auto"),
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {READ, POWER, NULL},
    {WRITE, D3COLD, "0"},
    {WRITE, RESET, "bus"},
    {WRITE, DEV "driver/unbind", "%A"},
    {READ, POWER, NULL},
    {READ, D3COLD, NULL},
    {READ, RESET, NULL},
    {WRITE, D3COLD, "1"},
    {WRITE, RESET, "default"},
    {WRITE, DEV "driver_override", "\n"},
    {WRITE, "sys/bus/pci/drivers_probe", "%A"},
    {LINK, DEV "driver", NULL},
    {READ, POWER, NULL},
    /* A module takes its driver along, and that the functions. */
    {UNLOAD, "nosuchmodule", NULL},
    {EXISTS, "sys/module/%D", NULL},
    {UNLOAD, "%D", NULL},
    {UNLOAD, "%D", NULL},
    {EXISTS, "sys/module/%D", NULL},
    {EXISTS, DRV "%D", NULL},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%D/bind", "%A"},
    {WRITE, "sys/bus/pci/drivers_probe", "%A"},
    {LINK, DEV "driver", NULL},
    {LOAD, "nosuchmodule", NULL},
    {LOAD, "%D", NULL},
    {LOAD, "%D", NULL},
    {EXISTS, "sys/module/%D", NULL},
    {SETTLE, DEV "driver", NULL},
    {LINK, DEV "driver", NULL},
    {READ, POWER, NULL},
};

guint
hd_conformance_settings_run(HdPort *port, const HdConformanceSettingsTarget *target)
{
    const HdConformanceName names[] = {{"%A", target->address}, {"%D", target->driver}};
    (void)hd_port_load_module(port, "vfio-pci");
    hd_conformance_run_rows(port, rows, G_N_ELEMENTS(rows), names, G_N_ELEMENTS(names));
    return G_N_ELEMENTS(rows);
}
