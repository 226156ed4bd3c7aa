/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_STATE_H
#define HD_PORT_STATE_H

#include <glib.h>
#include <stdbool.h>

#include "hd-port.h"

/* The real port's files of ours, all below run/hostdevctl. See hd-port.h for each verb. */

/** Appends and syncs. Returns 0 or errno. */
int hd_port_state_append(int root, const char *path, const char *text);

/** Opens for reading: a file of ours or the system's, no link. Returns 0 or errno; EPERM: not ours.
 */
int hd_port_state_open(int root, const char *path, int *ret_fd);

/** Unlinks. Returns 0 or errno. */
int hd_port_state_remove(int root, const char *path);

/** Locks, with a bounded wait. Returns 0, ENOENT, EWOULDBLOCK or errno. */
int hd_port_state_lock(int root, const char *path, bool create, guint wait_ms, HdLock **ret_lock);

/** Returns: whether anybody has @path locked. */
bool hd_port_state_is_locked(int root, const char *path);

/** Unlocks and frees. NULL is fine. */
void hd_port_state_unlock(HdLock *lock);

#endif
