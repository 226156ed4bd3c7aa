/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * detach and reattach: a device's way from the host and back without a VM, as
 * nodedev-detach, but recorded and exact.
 */
#include "hd-cmd.h"

static char *driver_option;

static const GOptionEntry detach_options[] = {
    {"driver", 0, 0, G_OPTION_ARG_STRING, &driver_option, "vfio driver to bind", "NAME"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* All addresses are read before the first device is touched. */
static bool
check_addresses(HdCmd *cmd, GError **ret_error)
{
    HdPciAddress address;
    for (char **argument = cmd->arguments; *argument != NULL; argument++) {
        if (!hd_cmd_address(*argument, &address, ret_error))
            return false;
    }
    return true;
}

static HdExit
run_detach(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    HdPciAddress address;
    if (state == NULL || !check_addresses(cmd, ret_error))
        return HD_EXIT_FAILED;
    for (char **argument = cmd->arguments; *argument != NULL; argument++) {
        if (!hd_cmd_address(*argument, &address, ret_error) ||
            !hd_state_detach(state, &address, driver_option, ret_error))
            return HD_EXIT_FAILED;
    }
    return HD_EXIT_DONE;
}

static HdExit
run_reattach(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    HdPciAddress address;
    if (state == NULL || !check_addresses(cmd, ret_error))
        return HD_EXIT_FAILED;
    for (char **argument = cmd->arguments; *argument != NULL; argument++) {
        if (!hd_cmd_address(*argument, &address, ret_error) ||
            !hd_state_reattach(state, &address, ret_error))
            return HD_EXIT_FAILED;
    }
    return HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_detach = {
    "detach",       "ADDRESS...", "take devices from the host without a VM", 1, 256, true,
    detach_options, run_detach,
};

const HdCmdInfo hd_cmd_reattach = {
    "reattach", "ADDRESS...", "give detached devices back to the host", 1, 256, true,
    NULL,       run_reattach,
};
