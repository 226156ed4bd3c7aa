/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_H
#define HD_HOOK_H

#include <glib.h>

#include "hd-port.h"
#include "hd-state.h"

/**
 * hd_hook_run:
 * @port: kernel and disk
 * @argc, @argv: as libvirt calls the hook
 * @input: descriptor with the domain XML
 * @caller: pid of libvirt's daemon
 * @log: (nullable): gets one line per thing done
 * @ret_output: (transfer full) (nullable): what to print on stdout: the XML of a VM that arrives
 *   and gets other devices here; set only when the result is 0
 * @ret_message: (transfer full) (nullable): what to say on stderr; set only when the result is 1
 *
 * Returns: the exit status: 0, or 1 when the VM must not start.
 */
int hd_hook_run(HdPort *port, int argc, char *const *argv, int input, guint64 caller,
                HdStateLog log, GString **ret_output, char **ret_message);

#endif
