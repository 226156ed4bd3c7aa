/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_VF_H
#define HD_CONFORMANCE_VF_H

#include "hd-port.h"

/** @vf: "INTERFACE INDEX". Returns: 0 or an errno value of hd_port_vf_get(). */
int hd_conformance_vf_get(HdPort *port, const char *vf, HdVfSettings *ret_settings);

/**
 * hd_conformance_vf_set:
 * @vf: "INTERFACE INDEX"
 * @text: one setting as the kernel takes it, wrong ones too: "mac 52:54:00:00:00:01",
 *   "vlan NUMBER QOS PROTO", "rate MIN MAX", "spoofchk 0", "trust 1", "link_state 1"
 *
 * Returns: 0 or an errno value of hd_port_vf_set().
 */
int hd_conformance_vf_set(HdPort *port, const char *vf, const char *text);

#endif
