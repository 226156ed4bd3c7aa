/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FUZZ_HOST_H
#define HD_FUZZ_HOST_H

#include "hd-fake-host.h"

/**
 * Returns: (transfer none): the host of the tests, with some mappings and a configuration that lets
 * VMs have huge pages. It is made anew only after something has been changed in it: that takes
 * longer than most inputs.
 */
HdFake *hd_fuzz_host(void);

#endif
