/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table about SR-IOV. tests/conformance/expected-sriov.txt holds what Linux 6.12 answers with
 * igb and igbvf, and then with nvme; the fake is compared with it in every test run, the real
 * kernel with the fake in the lab.
 */
#include "hd-conformance-sriov.h"

#include "hd-conformance-row.h"
#include "hd-conformance-sriov-net.h"

/* %P PF, %D its driver, %X one more than sriov_totalvfs, %V VF 0, %W VF 1, %G group of %V */
#define DEVICES "sys/bus/pci/devices/"
#define DRIVERS "sys/bus/pci/drivers/"
#define PF      DEVICES "%P/"
#define NUMVFS  PF "sriov_numvfs"
#define AUTO    PF "sriov_drivers_autoprobe"
#define VF      DEVICES "%V/"
#define PROBE   "sys/bus/pci/drivers_probe"

static const HdConformanceRow vfs_rows[] = {
    /* How it is. */
    {READ, NUMVFS, NULL},
    {READ, AUTO, NULL},
    {READ, PF "sriov_totalvfs", NULL},
    {READ, PF "sriov_vf_device", NULL},
    {EXISTS, PF "sriov_offset", NULL},
    {EXISTS, PF "sriov_stride", NULL},
    {EXISTS, PF "virtfn0", NULL},
    {EXISTS, PF "physfn", NULL},
    {WRITE, PF "sriov_totalvfs", "1"},
    {WRITE, PF "sriov_offset", "1"},
    {WRITE, PF "sriov_vf_device", "1"},
    /* Numbers that aren't any, or too large. */
    {WRITE, NUMVFS, ""},
    {WRITE, NUMVFS, "\n"},
    {WRITE, NUMVFS, "abc"},
    {WRITE, NUMVFS, "-1"},
    {WRITE, NUMVFS, "1x"},
    {WRITE, NUMVFS, "1 "},
    {WRITE, NUMVFS, " 1"},
    {WRITE, NUMVFS, "0x"},
    {WRITE, NUMVFS, "09"},
    {WRITE, NUMVFS, "65536"},
    {WRITE, NUMVFS, "70000"},
    {WRITE, NUMVFS, "18446744073709551616"},
    {WRITE, NUMVFS, "65535"},
    {WRITE, NUMVFS, "%X"},
    {WRITE, NUMVFS, "0"},
    {WRITE, NUMVFS, "+0x0\n"},
    {READ, NUMVFS, NULL},
    /* A switch. */
    {WRITE, AUTO, ""},
    {WRITE, AUTO, "\n"},
    {WRITE, AUTO, "2"},
    {WRITE, AUTO, "-1"},
    {WRITE, AUTO, " 0"},
    {WRITE, AUTO, "o"},
    {WRITE, AUTO, "enable"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "off"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "On"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "nothing"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "Y"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "0x1"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "1\n"},
    {READ, AUTO, NULL},
    /* Two VFs. */
    {WRITE, NUMVFS, "2\n"},
    {SETTLE, NUMVFS, NULL},
    {READ, NUMVFS, NULL},
    {NOTE, PF "virtfn0", "%V"},
    {NOTE, PF "virtfn1", "%W"},
    {EXISTS, PF "virtfn2", NULL},
    {TARGET, PF "virtfn0", NULL},
    {TARGET, VF "physfn", NULL},
    {NOTE, VF "iommu_group", "%G"},
    {MEMBERS, "sys/kernel/iommu_groups/%G/devices", NULL},
    {READ, VF "vendor", NULL},
    {READ, VF "device", NULL},
    {READ, VF "class", NULL},
    {READ, VF "driver_override", NULL},
    {LINK, VF "driver", NULL},
    {EXISTS, VF "sriov_numvfs", NULL},
    {EXISTS, VF "sriov_totalvfs", NULL},
    {EXISTS, VF "sriov_drivers_autoprobe", NULL},
    {EXISTS, VF "virtfn0", NULL},
    {WRITE, VF "sriov_numvfs", "0"},
    {WRITE, NUMVFS, "2"},
    {WRITE, NUMVFS, "1"},
    {WRITE, NUMVFS, "3"},
    {WRITE, NUMVFS, "%X"},
    {WRITE, NUMVFS, "abc"},
    {READ, NUMVFS, NULL},
    /* They go while one is on vfio-pci. */
    {WRITE, VF "driver_override", "vfio-pci"},
    {WRITE, VF "driver/unbind", "%V"},
    {WRITE, DRIVERS "vfio-pci/bind", "%V"},
    {LINK, VF "driver", NULL},
    {NODE, "dev/vfio/%G", NULL},
    {WRITE, NUMVFS, "0"},
    {READ, NUMVFS, NULL},
    {EXISTS, PF "virtfn0", NULL},
    {EXISTS, PF "virtfn1", NULL},
    {EXISTS, VF, NULL},
    {EXISTS, DRIVERS "vfio-pci/%V", NULL},
    {EXISTS, "sys/kernel/iommu_groups/%G", NULL},
    {NODE, "dev/vfio/%G", NULL},
    {WRITE, DRIVERS "vfio-pci/unbind", "%V"},
    {WRITE, PROBE, "%V"},
    /* Made anew, without drivers: only an override lets one in. */
    {WRITE, AUTO, "0"},
    {WRITE, NUMVFS, "1"},
    {SETTLE, NUMVFS, NULL},
    {NOTE, PF "virtfn0", "%V"},
    {READ, VF "driver_override", NULL},
    {LINK, VF "driver", NULL},
    {WRITE, PROBE, "%V"},
    {LINK, VF "driver", NULL},
    {WRITE, DRIVERS "vfio-pci/bind", "%V"},
    {WRITE, VF "driver_override", "vfio-pci"},
    {WRITE, PROBE, "%V"},
    {LINK, VF "driver", NULL},
    {WRITE, NUMVFS, "0"},
    {READ, AUTO, NULL},
    {WRITE, AUTO, "1"},
};

