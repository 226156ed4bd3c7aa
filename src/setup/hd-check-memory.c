/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: memory. A VM with a PCI device has all of its RAM pinned; huge pages and the
 * right to lock it are what fails then.
 */
#include <string.h>

#include "hd-check-private.h"
#include "hd-pages-pool.h"

#define CAP_SYS_RESOURCE_BIT 24

static void
check_hugepages(HdCheck *check)
{
    HdPagesFacts facts = {0};
    hd_pages_pool_probe(check->port, &facts);
    for (guint i = 0; i < facts.sizes->len; i++) {
        guint64 kb = g_array_index(facts.sizes, guint64, i);
        g_autofree char *size = hd_pages_size_short(kb);
        HdPagesPool pool = {0};
        if (hd_pages_pool_read(check->port, kb, HD_PAGES_ALL, &pool) == 0 && pool.nr > 0)
            hd_findings_add(check->findings, HD_LEVEL_OK, "memory", NULL,
                            "huge pages of %s: %" G_GUINT64_FORMAT ", of which %" G_GUINT64_FORMAT
                            " are free",
                            size, pool.nr, pool.free);
    }
    g_array_unref(facts.sizes);
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
    if (check->daemon == 0)
        return;
    bool may_raise = ((capabilities(check->port, check->daemon) >> CAP_SYS_RESOURCE_BIT) & 1) != 0;
    if (may_raise || is_unlimited(check->port, check->daemon))
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
