/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_OUT_FINDINGS_H
#define HD_OUT_FINDINGS_H

#include <stdio.h>

#include "hd-finding.h"
#include "hd-json.h"

/** Prints @findings on @stream, a line each. @only_trouble: none that is fine. */
void hd_out_findings(FILE *stream, const GPtrArray *findings, gboolean only_trouble);

/** Adds them as an array, the next value of @json. */
void hd_out_findings_json(HdJson *json, const GPtrArray *findings, gboolean only_trouble);

#endif
