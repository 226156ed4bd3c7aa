/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_ANSWERS_H
#define HD_PORT_ANSWERS_H

#include "hd-port.h"

/*
 * What only a running kernel can say (who has a node open, what netlink tells) was perhaps noted
 * when a machine was captured: in files below this folder of its root.
 */
#define HD_PORT_ANSWERS ".answers"

/** Returns: whether the answer to @question ("open", "claimed") about @path was yes. */
bool hd_port_answers_has(HdPort *port, const char *question, const char *path);

/** Returns: (transfer full) (element-type utf8): the IP addresses of @interface. */
GPtrArray *hd_port_answers_addresses(HdPort *port, const char *interface);

/** As hd_port_vf_get(). Returns: 0, or ENODEV where nothing was noted. */
int hd_port_answers_vf(HdPort *port, const char *interface, guint index,
                       HdVfSettings *ret_settings);

#endif
