/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_SERVICES_H
#define HD_FAKE_SERVICES_H

#include "hd-fake.h"

/* Verbs of the fake port that no rule of the kernel is behind; see hd-port.h for each. */

/** hd_port_node_is_open(): of mdevs that hd_fake_hold_mdev() has given to a process. */
int hd_fake_node_is_open(HdPort *port, const char *path, bool *ret_open);
/** hd_port_block_is_claimed() */
int hd_fake_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed);
/** hd_port_net_addresses() */
int hd_fake_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses);
/** hd_port_find_owner(): knows libvirt-qemu */
int hd_fake_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid,
                       guint *ret_gid);
/** hd_port_settle(): nothing to wait for */
void hd_fake_settle(HdPort *port, guint deadline_ms);
/** hd_port_pause(): takes no time; see hd_fake_let_go_mdev_after() */
void hd_fake_pause(HdPort *port, guint ms);
/** hd_port_save() */
int hd_fake_save(HdPort *port, const char *path, const char *text);
/** hd_port_discard() */
int hd_fake_discard(HdPort *port, const char *path);

#endif
