/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CALLOUT_H
#define HD_CALLOUT_H

#include <glib.h>

#include "hd-port.h"
#include "hd-state.h"

/** Exit statuses that mdevctl understands (mdevctl's callout.rs, versions 1.2 to 1.4). */
enum {
    HD_CALLOUT_DONE = 0,
    HD_CALLOUT_REFUSED = 1, /* of a "pre" event: the action does not take place */
    HD_CALLOUT_PASS = 2,    /* not for us to judge: the next script is asked */
};

/**
 * hd_callout_run:
 * @port: kernel and disk
 * @argc, @argv: as mdevctl calls callouts and notifiers: -t TYPE -e EVENT -a ACTION -s STATE
 *   -u UUID -p PARENT, each a word of its own
 * @log: (nullable): gets what is done
 * @ret_output: (transfer full) (nullable): what belongs on stdout
 * @ret_message: (transfer full) (nullable): why it is refused, for stderr
 *
 * Refuses stop, undefine and modify of an mdev that a VM uses; takes note of what was started and
 * stopped; answers "get attributes" for mdevs that we have made. Everything else is passed on, so
 * that the vendors' own callouts are asked.
 *
 * Returns: the exit status.
 */
int hd_callout_run(HdPort *port, int argc, char *const *argv, HdEventLog log, char **ret_output,
                   char **ret_message);

/**
 * Reads and forgets what is on @fd, at most a second long: mdevctl 1.2 takes a script that does not
 * read for one that can't be run.
 */
void hd_callout_drain(int fd);

#endif
