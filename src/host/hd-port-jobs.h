/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_JOBS_H
#define HD_PORT_JOBS_H

#include "hd-port.h"

/**
 * hd_port_jobs_run:
 * The real port's run_jobs (see hd-port.h): a process for each job.
 *
 * @keep_fd: the only descriptor of ours that a worker keeps
 * @worker_fd: set, in a worker only, to the descriptor for hd_port_jobs_is_abandoned()
 */
void hd_port_jobs_run(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms, int keep_fd,
                      int *worker_fd);

/** Returns: whether the process that waits at the other end of @worker_fd has gone; -1: false. */
bool hd_port_jobs_is_abandoned(int worker_fd);

#endif
