/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_REAL_H
#define HD_PORT_REAL_H

#include "hd-error.h"
#include "hd-port.h"

/**
 * hd_port_real_new:
 * @root: "/" for this machine, or the folder of a captured or fake one (--sysroot)
 *
 * With another root than "/" nothing outside of it is read or changed: no module is loaded, no
 * network is asked, no link is followed out of it, and only regular files are read.
 *
 * Returns: (transfer full) (nullable): the port; NULL on %HD_ERROR_INPUT.
 */
HdPort *hd_port_real_new(const char *root, GError **ret_error);

/** Frees a port of hd_port_real_new(). NULL is fine. */
void hd_port_real_free(HdPort *port);

/** The root is as the machine's own, and costs as much to read: for measuring. */
void hd_port_real_trust(HdPort *port);

/** Returns: whether a real port's root is the running machine's; else nothing of it is a kernel's.
 */
bool hd_port_real_is_machine(HdPort *port);

/** Returns: the descriptor of a real port's root; it stays the port's. */
int hd_port_real_root(HdPort *port);

#endif
