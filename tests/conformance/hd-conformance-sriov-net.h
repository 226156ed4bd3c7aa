/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_SRIOV_NET_H
#define HD_CONFORMANCE_SRIOV_NET_H

#include <glib.h>

/** Appends the rows (HdConformanceRow) about the network settings of the VFs of a PF without VFs.
 */
void hd_conformance_sriov_net_rows(GArray *rows);

#endif
