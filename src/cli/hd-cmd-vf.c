/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * vf: virtual functions by hand and at boot: list, set, net, clear, apply.
 */
#include "hd-cmd-vf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hd-error.h"
#include "hd-sriov.h"
#include "hd-text.h"

static gboolean save_option, driver_option;
static int wait_option;

static const GOptionEntry options[] = {
    {"save", 0, 0, G_OPTION_ARG_NONE, &save_option, "set, clear: at each boot, too", NULL},
    {"driver", 0, 0, G_OPTION_ARG_NONE, &driver_option,
     "set: the VFs get their driver on this host; else they wait for VMs", NULL},
    {"wait", 0, 0, G_OPTION_ARG_INT, &wait_option,
     "apply: wait so long for PFs that are not there yet", "SECONDS"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

bool
hd_cmd_vf_function(HdCmd *cmd, const char *text, HdPciAddress *ret_address, GError **ret_error)
{
    g_autofree char *name = NULL;
    if (hd_text_is_name(text) &&
        hd_port_link_name(cmd->port, &name, "sys/class/net/%s/device", text) == 0 &&
        hd_pci_address_parse(name, ret_address))
        return true;
    return hd_cmd_address(text, ret_address, ret_error);
}

/* "0000:10:10.0", or "0000:10:00.0/3" and "eth0/3": VF 3 of that PF. */
static bool
read_vf(HdCmd *cmd, const char *text, HdPciAddress *ret_vf, GError **ret_error)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    HdPciAddress pf;
    g_autoptr(GArray) vfs = NULL;
    guint64 index;
    if (parts[0] == NULL || parts[1] == NULL)
        return hd_cmd_vf_function(cmd, text, ret_vf, ret_error);
    if (!hd_cmd_vf_function(cmd, parts[0], &pf, ret_error) ||
        !hd_sriov_list(cmd->port, &pf, &vfs, ret_error))
        return false;
    if (!hd_text_unsigned(parts[1], 10, 0, G_MAXUINT16, &index) || index >= vfs->len)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "%s has %u VFs, from 0 on",
                            hd_pci_address_text(&pf).text, vfs->len);
    *ret_vf = g_array_index(vfs, HdPciAddress, index);
    return true;
}

static bool
list(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    HdPciAddress pf;
    if (*arguments == NULL)
        return hd_cmd_vf_print_list(cmd, state, NULL, ret_error);
    return hd_cmd_vf_function(cmd, *arguments, &pf, ret_error) &&
           hd_cmd_vf_print_list(cmd, state, &pf, ret_error);
}

static bool
set_count(HdCmd *cmd, HdState *state, const char *pf_text, guint count, GError **ret_error)
{
    HdPciAddress pf;
    g_autofree char *text = NULL;
    return hd_cmd_vf_function(cmd, pf_text, &pf, ret_error) &&
           (!save_option ||
            hd_cmd_vf_plan_save(cmd, state, &pf, count, driver_option, &text, ret_error)) &&
           hd_state_vf_set(state, &pf, count, ret_error) &&
           (!driver_option || hd_state_vf_drivers(state, &pf, ret_error)) &&
           (!save_option || hd_cmd_vf_save(cmd, &pf, text, ret_error));
}

static bool
set(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    guint64 count;
    g_autofree char *shown = hd_text_printable(arguments[1], 32);
    if (!hd_text_unsigned(arguments[1], 10, 0, G_MAXUINT16, &count))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "'%s' is no number of VFs", shown);
    return set_count(cmd, state, arguments[0], (guint)count, ret_error);
}

static bool
clear(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    return set_count(cmd, state, arguments[0], 0, ret_error);
}

static bool
read_settings(char *const *arguments, HdVfSettings *ret_settings, GError **ret_error)
{
    HdVfSettings settings = {0};
    for (; *arguments != NULL; arguments++) {
        g_auto(GStrv) parts = g_strsplit(*arguments, "=", 2);
        g_autofree char *shown = hd_text_printable(*arguments, 64);
        const char *problem = g_strv_length(parts) == 2
                                  ? hd_vf_settings_set(&settings, parts[0], parts[1])
                                  : "say KEY=VALUE";
        if (problem != NULL)
            return hd_error_set(ret_error, HD_ERROR_USAGE, "%s: %s", shown, problem);
    }
    const char *problem = hd_vf_settings_check(&settings);
    if (problem != NULL)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "%s", problem);
    *ret_settings = settings;
    return true;
}

static bool
net(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    HdPciAddress vf;
    HdVfSettings settings;
    if (!read_vf(cmd, arguments[0], &vf, ret_error))
        return false;
    if (arguments[1] == NULL)
        return hd_cmd_vf_print_net(cmd, &vf, ret_error);
    return hd_cmd_check_root(cmd, "vf net", ret_error) &&
           read_settings(arguments + 1, &settings, ret_error) &&
           hd_state_vf_net(state, &vf, &settings, ret_error);
}

static bool
apply(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)arguments;
    return hd_cmd_vf_apply(cmd, state, (guint)MAX(wait_option, 0), ret_error);
}

static const HdCmdVerb verbs[] = {
    {"list", 0, 1, false, list},  {"set", 2, 2, true, set},     {"net", 1, 10, false, net},
    {"clear", 1, 1, true, clear}, {"apply", 0, 0, true, apply},
};

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    return hd_cmd_run_verb(
        cmd, verbs, G_N_ELEMENTS(verbs), "vf",
        "usage: hostdevctl vf list [PF] | set PF COUNT | net VF [KEY=VALUE...] | "
        "clear PF | apply",
        ret_error);
}

const HdCmdInfo hd_cmd_vf = {
    "vf",
    "VERB [ARGUMENT...]",
    "virtual functions: list, set, net, clear, apply",
    1,
    11,
    false,
    options,
    run,
};
