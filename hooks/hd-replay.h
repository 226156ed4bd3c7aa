/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_REPLAY_H
#define HD_REPLAY_H

#include <glib.h>
#include <stdbool.h>

#include "hd-hook-process.h"

/**
 * HdReplay:
 * The scripts of one call in the tree that users of the well-known dispatcher keep:
 * qemu.d/VM/OPERATION/SUB-OPERATION/, or a single script in place of the last folder
 * (https://github.com/PassthroughPOST/VFIO-Tools, libvirt_hooks/qemu).
 */
typedef struct HdReplay HdReplay;

/**
 * hd_replay_find:
 * @root: "/"; in tests another folder
 * @argc, @argv: as libvirt calls the hook; borrowed
 *
 * Only the main hook replays: called as qemu.d/NAME we stand beside the dispatcher, which has run
 * the tree. VMs whose name begins with '.' have no tree. Costs one look at the disk.
 *
 * Returns: (transfer full) (nullable): NULL when there is nothing to replay.
 */
HdReplay *hd_replay_find(const char *root, int argc, char *const *argv);

/** NULL is fine. */
void hd_replay_free(HdReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdReplay, hd_replay_free)

/**
 * hd_replay_run:
 * Runs the executable files in byte order, each with the call's arguments and @xml as stdin, until
 * one fails. What others than root may change (hd-trusted-path.h) is not run, but an error.
 *
 * Returns: false on the errors of hd_script_run() and %HD_ERROR_CONFIG.
 */
bool hd_replay_run(const HdReplay *replay, const GString *xml, const HdHookOrigin *origin,
                   GError **ret_error);

#endif
