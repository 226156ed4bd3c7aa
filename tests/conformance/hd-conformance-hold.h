/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_HOLD_H
#define HD_CONFORMANCE_HOLD_H

#include "hd-conformance-row.h"

/** HdConformanceHold of this machine: one node at a time. */
int hd_conformance_hold_real(HdPort *port, const char *path, bool is_held);

/** HdConformanceHold of a fake. */
int hd_conformance_hold_fake(HdPort *port, const char *path, bool is_held);

#endif
