/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_ENVIRONMENT_H
#define HD_CMD_ENVIRONMENT_H

#include <stdbool.h>

/**
 * hd_cmd_environment_clean:
 * @is_root: only what hostdevctl(8) lists under ENVIRONMENT stays, and PATH is the system's
 *
 * For anyone GLib's debug output, which goes to stdout, is off.
 */
void hd_cmd_environment_clean(bool is_root);

#endif
