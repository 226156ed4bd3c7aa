/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SYSTEM_LOG_H
#define HD_SYSTEM_LOG_H

#include "hd-event.h"

/**
 * hd_system_log:
 * An #HdEventLog: puts @event into systemd's journal, with the fields HOSTDEVCTL_EVENT,
 * HOSTDEVCTL_OWNER, HOSTDEVCTL_KEY and a HOSTDEVCTL_DEVICE for each device
 * (systemd.journal-fields); where there is no journal, its message goes to syslog. Never fails,
 * never waits: what the log doesn't take at once is dropped.
 */
void hd_system_log(const HdEvent *event, gpointer data);

#endif
