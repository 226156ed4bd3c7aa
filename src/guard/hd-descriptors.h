/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DESCRIPTORS_H
#define HD_DESCRIPTORS_H

/* For the hook's front too: the C library is all that this needs. */

#include <stdbool.h>

/**
 * hd_descriptors_fill_standard:
 * Makes sure that descriptors 0 to 2 exist: those that don't lead nowhere. Else the next file that
 * is opened would be one of them, and be printed to.
 *
 * Returns: false when there is no /dev/null.
 */
bool hd_descriptors_fill_standard(void);

/**
 * hd_descriptors_silence:
 * Has each descriptor from @first to @last, of the standard three, lead nowhere.
 *
 * Returns: false when there is no /dev/null.
 */
bool hd_descriptors_silence(int first, int last);

/**
 * hd_descriptors_close:
 * Closes all descriptors from @first to @last. Takes no longer where the limit on their number is
 * large, also on kernels before 5.9, which have no close_range().
 */
void hd_descriptors_close(unsigned int first, unsigned int last);

#endif
