/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_NAMES_H
#define HD_CAPTURE_NAMES_H

#include "hd-pseudonyms.h"

/*
 * Where names that people have given stand in paths, and what takes their place: VMs, mappings,
 * network interfaces, volumes. All other parts of a path stay as they are, however they are
 * called.
 */

/** Returns: (transfer full): @path, relative to the root. */
char *hd_capture_names_path(HdPseudonyms *pseudonyms, const char *path);

/** Returns: (transfer full): where the link @path leads. */
char *hd_capture_names_target(HdPseudonyms *pseudonyms, const char *path, const char *target);

/** Returns: (transfer none): @name if it is one that the kernel, udev or libvirt give, or another.
 */
const char *hd_capture_names_interface(HdPseudonyms *pseudonyms, const char *name);

/** Returns: (transfer full): @node, "/dev/sda1" or "/dev/mapper/x" or a pool's "tank/x". */
char *hd_capture_names_volume(HdPseudonyms *pseudonyms, const char *node);

#endif
