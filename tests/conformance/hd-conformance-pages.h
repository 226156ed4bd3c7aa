/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_PAGES_H
#define HD_CONFORMANCE_PAGES_H

#include "hd-port.h"

/**
 * Runs the table about huge pages of 2 MiB on a machine that has none in use, and leaves none.
 * Returns: the number of rows.
 */
guint hd_conformance_pages_run(HdPort *port);

#endif
