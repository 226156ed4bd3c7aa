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
 * HdUnitOwner: who a process belongs to.
 */
typedef struct {
    char *words;    /* (nullable): for a person: "gdm.service", "session 3 of alice on seat0",
                       "pipewire.service of user 1000"; NULL: not known */
    char *unit;     /* (nullable): the system's unit; NULL: of none, a person's, or a container's */
    bool is_seated; /* of a session at a screen of this host, or a service of who has such a one */
} HdUnitOwner;

void hd_unit_owner_clear(HdUnitOwner *owner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdUnitOwner, hd_unit_owner_clear)

/** Fills in @ret_owner for the process @pid, from its cgroup and logind's files below /run. */
void hd_unit_find_owner(HdPort *port, const char *pid, HdUnitOwner *ret_owner);

/** Stops (@forward), or starts, the unit of @goal. May take long: only in a job. Returns: false on
 * %HD_ERROR_KERNEL. */
bool hd_unit_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error);

#endif
