/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_CONFINED_H
#define HD_PORT_CONFINED_H

#include "hd-port.h"

/**
 * hd_port_confined_ops:
 * @real: the real port's
 *
 * Returns: the same, but that no link below the root leads out of it, and that what is read is a
 * regular file.
 */
const HdPortOps *hd_port_confined_ops(const HdPortOps *real);

#endif
