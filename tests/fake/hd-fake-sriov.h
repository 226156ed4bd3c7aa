/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_SRIOV_H
#define HD_FAKE_SRIOV_H

#include "hd-fake.h"

/* SR-IOV and the network settings of VFs; see hd-port.h for the verbs. */

/** hd_port_vf_get() */
int hd_fake_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings);
/** hd_port_vf_set() */
int hd_fake_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
                   HdVfKey key);
/** hd_port_net_set_mac() */
int hd_fake_net_set_mac(HdPort *port, const char *interface, const HdMac *mac);

#endif
