/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: whether CPU and IOMMU can do it and have been told to. From sysfs and the
 * firmware's tables: the kernel's log is lost after a while.
 */
#include <string.h>

#include "hd-check-private.h"
#include "hd-cmdline.h"

#define SETUP "hostdevctl setup, then reboot"
#define FIRMWARE                                                                                   \
    "look into the firmware's set-up, and whether the kernel is built with the IOMMU's driver"

static void
add(HdCheck *check, HdLevel level, const char *topic, const char *remedy, const char *text)
{
    hd_findings_add(check->findings, level, topic, remedy, "%s", text);
}

void
hd_check_cpu(HdCheck *check)
{
    g_autofree char *cpuinfo = NULL;
    bool has_kvm = hd_port_exists(check->port, "dev/kvm");
    (void)hd_port_read(check->port, &cpuinfo, "proc/cpuinfo");
    bool has_vmx = cpuinfo != NULL && strstr(cpuinfo, " vmx") != NULL;
    bool has_svm = cpuinfo != NULL && strstr(cpuinfo, " svm") != NULL;
    const char *name = has_vmx ? "VT-x" : has_svm ? "AMD-V" : "KVM";
    if (has_kvm)
        hd_findings_add(check->findings, HD_LEVEL_OK, "cpu", NULL, "virtualization: %s, /dev/kvm",
                        name);
    else if (has_vmx || has_svm)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "cpu",
                        has_vmx ? "modprobe kvm_intel" : "modprobe kvm_amd",
                        "the CPU has %s, but there is no /dev/kvm", name);
    else
        add(check, HD_LEVEL_WARNING, "cpu", "turn on VT-x or AMD-V (SVM) in the firmware's set-up",
            "the CPU offers no virtualization: VMs run in emulation only");
}

char *
hd_check_iommu_kind(HdPort *port)
{
    static const char *const kinds[][2] = {
        {"dmar", "Intel VT-d"}, {"ivhd", "AMD-Vi"}, {"smmu", "ARM SMMU"}};
    g_autoptr(GPtrArray) units = NULL;
    g_autoptr(GPtrArray) groups = NULL;
    (void)hd_port_list(port, &units, "sys/class/iommu");
    if (hd_port_list(port, &groups, "sys/kernel/iommu_groups") != 0 || groups->len == 0)
        return NULL;
    for (guint i = 0; units != NULL && i < units->len; i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(kinds); j++) {
            if (g_str_has_prefix(g_ptr_array_index(units, i), kinds[j][0]))
                return g_strdup(kinds[j][1]);
        }
    }
    return g_strdup(units != NULL && units->len > 0 ? g_ptr_array_index(units, 0)
                                                    : "an IOMMU of unknown kind");
}

/* No groups: the firmware's tables tell what the machine could do. */
static void
explain_missing(HdCheck *check)
{
    static const struct {
        const char *table, *name, *off;
    } tables[] = {{"DMAR", "Intel VT-d", "intel_iommu"},
                  {"IVRS", "AMD-Vi", "amd_iommu"},
                  {"IORT", "ARM SMMU", "arm-smmu.disable"}};
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (!hd_port_exists(check->port, "sys/firmware/acpi/tables/%s", tables[i].table))
            continue;
        g_autofree char *value = hd_cmdline_value(check->cmdline, tables[i].off);
        g_autofree char *generic = hd_cmdline_value(check->cmdline, "iommu");
        bool is_off = g_strcmp0(value, "off") == 0 || g_strcmp0(generic, "off") == 0;
        bool is_asked = i == 0 && value != NULL && !is_off;
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "iommu",
                        is_asked || i == 2 ? FIRMWARE : SETUP, "%s is there (ACPI %s) but off%s",
                        tables[i].name, tables[i].table,
                        is_off     ? ": the kernel was told so on its command line"
                        : is_asked ? ", although the kernel's command line asks for it"
                                   : "");
        return;
    }
    add(check, HD_LEVEL_PROBLEM, "iommu",
        "turn on VT-d, AMD-Vi (IOMMU) or SMMU in the firmware's set-up, then 'hostdevctl setup'",
        "the firmware describes no IOMMU, and none is active");
}

