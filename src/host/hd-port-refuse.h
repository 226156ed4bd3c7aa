/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_REFUSE_H
#define HD_PORT_REFUSE_H

#include "hd-port.h"

/** Fills in all verbs that change anything: they fail with EROFS. For a port that only reads. */
void hd_port_refuse_changes(HdPortOps *ops);

#endif
