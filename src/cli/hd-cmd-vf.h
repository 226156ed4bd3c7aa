/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_VF_H
#define HD_CMD_VF_H

#include "hd-cmd.h"
#include "hd-vf-set.h"

/** Folder of the sets that are made at boot. */
#define HD_VF_SETS "etc/hostdevctl/vf.d"

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

/** Reads one file of vf.d. Returns: false on %HD_ERROR_CONFIG. */
bool hd_cmd_vf_read_set(HdPort *port, const char *name, HdVfSet **ret_set, GError **ret_error);

/**
 * hd_cmd_vf_plan_save:
 * @ret_text: (transfer full) (nullable): what the file of @pf in vf.d is to hold; NULL: nothing,
 *   for @count is 0
 *
 * Returns: false on %HD_ERROR_REFUSED: the owner's own file says it, or says more;
 * %HD_ERROR_CONFIG.
 */
bool hd_cmd_vf_plan_save(HdCmd *cmd, HdState *state, const HdPciAddress *pf, guint count,
                         bool with_driver, char **ret_text, GError **ret_error);

/** Writes, or for NULL removes, the file of @pf in vf.d. */
bool hd_cmd_vf_save(HdCmd *cmd, const HdPciAddress *pf, const char *text, GError **ret_error);

#endif
