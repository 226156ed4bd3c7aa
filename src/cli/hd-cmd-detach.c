/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * detach and reattach: a device's way from the host and back without a VM, as
 * nodedev-detach, but recorded and exact.
 */
#include <signal.h>

#include "hd-cmd.h"

static char *driver_option;

static const GOptionEntry detach_options[] = {
    {"driver", 0, 0, G_OPTION_ARG_STRING, &driver_option, "vfio driver to bind", "NAME"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

typedef bool (*Mover)(HdState *state, const HdPciAddress *address, GError **ret_error);

/* All addresses are read before the first device is touched. */
static HdExit
move_all(HdCmd *cmd, Mover move, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    guint count = g_strv_length(cmd->arguments);
    g_autofree HdPciAddress *addresses = g_new0(HdPciAddress, count);
    /* The terminal may be of the desktop that is stopped for the card. */
    (void)signal(SIGHUP, SIG_IGN);
    if (state == NULL)
        return HD_EXIT_FAILED;
    for (guint i = 0; i < count; i++) {
        if (!hd_cmd_address(cmd->arguments[i], &addresses[i], ret_error))
            return HD_EXIT_FAILED;
    }
    for (guint i = 0; i < count; i++) {
        if (!move(state, &addresses[i], ret_error))
            return HD_EXIT_FAILED;
    }
    return HD_EXIT_DONE;
}

static bool
detach(HdState *state, const HdPciAddress *address, GError **ret_error)
{
    return hd_state_detach(state, address, driver_option, ret_error);
}

static HdExit
run_detach(HdCmd *cmd, GError **ret_error)
{
    return move_all(cmd, detach, ret_error);
}

static HdExit
run_reattach(HdCmd *cmd, GError **ret_error)
{
    return move_all(cmd, hd_state_reattach, ret_error);
}

const HdCmdInfo hd_cmd_detach = {
    "detach",       "ADDRESS...", "take devices from the host without a VM", 1, 256, true,
    detach_options, run_detach,
};

const HdCmdInfo hd_cmd_reattach = {
    "reattach", "ADDRESS...", "give detached devices back to the host", 1, 256, true,
    NULL,       run_reattach,
};
