/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * nodedev: node devices with virsh's names, verbs and XML. Through libvirt where it answers, so
 * that virt-manager sees the same; else, with --sysroot or with --connect none, from sysfs and
 * mdevctl's store. Either way nothing is taken from a running VM.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-nodedev-local.h"
#include "hd-node-device.h"
#include "hd-text.h"

static char *capability_option, *driver_option;
static gboolean inactive_option, all_option;

static const GOptionEntry options[] = {
    {"cap", 0, 0, G_OPTION_ARG_STRING, &capability_option, "list: only pci, mdev_types or mdev",
     "CAPABILITY"},
    {"inactive", 0, 0, G_OPTION_ARG_NONE, &inactive_option,
     "list, dumpxml: what is defined, not what exists", NULL},
    {"all", 0, 0, G_OPTION_ARG_NONE, &all_option, "list: what exists and what is defined", NULL},
    {"driver", 0, 0, G_OPTION_ARG_STRING, &driver_option, "detach: vfio driver to bind", "NAME"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* NULL without an error: libvirt is not to be asked, or does not answer and nobody insists. */
static HdVirtNodedev *
open_libvirt(HdCmd *cmd, GError **ret_error)
{
    HdVirtNodedev *virt = NULL;
    g_autoptr(GError) problem = NULL;
    if (cmd->sysroot != NULL || g_strcmp0(cmd->connect, "none") == 0)
        return NULL;
    if (!hd_virt_nodedev_open(cmd->connect, &virt, &problem) && cmd->connect != NULL)
        g_propagate_error(ret_error, g_steal_pointer(&problem));
    return virt;
}

static bool
list(HdCmd *cmd, HdVirtNodedev *virt, GError **ret_error)
{
    static const char *const capabilities[] = {"pci", "mdev_types", "mdev", NULL};
    g_autoptr(GPtrArray) names = NULL;
    bool active = all_option || !inactive_option, inactive = all_option || inactive_option;
    if (capability_option != NULL && !g_strv_contains(capabilities, capability_option))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--cap: say pci, mdev_types or mdev");
    if (virt != NULL
            ? !hd_virt_nodedev_list(virt, capability_option, active, inactive, &names, ret_error)
            : !hd_nodedev_local_list(cmd, capability_option, active, inactive, &names, ret_error))
        return false;
    for (guint i = 0; i < names->len; i++)
        (void)puts(g_ptr_array_index(names, i));
    return true;
}

/* A PCI address and an mdev's uuid mean their node devices, too. */
static bool
find_name(HdVirtNodedev *virt, const char *text, char **ret_name, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    HdPciAddress address;
    HdUuid uuid;
    if (hd_pci_address_parse(text, &address)) {
        *ret_name = hd_node_device_name("pci", hd_pci_address_text(&address).text);
        return true;
    }
    *ret_name = g_strdup(text);
    if (virt == NULL || !hd_uuid_parse(text, &uuid))
        return true;
    if (!hd_virt_nodedev_list(virt, "mdev", true, true, &names, ret_error))
        return false;
    for (guint i = 0; i < names->len; i++) {
        HdUuid other;
        if (!hd_node_device_parse_mdev(g_ptr_array_index(names, i), &other) ||
            !hd_uuid_equal(&uuid, &other))
            continue;
        g_free(*ret_name);
        *ret_name = g_strdup(g_ptr_array_index(names, i));
    }
    return true;
}

static bool
dump_xml(HdCmd *cmd, HdVirtNodedev *virt, const char *name, GError **ret_error)
{
    g_autofree char *xml = NULL;
    if (virt != NULL ? !hd_virt_nodedev_xml(virt, name, inactive_option, &xml, ret_error)
                     : !hd_nodedev_local_xml(cmd, name, inactive_option, &xml, ret_error))
        return false;
    (void)fputs(xml, stdout);
    return true;
}

static bool
create(HdCmd *cmd, HdVirtNodedev *virt, bool define, GError **ret_error)
{
    g_autofree char *name = NULL;
    GString *text = NULL;
    if (!hd_cmd_read_file(cmd->arguments[1], &text, ret_error))
        return false;
    bool made = virt != NULL ? hd_virt_nodedev_create(virt, text->str, define, &name, ret_error)
                             : hd_nodedev_local_create(cmd, text, define, &name, ret_error);
    g_string_free(text, TRUE);
    if (made)
        (void)puts(name);
    return made;
}

/* libvirt itself only knows what its own VMs hold; the journals know what is on its way, too. */
static bool
check_user(HdCmd *cmd, const char *name, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autofree char *user = NULL;
    HdPciAddress address;
    HdUuid uuid;
    if (state == NULL)
        return false;
    if (hd_pci_address_parse_node_name(name, &address))
        return hd_state_check_free(state, &address, ret_error);
    if (hd_node_device_parse_mdev(name, &uuid))
        user = hd_state_mdev_user(state, &uuid);
    return user == NULL || hd_error_set(ret_error, HD_ERROR_REFUSED,
                                        "%s is held by %s; shut that VM down first", name, user);
}

static const struct {
    const char *name;
    HdVirtNodedevAct act;
} acts[] = {
    {"start", HD_VIRT_NODEDEV_START},       {"destroy", HD_VIRT_NODEDEV_DESTROY},
    {"undefine", HD_VIRT_NODEDEV_UNDEFINE}, {"detach", HD_VIRT_NODEDEV_DETACH},
    {"reattach", HD_VIRT_NODEDEV_REATTACH}, {"reset", HD_VIRT_NODEDEV_RESET},
};

static bool
do_act(HdCmd *cmd, HdVirtNodedev *virt, const char *name, HdVirtNodedevAct act, GError **ret_error)
{
    if (!hd_cmd_check_root(cmd, "nodedev", ret_error) ||
        (act != HD_VIRT_NODEDEV_START && !check_user(cmd, name, ret_error)))
        return false;
    return virt != NULL ? hd_virt_nodedev_act(virt, name, act, driver_option, ret_error)
                        : hd_nodedev_local_act(cmd, name, act, driver_option, ret_error);
}

static bool
act_by_name(HdCmd *cmd, HdVirtNodedev *virt, const char *verb, GError **ret_error)
{
    g_autofree char *name = NULL;
    if (!find_name(virt, cmd->arguments[1], &name, ret_error))
        return false;
    if (g_str_equal(verb, "dumpxml"))
        return dump_xml(cmd, virt, name, ret_error);
    for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (g_str_equal(acts[i].name, verb))
            return do_act(cmd, virt, name, acts[i].act, ret_error);
    }
    return hd_error_set(ret_error, HD_ERROR_USAGE,
                        "usage: hostdevctl nodedev list | dumpxml NAME | create FILE | define FILE "
                        "| start|destroy|undefine|detach|reattach|reset NAME");
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const char *verb = cmd->arguments[0];
    bool is_list = g_str_equal(verb, "list");
    bool is_define = g_str_equal(verb, "define");
    bool done = false;
    if (is_list != (cmd->arguments[1] == NULL)) {
        (void)hd_error_set(ret_error, HD_ERROR_USAGE, "%s takes %s", verb,
                           is_list ? "no name" : "one name");
        return HD_EXIT_USAGE;
    }
    g_autoptr(GError) problem = NULL;
    g_autoptr(HdVirtNodedev) virt = open_libvirt(cmd, &problem);
    if (problem != NULL) {
        g_propagate_error(ret_error, g_steal_pointer(&problem));
        return HD_EXIT_FAILED;
    }
    if (is_list)
        done = list(cmd, virt, ret_error);
    else if (is_define || g_str_equal(verb, "create"))
        done =
            hd_cmd_check_root(cmd, "nodedev", ret_error) && create(cmd, virt, is_define, ret_error);
    else
        done = act_by_name(cmd, virt, verb, ret_error);
    return done ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_nodedev = {
    "nodedev",
    "VERB [NAME|FILE]",
    "node devices, as virsh nodedev-*: list, dumpxml, create, define, start, destroy, "
    "undefine, detach, reattach, reset",
    1,
    2,
    false,
    options,
    run,
};
