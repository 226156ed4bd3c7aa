/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * acl: libvirt's cgroup_device_acl, which manuals have people edit by hand: what is in
 * force, whether it lacks anything, and adding that.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-node.h"
#include "hd-out.h"
#include "hd-qemu-acl.h"
#include "hd-text.h"

#define USAGE "usage: hostdevctl acl show | acl fix [NODE|ADDRESS|DOMAIN...]"
#define RESTART                                                                                    \
    "restart libvirt's daemon (libvirtd or virtqemud): it reads the list when it starts; running " \
    "VMs go on"

static void
add_node(GPtrArray *nodes, const char *node)
{
    if (!g_ptr_array_find_with_equal_func(nodes, node, g_str_equal, NULL))
        g_ptr_array_add(nodes, g_strdup(node));
}

/* The node of the group of a device on @bus, if it is in one. */
static void
add_group(HdPort *port, const char *bus, const char *name, GPtrArray *nodes)
{
    g_autofree char *group = NULL;
    if (hd_port_link_name(port, &group, "sys/bus/%s/devices/%s/iommu_group", bus, name) != 0)
        return;
    g_autofree char *node = g_strconcat("/dev/vfio/", group, NULL);
    add_node(nodes, node);
}

/* What VMs hold now. */
static bool
add_held(HdCmd *cmd, HdState *state, GPtrArray *nodes, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    if (!hd_state_read_claims(state, &claims, ret_error))
        return false;
    for (guint i = 0; i < claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; claim->is_vm && j < claim->goals->len; j++) {
            g_autofree char *path = hd_node_path(cmd->port, g_ptr_array_index(claim->goals, j));
            g_autofree char *node = g_strconcat("/", path, NULL);
            if (path != NULL)
                add_node(nodes, node);
        }
    }
    return true;
}

static bool
add_domain(HdCmd *cmd, const char *argument, GPtrArray *nodes, GError **ret_error)
{
    g_autoptr(HdRequest) request = NULL;
    if (!hd_cmd_request(cmd, argument, &request, ret_error))
        return false;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_wish_is_pci(wish))
            add_group(cmd->port, "pci", hd_pci_address_text(&wish->address).text, nodes);
        else if (wish->kind == HD_WISH_MDEV)
            add_group(cmd->port, "mdev", wish->uuid.text, nodes);
    }
    return true;
}

static bool
add_argument(HdCmd *cmd, const char *argument, GPtrArray *nodes, GError **ret_error)
{
    HdPciAddress address;
    if (g_str_has_prefix(argument, "/dev/")) {
        add_node(nodes, argument);
        return true;
    }
    if (!hd_pci_address_parse(argument, &address) &&
        !hd_pci_address_parse_node_name(argument, &address))
        return add_domain(cmd, argument, nodes, ret_error);
    guint before = nodes->len;
    add_group(cmd->port, "pci", hd_pci_address_text(&address).text, nodes);
    return nodes->len > before ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "%s is in no IOMMU group of this host",
                        hd_pci_address_text(&address).text);
}

static bool
collect(HdCmd *cmd, HdState *state, char *const *arguments, GPtrArray *nodes, GError **ret_error)
{
    add_node(nodes, "/dev/vfio/vfio");
    if (*arguments == NULL)
        return add_held(cmd, state, nodes, ret_error);
    for (; *arguments != NULL; arguments++) {
        if (!add_argument(cmd, *arguments, nodes, ret_error))
            return false;
    }
    return true;
}

static void
add_list(HdJson *json, const char *name, const GPtrArray *nodes)
{
    hd_json_name(json, name);
    hd_json_begin_array(json);
    for (guint i = 0; i < nodes->len; i++)
        hd_json_text(json, g_ptr_array_index(nodes, i));
    hd_json_end(json);
}

static void
show_json(const HdAcl *acl, guint libvirt, const GPtrArray *missing)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_object(json);
    hd_out_json_flag(json, "active", acl->is_active);
    hd_out_json_number(json, "libvirt", libvirt);
    add_list(json, "nodes", acl->nodes);
    add_list(json, "missing", missing);
    hd_json_end(json);
    hd_out_json(json);
}

static void
show_text(const HdAcl *acl, const GPtrArray *missing)
{
    (void)printf("%s\n", acl->is_active
                             ? "cgroup_device_acl of /etc/libvirt/qemu.conf:"
                             : "cgroup_device_acl is not set; libvirt's own list is in force:");
    for (guint i = 0; i < acl->nodes->len; i++) {
        g_autofree char *shown = hd_text_printable(g_ptr_array_index(acl->nodes, i), 80);
        (void)printf("  %s\n", shown);
    }
    for (guint i = 0; i < missing->len; i++)
        (void)printf("  %s  is missing; 'hostdevctl acl fix' adds it\n",
                     (char *)g_ptr_array_index(missing, i));
    (void)puts(acl->is_active
                   ? "A <hostdev> gets its nodes from libvirt in any case."
                   : "A <hostdev> needs no more: libvirt adds its nodes itself. A list is for what "
                     "QEMU opens on its own (<qemu:commandline>).");
}

static bool
show(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    g_autoptr(HdAcl) acl = NULL;
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    if (!collect(cmd, state, arguments, nodes, ret_error) ||
        !hd_qemu_acl_read(cmd->port, &acl, ret_error))
        return false;
    for (guint i = 0; acl->is_active && i < nodes->len; i++) {
        if (!hd_acl_has(acl, g_ptr_array_index(nodes, i)))
            g_ptr_array_add(missing, g_ptr_array_index(nodes, i));
    }
    if (cmd->json)
        show_json(acl, hd_qemu_acl_libvirt(cmd->port), missing);
    else
        show_text(acl, missing);
    return true;
}

static bool
fix(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    static const char *const words[] = {
        [HD_ACL_NOT_NEEDED] = "cgroup_device_acl is not set, and needs not be: libvirt adds the "
                              "nodes of a <hostdev> itself. Name what to list to set it all the "
                              "same",
        [HD_ACL_FINE] = "cgroup_device_acl has all of it already",
        [HD_ACL_CHANGED] =
            "cgroup_device_acl of /etc/libvirt/qemu.conf has been extended (the "
            "file as it was before our first change: /" HD_QEMU_ACL_BACKUP "); " RESTART,
    };
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(g_free);
    HdAclResult result = HD_ACL_FINE;
    if (!collect(cmd, state, arguments, nodes, ret_error) ||
        !hd_qemu_acl_ensure(cmd->port, nodes, *arguments != NULL, &result, ret_error))
        return false;
    (void)puts(words[result]);
    return true;
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    static const HdCmdVerb verbs[] = {
        {"show", 0, G_MAXUINT, false, show},
        {"fix", 0, G_MAXUINT, true, fix},
    };
    return hd_cmd_run_verb(cmd, verbs, G_N_ELEMENTS(verbs), "acl fix", USAGE, ret_error);
}

const HdCmdInfo hd_cmd_acl = {
    "acl", "show|fix ...", "libvirt's list of nodes that QEMU may open", 1, G_MAXUINT, false, NULL,
    run,
};
