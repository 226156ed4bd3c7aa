/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: memory. A VM with a PCI device has all of its RAM pinned; huge pages and the
 * right to lock it are what fails then.
 */
#include <string.h>

#include "hd-check-private.h"

#define CAP_SYS_RESOURCE_BIT 24

static gint64
read_number(HdPort *port, const char *folder, const char *name)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "sys/kernel/mm/hugepages/%s/%s", folder, name) != 0)
        return 0;
    return g_ascii_strtoll(text, NULL, 10);
}

static void
check_hugepages(HdCheck *check)
{
    g_autoptr(GPtrArray) sizes = NULL;
    (void)hd_port_list(check->port, &sizes, "sys/kernel/mm/hugepages");
    for (guint i = 0; sizes != NULL && i < sizes->len; i++) {
        const char *name = g_ptr_array_index(sizes, i);
        gint64 kib = 0, all = read_number(check->port, name, "nr_hugepages");
        if (!g_str_has_prefix(name, "hugepages-"))
            continue;
        kib = g_ascii_strtoll(name + strlen("hugepages-"), NULL, 10);
        bool is_giga = kib >= 1 << 20;
        if (all > 0)
            hd_findings_add(check->findings, HD_LEVEL_OK, "memory", NULL,
                            "huge pages of %" G_GINT64_FORMAT "%s: %" G_GINT64_FORMAT
                            ", of which %" G_GINT64_FORMAT " are free",
                            is_giga ? kib >> 20 : kib >> 10, is_giga ? "G" : "M", all,
                            read_number(check->port, name, "free_hugepages"));
    }
}

/* Returns the hexadecimal CapEff of /proc/PID/status. */
static guint64
capabilities(HdPort *port, guint64 pid)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "proc/%" G_GUINT64_FORMAT "/status", pid) != 0)
        return 0;
    const char *line = strstr(text, "CapEff:");
    return line != NULL ? g_ascii_strtoull(line + strlen("CapEff:"), NULL, 16) : 0;
}

static bool
is_unlimited(HdPort *port, guint64 pid)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "proc/%" G_GUINT64_FORMAT "/limits", pid) != 0)
        return false;
    const char *line = strstr(text, "Max locked memory");
    return line != NULL &&
           g_str_has_prefix(g_strchug((char *)line + strlen("Max locked memory")), "unlimited");
}

/* libvirt raises the limit of each QEMU itself, if it may. */
static void
check_memlock(HdCheck *check)
{
    guint64 pid = 0;
    if (!hd_check_find_process(check->port, "virtqemud", &pid) &&
        !hd_check_find_process(check->port, "libvirtd", &pid))
        return;
    bool may_raise = ((capabilities(check->port, pid) >> CAP_SYS_RESOURCE_BIT) & 1) != 0;
    if (may_raise || is_unlimited(check->port, pid))
        hd_findings_add(check->findings, HD_LEVEL_OK, "memory", NULL,
                        "libvirt can let VMs lock their memory");
    else
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "memory",
                        "LimitMEMLOCK=infinity in the unit of libvirt's daemon",
                        "libvirt's daemon may not raise the limit of locked memory: VMs with PCI "
                        "devices can't pin theirs");
}

void
hd_check_memory(HdCheck *check)
{
    check_hugepages(check);
    check_memlock(check);
}