/* Domain types: "identity" is passthrough mode for the host's own devices. */
static void
check_mode(HdCheck *check, const GPtrArray *groups)
{
    guint identity = 0;
    for (guint i = 0; i < groups->len; i++) {
        g_autofree char *type = NULL;
        if (hd_port_read(check->port, &type, "sys/kernel/iommu_groups/%s/type",
                         (char *)g_ptr_array_index(groups, i)) == 0)
            identity += g_str_equal(type, "identity");
    }
    hd_findings_add(check->findings, HD_LEVEL_OK, "iommu", NULL,
                    identity > 0
                        ? "passthrough mode (iommu=pt): %u of %u groups are not translated "
                          "for the host's own drivers"
                        : "passthrough mode is off (%u of %u groups): the host's own "
                          "drivers are translated, too; 'hostdevctl setup' turns it on",
                    identity, groups->len);
}

static bool
has_remapped_interrupt(HdPort *port)
{
    g_autoptr(GPtrArray) irqs = NULL;
    (void)hd_port_list(port, &irqs, "sys/kernel/irq");
    for (guint i = 0; irqs != NULL && i < irqs->len; i++) {
        g_autofree char *chip = NULL;
        if (hd_port_read(port, &chip, "sys/kernel/irq/%s/chip_name",
                         (char *)g_ptr_array_index(irqs, i)) == 0 &&
            g_str_has_prefix(chip, "IR-"))
            return true;
    }
    return false;
}

/* On x86 only: elsewhere the interrupt controller does it. */
static void
check_interrupts(HdCheck *check)
{
    g_autofree char *unsafe = NULL;
    (void)hd_port_read(check->port, &unsafe,
                       "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
    bool is_unsafe = g_strcmp0(unsafe, "Y") == 0;
    bool is_remapped = has_remapped_interrupt(check->port);
    if (is_remapped)
        add(check, is_unsafe ? HD_LEVEL_WARNING : HD_LEVEL_OK, "interrupts",
            is_unsafe ? "remove allow_unsafe_interrupts: this host does not need it" : NULL,
            is_unsafe ? "remapping is on, but vfio_iommu_type1.allow_unsafe_interrupts=Y"
                      : "interrupt remapping is on");
    else if (is_unsafe)
        add(check, HD_LEVEL_WARNING, "interrupts", "give devices only to VMs that you trust",
            "no interrupt remapping; allow_unsafe_interrupts lets VMs raise any interrupt of the "
            "host");
    else
        add(check, HD_LEVEL_PROBLEM, "interrupts",
            "turn on x2APIC or interrupt remapping in the firmware's set-up; if all VMs are "
            "trusted: hostdevctl setup --unsafe-interrupts",
            "no interrupt remapping: vfio refuses PCI devices");
}

static void
check_lockdown(HdCheck *check)
{
    g_autofree char *lockdown = NULL;
    if (hd_port_read(check->port, &lockdown, "sys/kernel/security/lockdown") != 0)
        return;
    if (strstr(lockdown, "[none]") != NULL)
        add(check, HD_LEVEL_OK, "lockdown", NULL, "the kernel is not locked down");
    else
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "lockdown",
                        "sign out-of-tree modules (vendor vGPU), or turn off Secure Boot",
                        "the kernel is locked down (%s): unsigned modules don't load; VFIO works",
                        lockdown);
}

void
hd_check_iommu(HdCheck *check)
{
    g_autofree char *kind = hd_check_iommu_kind(check->port);
    g_autoptr(GPtrArray) groups = NULL;
    if (kind == NULL) {
        explain_missing(check);
    } else if (hd_port_list(check->port, &groups, "sys/kernel/iommu_groups") == 0) {
        hd_findings_add(check->findings, HD_LEVEL_OK, "iommu", NULL, "%s is on, %u groups", kind,
                        groups->len);
        check_mode(check, groups);
    }
    if (kind != NULL && (g_str_equal(kind, "Intel VT-d") || g_str_equal(kind, "AMD-Vi")))
        check_interrupts(check);
    check_lockdown(check);
    if (hd_cmdline_has(check->cmdline, "pcie_acs_override"))
        add(check, HD_LEVEL_WARNING, "acs", "remove pcie_acs_override if VMs are not trusted",
            "pcie_acs_override is in force: groups look smaller than the hardware isolates, so "
            "devices of different VMs may reach each other");
}
