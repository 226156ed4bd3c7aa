/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table about PCI functions and their drivers. tests/conformance/expected.txt holds what Linux
 * 6.12 answers; the fake is compared with it in every test run, the real kernel in the lab.
 */
#include "hd-conformance.h"

#include "hd-conformance-row.h"

/* %A address, %O other, %B bridge, %D driver, %W wrong driver, %G group */
#define DEV   "sys/bus/pci/devices/%A/"
#define DRV   "sys/bus/pci/drivers/"
#define PROBE "sys/bus/pci/drivers_probe"

static const HdConformanceRow rows[] = {
    /* How it is. */
    {READ, DEV "driver_override", NULL},
    {LINK, DEV "driver", NULL},
    {LINK, DEV "driver/module", NULL},
    {EXISTS, DEV "iommu_group", NULL},
    {MEMBERS, "sys/kernel/iommu_groups/%G/devices", NULL},
    {EXISTS, DEV "physfn", NULL},
    {LINK, DEV "physfn", NULL},
    {LINK, DEV "vendor", NULL},
    {READ, DEV "nothing", NULL},
    {READ, "sys/bus/pci/devices/ffff:00:00.0/vendor", NULL},
    {EXISTS, DRV "%D/%A", NULL},
    {NODE, "dev/vfio/%G", NULL},
    /* driver_override: store, clear, limits. */
    {WRITE, DEV "driver_override", "abc"},
    {READ, DEV "driver_override", NULL},
    {LINK, DEV "driver", NULL},
    {WRITE, DEV "driver_override", ""},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "abc\ndef"},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "two words"},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "\n"},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "<4094>"},
    {WRITE, DEV "driver_override", "\n"},
    {WRITE, DEV "driver_override", "<4095>"},
    {WRITE, DEV "driver_override", "<4096>"},
    {READ, DEV "driver_override", NULL},
    /* bind and probe of a bound device. */
    {WRITE, DRV "%D/bind", "%A"},
    {WRITE, DRV "%W/bind", "%A"},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%W/unbind", "%A"},
    {WRITE, DRV "vfio-pci/unbind", "%A"},
    {WRITE, DRV "nosuchdriver/bind", "%A"},
    {WRITE, DRV "%D/bind", "ffff:00:00.0"},
    {WRITE, DRV "%D/bind", "rubbish"},
    {WRITE, DRV "%D/unbind", "ffff:00:00.0"},
    {WRITE, PROBE, "ffff:00:00.0"},
    {WRITE, PROBE, "rubbish"},
    {WRITE, PROBE, ""},
    /* An override alone moves nothing; a bind through it while bound is refused. */
    {WRITE, DEV "driver_override", "vfio-pci"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {WRITE, DRV "%D/bind", "%A"},
    /* The way to vfio-pci. */
    {WRITE, DRV "%D/unbind", "%A"},
    {LINK, DEV "driver", NULL},
    {EXISTS, DRV "%D/%A", NULL},
    {WRITE, DRV "%D/unbind", "%A"},
    {WRITE, DEV "driver/unbind", "%A"},
    {WRITE, DRV "%D/bind", "%A"},
    {WRITE, DRV "%W/bind", "%A"},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {LINK, DEV "driver", NULL},
    {EXISTS, DRV "vfio-pci/%A", NULL},
    {NODE, "dev/vfio/%G", NULL},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    /* Clearing the override leaves it bound. */
    {WRITE, DEV "driver_override", "\n"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%D/unbind", "%A"},
    {WRITE, DRV "vfio-pci/unbind", "%A"},
    {LINK, DEV "driver", NULL},
    {NODE, "dev/vfio/%G", NULL},
    /* vfio-pci takes nothing without an override. */
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {LINK, DEV "driver", NULL},
    /* The text "(null)" is a name that no driver has, and reads as if unset. */
    {WRITE, DEV "driver_override", "(null)"},
    {READ, DEV "driver_override", NULL},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%D/bind", "%A"},
    /* An override to a driver that doesn't exist: the probe says yes and does nothing. */
    {WRITE, DEV "driver_override", "nosuchdriver"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    /* And back, by override and bind. */
    {WRITE, DEV "driver_override", "%D"},
    {WRITE, DRV "%D/bind", "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DEV "driver_override", "\n"},
    {LINK, DEV "driver", NULL},
    {READ, DEV "driver_override", NULL},
    /* By drivers_probe: override first, then native. */
    {WRITE, DEV "driver_override", "vfio-pci"},
    {WRITE, DEV "driver/unbind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DEV "driver_override", "\n"},
    {WRITE, DEV "driver/unbind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    /* Another device's name through this one's driver link: it is the driver that counts. */
    {WRITE, DEV "driver/unbind", "%O"},
    {LINK, "sys/bus/pci/devices/%O/driver", NULL},
    {WRITE, PROBE, "%O"},
    {LINK, "sys/bus/pci/devices/%O/driver", NULL},
    {LINK, DEV "driver", NULL},
    /* A trailing newline is fine. */
    {WRITE, DRV "%D/unbind", "%A\n"},
    {WRITE, DRV "%D/bind", "%A\n"},
    {LINK, DEV "driver", NULL},
    /* A bridge is not for vfio-pci. */
    {READ, "sys/bus/pci/devices/%B/driver_override", NULL},
    {LINK, "sys/bus/pci/devices/%B/driver", NULL},
};

guint
hd_conformance_run(HdPort *port, const HdConformanceTarget *target)
{
    g_autofree char *group = NULL;
    (void)hd_port_load_module(port, "vfio-pci");
    if (hd_port_link_name(port, &group, "sys/bus/pci/devices/%s/iommu_group", target->address) != 0)
        group = g_strdup("none");
    HdConformanceName names[] = {{"%A", target->address}, {"%O", target->other},
                                 {"%B", target->bridge},  {"%D", target->driver},
                                 {"%W", target->wrong},   {"%G", group}};
    hd_conformance_run_rows(port, rows, G_N_ELEMENTS(rows), names, G_N_ELEMENTS(names));
    return G_N_ELEMENTS(rows);
}
