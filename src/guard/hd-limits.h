/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LIMITS_H
#define HD_LIMITS_H

/* For the hook's front too: the C library is all that this needs. */

#include <stdint.h>

/** The most memory, in bytes, that a process may take beyond what it has mapped at its start. */
#define HD_LIMITS_MEMORY (UINT64_C(512) << 20)

/** Returns: bytes that this process has mapped; 0: not known. Sanitizers and valgrind map much. */
uint64_t hd_limits_mapped(void);

#endif
