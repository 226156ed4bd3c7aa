/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_PORT_H
#define HD_HOOK_PORT_H

#include "hd-port.h"

/** Returns: (transfer full): the hook's way to kernel and disk, for hd_port_real_free(); or NULL.
 */
HdPort *hd_hook_port_open(GError **ret_error);

#endif
