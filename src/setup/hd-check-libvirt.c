/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: libvirt, our hook in it, and who may open the nodes that QEMU needs.
 */
#include <errno.h>
#include <string.h>

#include "hd-check-private.h"
#include "hd-qemu-acl.h"
#include "hd-qemu-conf.h"
#include "hd-text.h"

#define HOOKS     "etc/libvirt/hooks"
#define RELOADED  "run/hostdevctl/libvirt-reloaded" /* by the package: install/debian/postinst */
#define HOOK_MARK "urn:hostdevctl:domain:1" /* as hook-place knows it: what only our hook holds */
#define PLACE     "/usr/libexec/hostdevctl/hook-place"

/* ---- the hook ------------------------------------------------------------------------------- */

static bool
is_our_hook(HdPort *port, const char *path)
{
    g_autoptr(GString) bytes = NULL;
    return hd_port_load(port, &bytes, "%s", path) == 0 &&
           memmem(bytes->str, bytes->len, HOOK_MARK, strlen(HOOK_MARK)) != NULL;
}

static void
check_hook_file(HdCheck *check, const char *path)
{
    HdFileState state = {0};
    if (hd_port_get_file(check->port, &state, "%s", path) != 0)
        return;
    if ((state.mode & 0111) == 0)
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "hook", "chmod 0755 on it",
                        "/%s is not executable: libvirt passes over it", path);
    else if (state.uid != 0 || (state.mode & 022) != 0)
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "hook",
                        "chown root and chmod 0755 on it",
                        "/%s can be changed by others than root, who runs it", path);
    else
        hd_findings_add(check->findings, HD_LEVEL_OK, "hook", NULL, "/%s is our hook", path);
}

/* Returns: how often our hook is called for one operation. */
static guint
check_hook_files(HdCheck *check)
{
    g_autoptr(GPtrArray) names = NULL;
    guint count = 0;
    if (is_our_hook(check->port, HOOKS "/qemu")) {
        check_hook_file(check, HOOKS "/qemu");
        count++;
    }
    (void)hd_port_list(check->port, &names, HOOKS "/qemu.d");
    for (guint i = 0; names != NULL && i < names->len; i++) {
        g_autofree char *path = g_strconcat(HOOKS "/qemu.d/", g_ptr_array_index(names, i), NULL);
        if (!is_our_hook(check->port, path))
            continue;
        check_hook_file(check, path);
        count++;
    }
    return count;
}

/* When @pid began, in microseconds since 1970. 0: unknown. */
static gint64
begin_of(HdPort *port, guint64 pid)
{
    g_autofree char *stat = NULL;
    const char *boot = NULL;
    HdProcess process = hd_process_find(port, pid);
    if (process.pid == 0 || hd_port_read(port, &stat, "proc/stat") != 0)
        return 0;
    boot = strstr(stat, "\nbtime ");
    if (boot == NULL)
        return 0;
    gint64 seconds = g_ascii_strtoll(boot + strlen("\nbtime "), NULL, 10);
    return (seconds + (gint64)(process.start / 100)) * G_USEC_PER_SEC;
}

/* libvirt looks for hooks when its daemon starts or is reloaded; of reloads we know the package's
   own. */
static void
check_daemon_age(HdCheck *check)
{
    HdFileState folder = {0}, reload = {0};
    gint64 begin = begin_of(check->port, check->daemon);
    (void)hd_port_get_file(check->port, &reload, RELOADED);
    if (begin > 0 && hd_port_get_file(check->port, &folder, HOOKS) == 0 &&
        folder.modified > MAX(begin, reload.modified))
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "hook",
                        "systemctl restart libvirtd (or virtqemud); running VMs go on",
                        "/" HOOKS " has changed since libvirt's daemon began: if there was no hook "
                        "then, and it has not been reloaded since, it calls none now");
}

static void
check_version(HdCheck *check)
{
    guint version = hd_qemu_acl_libvirt(check->port);
    if (version == 0)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "libvirt",
                        "install libvirt-daemon-system (Debian) or libvirt-daemon-kvm (Fedora)",
                        "libvirt is not found on this host");
    else
        hd_findings_add(check->findings, version >= 6005 ? HD_LEVEL_OK : HD_LEVEL_WARNING,
                        "libvirt", version >= 6005 ? NULL : "hooks in qemu.d need libvirt 6.5",
                        "libvirt %u.%u", version / 1000, version % 1000);
}

void
hd_check_libvirt(HdCheck *check)
{
    check_version(check);
    guint hooks = check_hook_files(check);
    if (hooks == 0)
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "hook", PLACE,
                        "our hook is not in /" HOOKS ": VMs start without it");
    else if (hooks > 1)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "hook", "remove all but one",
                        "our hook is there %u times", hooks);
    if (check->daemon != 0)
        check_daemon_age(check);
}

/* ---- permissions ---------------------------------------------------------------------------- */

static void
check_acl(HdCheck *check)
{
    g_autoptr(HdAcl) acl = NULL;
    g_autoptr(GError) problem = NULL;
    if (!hd_qemu_acl_read(check->port, &acl, &problem))
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "permissions", "correct the line", "%s",
                        problem->message);
    else if (!acl->is_active)
        hd_findings_add(check->findings, HD_LEVEL_OK, "permissions", NULL,
                        "cgroup_device_acl is not set, and needs not be");
    else if (!hd_acl_has(acl, "/dev/vfio/vfio") || !hd_acl_has(acl, "/dev/kvm"))
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "permissions",
                        "hostdevctl acl fix /dev/kvm, then restart libvirt's daemon",
                        "cgroup_device_acl of qemu.conf lacks %s",
                        hd_acl_has(acl, "/dev/kvm") ? "/dev/vfio/vfio" : "/dev/kvm");
    else
        hd_findings_add(check->findings, HD_LEVEL_OK, "permissions", NULL,
                        "cgroup_device_acl is set and has what it needs");
}

static void
check_node(HdCheck *check, bool is_dynamic)
{
    HdNodeState node = {0};
    if (hd_port_get_node(check->port, "dev/vfio/vfio", &node) != 0 || !node.present)
        return;
    bool is_open = (node.mode & 0006) == 0006;
    hd_findings_add(check->findings, is_open || is_dynamic ? HD_LEVEL_OK : HD_LEVEL_PROBLEM,
                    "permissions", is_open || is_dynamic ? NULL : "chmod 0666 /dev/vfio/vfio",
                    "/dev/vfio/vfio has mode %04o", node.mode);
}

void
hd_check_permissions(HdCheck *check)
{
    g_autoptr(GError) problem = NULL;
    bool applies = false;
    guint uid = 0, gid = 0;
    if (!hd_qemu_conf_node_owner(check->port, &applies, &uid, &gid, &problem))
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "permissions", "correct qemu.conf", "%s",
                        problem->message);
    else if (applies)
        hd_findings_add(check->findings, HD_LEVEL_OK, "permissions", NULL,
                        "dynamic_ownership=0: each start gives its nodes to %u:%u", uid, gid);
    else
        hd_findings_add(check->findings, HD_LEVEL_OK, "permissions", NULL,
                        "dynamic_ownership=1: libvirt gives QEMU its nodes itself");
    check_acl(check);
    check_node(check, problem == NULL && !applies);
}
