/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_INPUT_H
#define HD_HOOK_INPUT_H

#include <glib.h>
#include <stdbool.h>

#include "hd-hook-stdin.h"

/** HdHookInput: the bytes of the domain XML. */
typedef GString HdHookInput;

void hd_hook_input_free(HdHookInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdHookInput, hd_hook_input_free)

/**
 * hd_hook_input_take:
 * @read: what was read; copied
 * @ret_input: (transfer full): the bytes
 *
 * Returns: false on %HD_ERROR_INPUT: too long, too slow, or unreadable.
 */
bool hd_hook_input_take(const HdHookStdin *read, HdHookInput **ret_input, GError **ret_error);

/** Reads @fd by hd_hook_stdin_read(). (values as above) */
bool hd_hook_input_read(int fd, HdHookInput **ret_input, GError **ret_error);

#endif
