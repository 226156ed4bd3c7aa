/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_JOURNAL_H
#define HD_CAPTURE_JOURNAL_H

#include "hd-pseudonyms.h"

/**
 * Returns: (transfer full): @text, content of a file of run/hostdevctl, with other names of VMs,
 * and what is known by its form replaced. Lines that were sealed are sealed again.
 */
char *hd_capture_journal_scrub(HdPseudonyms *pseudonyms, const char *text);

#endif
