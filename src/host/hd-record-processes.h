/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_RECORD_PROCESSES_H
#define HD_RECORD_PROCESSES_H

#include "hd-capture.h"

/**
 * hd_record_processes_drop:
 * @capture: what was recorded of a machine
 *
 * Takes out the processes that were only looked at in passing: those of which nothing but their
 * name, command line and the list of what they have open is known. A process stays that has an
 * interesting node open, that was asked for by its pid (a VM's), or that is a daemon of libvirt's.
 */
void hd_record_processes_drop(HdCapture *capture);

#endif
