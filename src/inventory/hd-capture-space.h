/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_SPACE_H
#define HD_CAPTURE_SPACE_H

#include <glib.h>

/** Zeroes what in @space, a function's configuration space, is of this one card: its Device Serial
 * Number (PCI Express Base Specification, 7.9.3), wherever in the extended space it is. */
void hd_capture_space_scrub(GString *space);

#endif
