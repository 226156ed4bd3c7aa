/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_VF_H
#define HD_CMD_VF_H

#include "hd-cmd.h"

/* Shared by the files of the subcommand `vf`. */

/** @text: a PCI address, a node device's name, or the name of a network interface. */
bool hd_cmd_vf_function(HdCmd *cmd, const char *text, HdPciAddress *ret_address,
                        GError **ret_error);

/** Prints all PFs with their VFs, or @pf (nullable) alone. */
bool hd_cmd_vf_print_list(HdCmd *cmd, HdState *state, const HdPciAddress *pf, GError **ret_error);

/** Prints what the PF of @vf reports about it. */
bool hd_cmd_vf_print_net(HdCmd *cmd, const HdPciAddress *vf, GError **ret_error);

/** Applies /etc/hostdevctl/vf.d; complains on stderr about each set that can't be made so. */
bool hd_cmd_vf_apply(HdCmd *cmd, HdState *state, guint wait_seconds, GError **ret_error);

#endif
