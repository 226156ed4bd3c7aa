/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The part of the table about SR-IOV that needs a network card: what igb answers about its VFs'
 * settings, and which MAC igbvf takes.
 */
#include "hd-conformance-sriov-net.h"

#include "hd-conformance-row.h"

/* %P PF, %I its interface, %V VF 0, %W VF 1, %N interface of %V, %A and %B MAC addresses */
#define DEVICES "sys/bus/pci/devices/"
#define DRIVERS "sys/bus/pci/drivers/"
#define NUMVFS  DEVICES "%P/sriov_numvfs"
#define AUTO    DEVICES "%P/sriov_drivers_autoprobe"
#define VF      DEVICES "%V/"
#define UNBIND  DRIVERS "igbvf/unbind"
#define BIND    DRIVERS "igbvf/bind"
#define ADDRESS "sys/class/net/%N/address"
#define CARRIER "sys/class/net/%I/carrier"
#define VF0     "%I 0"

/* A rate needs a link, and the PF's is lost and comes again when the VFs change. */
static const HdConformanceRow rows[] = {
    /* No VFs. */
    {LINK, "sys/class/net/%I/device", NULL},
    {VF_GET, VF0, NULL},
    {VF_GET, "nosuchif 0", NULL},
    {VF_SET, VF0, "mac %A"},
    {VF_SET, VF0, "vlan 0 0 0x8100"},
    {VF_SET, VF0, "rate 0 0"},
    {VF_SET, VF0, "spoofchk 1"},
    {VF_SET, VF0, "trust 1"},
    {VF_SET, VF0, "link_state 0"},
    {VF_SET, "nosuchif 0", "trust 1"},
    /* Two. */
    {WRITE, NUMVFS, "2"},
    {SETTLE, NUMVFS, NULL},
    {AWAIT, CARRIER, "1"},
    {NOTE, DEVICES "%P/virtfn0", "%V"},
    {NOTE, DEVICES "%P/virtfn1", "%W"},
    {LINK, VF "driver", NULL},
    {ONLY, VF "net", "%N"},
    {LINK, "sys/class/net/%N", NULL},
    {LINK, "sys/class/net/%N/device", NULL},
    {VF_GET, VF0, NULL},
    {MAC, ADDRESS, NULL},
    {VF_GET, "%I 1", NULL},
    {VF_GET, "%I 2", NULL},
    {VF_GET, "%N 0", NULL},
    {VF_SET, "%N 0", "trust 1"},
    {VF_SET, "%N 0", "mac %A"},
    {VF_SET, "%I 2", "mac %A"},
    {VF_SET, "%I 2", "vlan 0 0 0x8100"},
    {VF_SET, "%I 2", "vlan 0 0 0x88a8"},
    {VF_SET, "%I 2", "rate 0 0"},
    {VF_SET, "%I 2", "spoofchk 1"},
    {VF_SET, "%I 2", "trust 1"},
    {VF_SET, "%I 2", "link_state 0"},
    /* What igb refuses. */
    {VF_SET, VF0, "mac 01:00:00:00:00:01"},
    {VF_SET, VF0, "mac ff:ff:ff:ff:ff:ff"},
    {VF_SET, VF0, "vlan 4096 0 0x8100"},
    {VF_SET, VF0, "vlan 1 8 0x8100"},
    {VF_SET, VF0, "vlan 1 0 0x88a8"},
    {VF_SET, VF0, "vlan 4096 0 0x88a8"},
    {VF_SET, VF0, "rate 1 0"},
    {VF_SET, VF0, "rate 5 3"},
    {VF_SET, VF0, "rate 0 1001"},
    {VF_SET, VF0, "link_state 0"},
    {VF_SET, VF0, "link_state 1"},
    {VF_GET, "%I 1", NULL},
    /* What it takes. */
    {VF_SET, VF0, "vlan 10 3 0x8100"},
    {VF_GET, VF0, NULL},
    {VF_SET, VF0, "vlan 0 3 0x8100"},
    {VF_GET, VF0, NULL},
    {VF_SET, VF0, "vlan 4095 0 0x8100"},
    {VF_GET, VF0, NULL},
    {VF_SET, VF0, "vlan 0 0 0x8100"},
    {VF_SET, VF0, "rate 0 1000"},
    {VF_SET, VF0, "spoofchk 0"},
    {VF_SET, VF0, "trust 1"},
    {VF_GET, VF0, NULL},
    {VF_SET, VF0, "rate 0 0"},
    {VF_SET, VF0, "trust 0"},
    {VF_GET, VF0, NULL},
    /* A VF's own choice of its MAC. */
    {SET_MAC, "%N", "01:00:00:00:00:01"},
    {SET_MAC, "%N", "00:00:00:00:00:00"},
    {SET_MAC, "nosuchif", "%B"},
    {SET_MAC, "%N", "%B"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    /* The PF's choice comes to the VF's driver at its next probe; until then, it may not even set
       the same. To what it has it always may be set: nobody is asked. */
    {VF_SET, VF0, "mac %A"},
    {VF_GET, VF0, NULL},
    {MAC, ADDRESS, NULL},
    {SET_MAC, "%N", "%A"},
    {SET_MAC, "%N", "52:54:00:00:00:0c"},
    {SET_MAC, "%N", "%B"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    {WRITE, UNBIND, "%V"},
    {EXISTS, "sys/class/net/%N", NULL},
    {EXISTS, VF "net", NULL},
    {VF_GET, VF0, NULL},
    {WRITE, BIND, "%V"},
    {SETTLE, NUMVFS, NULL},
    {ONLY, VF "net", "%N"},
    {MAC, ADDRESS, NULL},
    {SET_MAC, "%N", "%A"},
    {SET_MAC, "%N", "%B"},
    {MAC, ADDRESS, NULL},
    /* A trusted one may, and the PF keeps that as its own choice. Back, when it is trusted no more:
       its driver takes what it got at its probe, though the PF refuses. */
    {VF_SET, VF0, "trust 1"},
    {SET_MAC, "%N", "%B"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    {VF_SET, VF0, "trust 0"},
    {SET_MAC, "%N", "%A"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    {SET_MAC, "%N", "%B"},
    {VF_SET, VF0, "trust 1"},
    {SET_MAC, "%N", "%B"},
    {WRITE, UNBIND, "%V"},
    {WRITE, BIND, "%V"},
    {SETTLE, NUMVFS, NULL},
    {ONLY, VF "net", "%N"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    /* None: the driver makes one up at its next probe, and another at the one after. */
    {VF_SET, VF0, "mac 00:00:00:00:00:00"},
    {VF_GET, VF0, NULL},
    {MAC, ADDRESS, NULL},
    {SET_MAC, "%N", "%B"},
    {VF_GET, VF0, NULL},
    {WRITE, UNBIND, "%V"},
    {VF_GET, VF0, NULL},
    {WRITE, BIND, "%V"},
    {SETTLE, NUMVFS, NULL},
    {ONLY, VF "net", "%N"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    {WRITE, UNBIND, "%V"},
    {VF_GET, VF0, NULL},
    /* To vfio-pci and back: the settings stay, a MAC that was made up doesn't. */
    {WRITE, VF "driver_override", "vfio-pci"},
    {WRITE, DRIVERS "vfio-pci/bind", "%V"},
    {VF_GET, VF0, NULL},
    {WRITE, VF "driver_override", "\n"},
    {WRITE, DRIVERS "vfio-pci/unbind", "%V"},
    {WRITE, BIND, "%V"},
    {SETTLE, NUMVFS, NULL},
    {ONLY, VF "net", "%N"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    /* Set while it has no driver. */
    {WRITE, UNBIND, "%V"},
    {VF_SET, VF0, "mac %A"},
    {VF_SET, VF0, "vlan 7 0 0x8100"},
    {WRITE, BIND, "%V"},
    {SETTLE, NUMVFS, NULL},
    {ONLY, VF "net", "%N"},
    {MAC, ADDRESS, NULL},
    {VF_GET, VF0, NULL},
    /* New VFs know nothing of the old ones' settings, and without a driver have no MAC. */
    {WRITE, NUMVFS, "0"},
    {EXISTS, "sys/class/net/%N", NULL},
    {VF_GET, VF0, NULL},
    {WRITE, AUTO, "0"},
    {WRITE, NUMVFS, "2"},
    {SETTLE, NUMVFS, NULL},
    {AWAIT, CARRIER, "1"},
    {VF_GET, VF0, NULL},
    {NOTE, DEVICES "%P/virtfn0", "%V"},
    {NOTE, DEVICES "%P/virtfn1", "%W"},
    {WRITE, "sys/bus/pci/drivers_probe", "%V"},
    {LINK, VF "driver", NULL},
    {WRITE, BIND, "%V"},
    {LINK, VF "driver", NULL},
    /* An override bypasses autoprobe. */
    {WRITE, VF "driver_override", "igbvf"},
    {WRITE, BIND, "%V"},
    {LINK, VF "driver", NULL},
    {VF_GET, VF0, NULL},
    {WRITE, VF "driver_override", "\n"},
    {LINK, VF "driver", NULL},
    {WRITE, AUTO, "1"},
    {LINK, DEVICES "%W/driver", NULL},
    {WRITE, BIND, "%W"},
    {LINK, DEVICES "%W/driver", NULL},
    {WRITE, NUMVFS, "0"},
    {AWAIT, CARRIER, "1"},
};

void
hd_conformance_sriov_net_rows(GArray *all)
{
    g_array_append_vals(all, rows, G_N_ELEMENTS(rows));
}
