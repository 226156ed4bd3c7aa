/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LOG_SOCKET_H
#define HD_LOG_SOCKET_H

/* For the hook's front too: the C library is all that this needs. */

#include <stddef.h>

/** Where syslog listens, or systemd's journal for it. */
#define HD_LOG_SOCKET_SYSLOG "/dev/log"

/**
 * hd_log_socket_send:
 * @path: a datagram socket's
 *
 * Sends @text as one datagram, and never waits. Returns: 0, or an errno value; EAGAIN: who listens
 * doesn't read just now.
 */
int hd_log_socket_send(const char *path, const char *text, size_t length);

/** Sends @message to the syslog at @path as hostdevctl's, of the daemons' facility and a @priority
    of syslog(3). What can't be sent at once is dropped: no VM waits for a log. */
void hd_log_socket_say(const char *path, int priority, const char *message);

#endif
