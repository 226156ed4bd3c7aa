/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_PROBE_H
#define HD_ONE_PROBE_H

#include "hd-one-config.h"
#include "hd-port.h"

/**
 * hd_one_probe:
 * @root: what @port is over, for the cache of interface names
 * @config: which devices are wanted
 * @complaints: (element-type utf8): gets a sentence for each filter or pattern that is none, and
 * for each device that could not be read and is left out
 *
 * Reads ids of all functions, and more only of those that are printed. A function that passes two
 * filters is there twice, as in OpenNebula's own probe. PFs that have VFs, and NVIDIA's cards with
 * VFs, are not there: their VFs are.
 *
 * Returns: (transfer full): a block of hd_one_card_format() for each, filter by filter, in lspci's
 * order.
 */
char *hd_one_probe(HdPort *port, const char *root, const HdOneConfig *config,
                   GPtrArray *complaints);

#endif
