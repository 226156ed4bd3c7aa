/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Is the VM that a journal belongs to still there? Asked before anything is given
 * back that no release has been called for.
 */
#include "hd-liveness.h"

#include <string.h>

#include "hd-qemu-process.h"
#include "hd-text.h"

/* From the end of our hook to the moment QEMU exists: libvirt's own work, at most this many
 * seconds.
 */
#define STARTING_SECONDS 120

#define UNKNOWN "unknown"

HdProcess
hd_process_find(HdPort *port, guint64 pid)
{
    HdProcess none = {0, 0};
    g_autofree char *text = NULL;
    if (pid == 0 || hd_port_read(port, &text, "proc/%" G_GUINT64_FORMAT "/stat", pid) != 0)
        return none;
    /* The second field, the name in parentheses, may itself hold spaces and parentheses. */
    const char *after_name = strrchr(text, ')');
    if (after_name == NULL || strlen(after_name) < 2)
        return none;
    g_auto(GStrv) fields = g_strsplit(after_name + 2, " ", -1);
    guint64 start;
    if (g_strv_length(fields) < 20 || !hd_text_unsigned(fields[19], 10, 0, G_MAXUINT64, &start))
        return none;
    return (HdProcess){pid, start};
}

char *
hd_boot_id(HdPort *port)
{
    char *text = NULL;
    if (hd_port_read(port, &text, "proc/sys/kernel/random/boot_id") != 0)
        return g_strdup(UNKNOWN);
    return text;
}

bool
hd_boot_is_over(HdPort *port, const HdRecord *record)
{
    g_autofree char *boot_id = hd_boot_id(port);
    return record->boot_id != NULL && !g_str_equal(boot_id, record->boot_id) &&
           !g_str_equal(boot_id, UNKNOWN) && !g_str_equal(record->boot_id, UNKNOWN);
}

guint64
hd_uptime(HdPort *port)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "proc/uptime") != 0)
        return 0;
    return g_ascii_strtoull(text, NULL, 10);
}

/* What nobody can tell may be so. */
static bool
may_have_qemu(HdPort *port, const char *uuid)
{
    g_autofree char *pid = NULL;
    return hd_qemu_process_find(port, uuid, &pid) != 0 || pid != NULL;
}

static bool
lives(HdPort *port, const HdProcess *process)
{
    const HdProcess found = hd_process_find(port, process->pid);
    return found.pid != 0 && found.start == process->start;
}

HdLiveness
hd_liveness(HdPort *port, const HdRecord *record)
{
    if (hd_boot_is_over(port, record))
        return HD_VM_DEAD;
    /* What a person has asked for stays until that person says otherwise, once it is whole. */
    if (!record->is_vm)
        return record->is_committed && !record->is_leaving ? HD_VM_RUNNING : HD_VM_DEAD;
    if (may_have_qemu(port, record->key))
        return HD_VM_RUNNING;
    if (record->is_leaving)
        return HD_VM_DEAD;
    bool is_recent = hd_uptime(port) <= record->uptime + STARTING_SECONDS;
    return lives(port, &record->caller) && (is_recent || lives(port, &record->helper))
               ? HD_VM_STARTING
               : HD_VM_DEAD;
}
