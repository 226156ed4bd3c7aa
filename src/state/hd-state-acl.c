/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The cgroup_device_acl of hosts that set one: what a VM's devices need is added at its
 * start. libvirt adds it by itself for a <hostdev>, so a list that can't be changed is no
 * reason to refuse; and libvirt reads the list when its daemon starts, so it is for later.
 */
#include "hd-node.h"
#include "hd-qemu-acl.h"
#include "hd-state-private.h"

static GPtrArray *
needed_nodes(HdPort *port, const HdRecord *record)
{
    GPtrArray *nodes = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(nodes, g_strdup("/dev/vfio/vfio"));
    for (guint i = 0; i < record->goals->len; i++) {
        g_autofree char *path = hd_node_path(port, hd_record_goal(record, i)->goal);
        if (path != NULL)
            g_ptr_array_add(nodes, g_strconcat("/", path, NULL));
    }
    return nodes;
}

static bool
add_missing(HdState *state, const GPtrArray *nodes, GError **ret_error)
{
    HdAclResult result = HD_ACL_FINE;
    if (!hd_qemu_acl_ensure(state->port, nodes, false, &result, ret_error))
        return false;
    if (result == HD_ACL_CHANGED)
        hd_state_log(state, "cgroup_device_acl of /etc/libvirt/qemu.conf has been extended (as it "
                            "was: /" HD_QEMU_ACL_BACKUP "); libvirt reads it when its daemon is "
                            "restarted");
    return true;
}

static void
log_missing(HdState *state, const HdAcl *acl, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++) {
        const char *node = g_ptr_array_index(nodes, i);
        if (!hd_acl_has(acl, node))
            hd_state_log(state,
                         "cgroup_device_acl of /etc/libvirt/qemu.conf lacks %s; see "
                         "'hostdevctl acl fix'",
                         node);
    }
}

void
hd_state_see_to_acl(HdState *state, const HdRecord *record)
{
    g_autoptr(GError) problem = NULL;
    bool is_active = false;
    if (state->config.acl == HD_ACL_MODE_OFF || !record->is_vm)
        return;
    /* Most hosts set none. */
    if (hd_qemu_acl_is_active(state->port, &is_active, &problem) && !is_active)
        return;
    g_autoptr(HdAcl) acl = NULL;
    g_autoptr(GPtrArray) nodes = needed_nodes(state->port, record);
    if (problem == NULL && state->config.acl == HD_ACL_MODE_FIX)
        (void)add_missing(state, nodes, &problem);
    else if (problem == NULL && hd_qemu_acl_read(state->port, &acl, &problem))
        log_missing(state, acl, nodes);
    if (problem != NULL)
        hd_state_log(state, "cgroup_device_acl could not be seen to: %s", problem->message);
}
