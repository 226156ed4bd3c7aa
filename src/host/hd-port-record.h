/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_RECORD_H
#define HD_PORT_RECORD_H

#include "hd-capture.h"
#include "hd-port.h"

/**
 * hd_port_record_new:
 * @inner: (transfer none): the machine; must outlive the port
 * @capture: (transfer none): gets each answer that @inner gives
 *
 * Whoever reads through this port leaves behind all that he will need to read the same again. What
 * would change the machine fails with EROFS. Processes that have nothing of interest open are taken
 * out at the end; see hd-record-processes.h.
 *
 * Returns: (transfer full): the port.
 */
HdPort *hd_port_record_new(HdPort *inner, HdCapture *capture);

/**
 * Adds what lies in recorded folders and nobody has looked at by name, and frees the port. NULL is
 * fine.
 */
void hd_port_record_finish(HdPort *port);

#endif
