/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FINDING_H
#define HD_FINDING_H

#include <glib.h>

/** HdLevel: how bad a finding is. */
typedef enum {
    HD_LEVEL_OK,
    HD_LEVEL_WARNING, /* works, but not as one would wish */
    HD_LEVEL_PROBLEM, /* VMs with devices will not start, or not safely */
} HdLevel;

/** HdFinding: one line of `hostdevctl check`. */
typedef struct {
    HdLevel level;
    const char *topic; /* one word: "iommu"; borrowed, a literal */
    char *text;
    char *remedy; /* (nullable): what to do, or the command that does it */
} HdFinding;

/** Returns: (transfer full) (element-type HdFinding): an empty list. */
GPtrArray *hd_findings_new(void);

/** Adds a finding; @remedy, a literal or NULL, is copied. */
void hd_findings_add(GPtrArray *findings, HdLevel level, const char *topic, const char *remedy,
                     const char *format, ...) G_GNUC_PRINTF(5, 6);

/** Returns: the worst level in the list. */
HdLevel hd_findings_worst(const GPtrArray *findings);

/** Returns: "ok", "warning" or "problem". */
const char *hd_level_name(HdLevel level);

#endif
