/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Somebody who has a node open. The port opens none, so a table can't ask it to.
 */
#include "hd-conformance-hold.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "hd-fake-private.h"

#define HOLDER 4711

int
hd_conformance_hold_real(HdPort *port, const char *path, bool is_held)
{
    static int held = -1;
    (void)port;
    if (!is_held)
        return close(held) == 0 ? 0 : errno;
    g_autofree char *absolute = g_strconcat("/", path, NULL);
    held = open(absolute, O_RDWR | O_CLOEXEC);
    return held >= 0 ? 0 : errno;
}

int
hd_conformance_hold_fake(HdPort *port, const char *path, bool is_held)
{
    HdFake *fake = hd_fake_of(port);
    g_autofree char *absolute = g_strconcat("/", path, NULL);
    if (is_held)
        hd_fake_add_process(fake, HOLDER, "holder", "holder", absolute);
    else
        hd_fake_kill_process(fake, HOLDER);
    return 0;
}
