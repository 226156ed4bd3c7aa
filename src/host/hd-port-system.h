/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_SYSTEM_H
#define HD_PORT_SYSTEM_H

#include "hd-port.h"

/*
 * The real port's verbs that ask something of the running system; see hd-port.h. Of a machine that
 * is only a folder nothing is asked: ENOENT.
 */
int hd_port_system_load_module(HdPort *port, const char *module);
int hd_port_system_unload_module(HdPort *port, const char *module);
int hd_port_system_set_unit(HdPort *port, const char *unit, bool is_active);
void hd_port_system_pause(HdPort *port, guint ms);
gint64 hd_port_system_now(HdPort *port);
guint hd_port_system_await_close(HdPort *port, const GPtrArray *nodes, guint ms);

#endif
