/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_PROFILES_H
#define HD_ONE_PROFILES_H

#include <stdbool.h>

#include "hd-port.h"

/**
 * hd_one_profiles_parse:
 * @text: NVIDIA's creatable_vgpu_types: lines "557   : NVIDIA A2-1B"
 *
 * Returns: (transfer full) (element-type utf8): "557 (NVIDIA A2-1B)"; none of them if any line has
 * no colon, as OpenNebula's probe has it
 */
GPtrArray *hd_one_profiles_parse(const char *text);

/**
 * hd_one_profiles_read:
 * @address: an NVIDIA VF, as the kernel writes it
 *
 * Returns: (transfer full) (element-type utf8): its mdev types; where it has none, what NVIDIA's
 * driver can make on it
 */
GPtrArray *hd_one_profiles_read(HdPort *port, const char *address);

/** Returns: whether the vGPUs of @address are mdevs. */
bool hd_one_profiles_are_mdev(HdPort *port, const char *address);

#endif
