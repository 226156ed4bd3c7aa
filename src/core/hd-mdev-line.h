/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_LINE_H
#define HD_MDEV_LINE_H

#include "hd-mdev.h"

/** Returns: (transfer full): @spec as words of a line; see hd_mdev_spec_parse(). */
char *hd_mdev_spec_format(const HdMdevSpec *spec);

/**
 * hd_mdev_spec_parse:
 * @words: a line of hd_mdev_spec_format() in words, whoever wrote it: each is checked as if it came
 *   from outside
 * @ret_spec: (transfer full)
 *
 * Returns: whether it is one.
 */
bool hd_mdev_spec_parse(char *const *words, HdMdevSpec **ret_spec);

#endif