static const HdConformanceRow pf_rows[] = {
    /* The PF's driver goes: igb takes its VFs along, nvme doesn't. */
    {WRITE, NUMVFS, "2"},
    {SETTLE, NUMVFS, NULL},
    {WRITE, PF "driver_override", "vfio-pci"},
    {WRITE, DRIVERS "vfio-pci/bind", "%P"},
    {WRITE, DRIVERS "%D/unbind", "%P"},
    {READ, NUMVFS, NULL},
    {EXISTS, PF "virtfn1", NULL},
    {WRITE, NUMVFS, "2"},
    {WRITE, NUMVFS, "1"},
    {WRITE, NUMVFS, "0"},
    {WRITE, NUMVFS, "abc"},
    {WRITE, NUMVFS, "65535"},
    /* And on vfio-pci, where it has none. */
    {WRITE, DRIVERS "vfio-pci/bind", "%P"},
    {LINK, PF "driver", NULL},
    {WRITE, NUMVFS, "1"},
    {WRITE, PF "driver/unbind", "%P"},
    /* Back. */
    {WRITE, PF "driver_override", "\n"},
    {WRITE, PROBE, "%P"},
    {LINK, PF "driver", NULL},
    {READ, NUMVFS, NULL},
    {WRITE, NUMVFS, "0"},
    {READ, NUMVFS, NULL},
    /* Without VFs it is vfio-pci's to take. */
    {WRITE, PF "driver_override", "vfio-pci"},
    {WRITE, PF "driver/unbind", "%P"},
    {WRITE, DRIVERS "vfio-pci/bind", "%P"},
    {WRITE, NUMVFS, "1"},
    {WRITE, NUMVFS, "0"},
    {READ, AUTO, NULL},
    {WRITE, PF "driver_override", "\n"},
    {WRITE, PF "driver/unbind", "%P"},
    {WRITE, PROBE, "%P"},
    {LINK, PF "driver", NULL},
    {READ, NUMVFS, NULL},
    {READ, AUTO, NULL},
    {SETTLE, NUMVFS, NULL},
};

/* (transfer full): one more than it can have */
static char *
read_limit(HdPort *port, const char *pf)
{
    g_autofree char *text = NULL;
    guint64 total = 0;
    (void)hd_port_read(port, &text, DEVICES "%s/sriov_totalvfs", pf);
    if (text != NULL)
        (void)g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT16, &total, NULL);
    return g_strdup_printf("%u", (guint)total + 1);
}

static GArray *
collect_rows(bool with_network)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(HdConformanceRow));
    g_array_append_vals(rows, vfs_rows, G_N_ELEMENTS(vfs_rows));
    if (with_network)
        hd_conformance_sriov_net_rows(rows);
    g_array_append_vals(rows, pf_rows, G_N_ELEMENTS(pf_rows));
    return rows;
}

guint
hd_conformance_sriov_run(HdPort *port, const HdConformanceSriovTarget *target)
{
    g_autofree char *driver = NULL;
    g_autofree char *limit = read_limit(port, target->pf);
    g_autoptr(GArray) rows = collect_rows(target->interface != NULL);
    (void)hd_port_load_module(port, "vfio-pci");
    (void)hd_port_write(port, "0", DEVICES "%s/sriov_numvfs", target->pf);
    if (hd_port_link_name(port, &driver, DEVICES "%s/driver", target->pf) != 0)
        driver = g_strdup("none");
    const HdConformanceName names[] = {
        {"%P", target->pf},
        {"%D", driver},
        {"%X", limit},
        {"%A", "52:54:00:00:00:0a"},
        {"%B", "52:54:00:00:00:0b"},
        {"%I", target->interface != NULL ? target->interface : "none"},
    };
    hd_conformance_run_rows(port, (const HdConformanceRow *)rows->data, rows->len, names,
                            G_N_ELEMENTS(names));
    return rows->len;
}
