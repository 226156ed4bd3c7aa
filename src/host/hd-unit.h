/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_UNIT_H
#define HD_UNIT_H

#include "hd-port.h"

/**
 * Returns: (transfer full): what @unit is an alias of ("display-manager.service" of "gdm.service"),
 * else its own name.
 */
char *hd_unit_resolve(HdPort *port, const char *unit);

/** Returns: whether systemd has a file of the unit, or of its template. */
bool hd_unit_exists(HdPort *port, const char *unit);

/** Returns: whether the unit is active: systemd keeps run/systemd/units/invocation:UNIT for as
 * long. @unit: no alias. */
bool hd_unit_is_active(HdPort *port, const char *unit);

/**
 * hd_unit_of_process:
 * @pid: of a process
 * @ret_words: (transfer full) (nullable): who it belongs to, for a person: "gdm.service",
 *   "session 3 of alice on seat0", "pipewire.service of user 1000"; NULL: not known
 *
 * Returns: (transfer full) (nullable): the system's unit that it is of; NULL: of none, or a
 * person's.
 */
char *hd_unit_of_process(HdPort *port, const char *pid, char **ret_words);

/** Stops (@forward), or starts, the unit of @goal. May take long: only in a job. Returns: false on
 * %HD_ERROR_KERNEL. */
bool hd_unit_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
