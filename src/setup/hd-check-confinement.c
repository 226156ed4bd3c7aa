/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: what SELinux and AppArmor have denied of late that concerns us.
 */
#include <string.h>

#include "hd-check-private.h"
#include "hd-text.h"

#define TAIL (256u << 10)

/* The last denial in a log that names something of ours; NULL: none. */
static char *
find_denial(HdPort *port, const char *path)
{
    static const char *const ours[] = {"/dev/vfio", "hostdevctl", "libvirt/hooks", "/dev/iommu"};
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "%s", path) != 0)
        return NULL;
    const char *tail = strlen(text) > TAIL ? text + strlen(text) - TAIL : text;
    g_auto(GStrv) lines = g_strsplit(tail, "\n", -1);
    for (guint i = g_strv_length(lines); i > 0; i--) {
        const char *line = lines[i - 1];
        if (strstr(line, "avc:  denied") == NULL && strstr(line, "apparmor=\"DENIED\"") == NULL)
            continue;
        for (gsize j = 0; j < G_N_ELEMENTS(ours); j++) {
            if (strstr(line, ours[j]) != NULL)
                return hd_text_printable(line, 240);
        }
    }
    return NULL;
}

static void
check_logs(HdCheck *check, const char *remedy)
{
    static const char *const logs[] = {"var/log/audit/audit.log", "var/log/kern.log",
                                       "var/log/syslog"};
    for (gsize i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autofree char *denial = find_denial(check->port, logs[i]);
        if (denial == NULL)
            continue;
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "confinement", remedy, "/%s: %s",
                        logs[i], denial);
        return;
    }
}

void
hd_check_confinement(HdCheck *check)
{
    g_autofree char *enforcing = NULL;
    g_autofree char *apparmor = NULL;
    (void)hd_port_read(check->port, &enforcing, "sys/fs/selinux/enforce");
    (void)hd_port_read(check->port, &apparmor, "sys/module/apparmor/parameters/enabled");
    if (g_strcmp0(enforcing, "1") == 0) {
        hd_findings_add(check->findings, HD_LEVEL_OK, "confinement", NULL, "SELinux is enforcing");
        check_logs(check, "restorecon -R /etc/libvirt/hooks; else: ausearch -m avc -ts recent");
    } else if (g_strcmp0(apparmor, "Y") == 0) {
        hd_findings_add(check->findings, HD_LEVEL_OK, "confinement", NULL, "AppArmor is on");
        check_logs(check, "see the notes on AppArmor in docs/install.md");
    }
}
