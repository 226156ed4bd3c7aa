/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FUZZ_H
#define HD_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/** The fuzzer's entry: one input. Aborts on a defect. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#endif
