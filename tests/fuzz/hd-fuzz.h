/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FUZZ_H
#define HD_FUZZ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hd-plan.h"
#include "hd-request.h"

/** The fuzzer's entry: one input. Aborts on a defect. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What all targets ask of what they get; each aborts where it isn't so. */

/** @text is one line that can be shown on a terminal, and short enough to be read. */
void hd_fuzz_check_line(const char *text);

/** Failure comes with an error of one such line, success with none. */
void hd_fuzz_check_outcome(bool outcome, const GError *error);

/** Every word of every wish is fit for what it is used for: paths, names, places below /dev. */
void hd_fuzz_check_wishes(const HdRequest *request);

/** @a and @b ask for the same devices, in the same order. */
void hd_fuzz_check_same_devices(const HdRequest *a, const HdRequest *b);

/** @plan is about devices of @request and the companions of their groups, can be written into a
 * journal, and can be shown. */
void hd_fuzz_check_plan(const HdPlan *plan, const HdRequest *request);

/** Returns: whether @old is left when some of the bytes of @new are taken away. */
bool hd_fuzz_is_within(const char *old, const char *new);

/** Returns: (transfer full): the input up to its first NUL. */
char *hd_fuzz_text(const uint8_t *bytes, size_t length);

#endif
