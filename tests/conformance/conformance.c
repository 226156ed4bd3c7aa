/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the conformance table:
 *   conformance                                           on the fake kernel
 *   conformance ADDRESS OTHER BRIDGE DRIVER WRONG-DRIVER  on this machine's kernel (the lab's!)
 */
#include <stdio.h>
#include <stdlib.h>

#include "hd-conformance.h"
#include "hd-fake-host.h"
#include "hd-port-real.h"

int
main(int argc, char **argv)
{
    if (argc == 1) {
        g_autoptr(HdFake) fake = hd_fake_host_new();
        const HdConformanceTarget target = {"0000:01:00.0", "0000:09:00.0", "0000:00:1c.0",
                                            "e1000e", "nvme"};
        return hd_conformance_run(hd_fake_port(fake), &target) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (argc != 6) {
        (void)fprintf(stderr, "usage: %s [ADDRESS OTHER BRIDGE DRIVER WRONG-DRIVER]\n", argv[0]);
        return 2;
    }
    g_autoptr(GError) error = NULL;
    HdPort *port = hd_port_real_new("/", &error);
    if (port == NULL) {
        (void)fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    const HdConformanceTarget target = {argv[1], argv[2], argv[3], argv[4], argv[5]};
    guint steps = hd_conformance_run(port, &target);
    hd_port_real_free(port);
    return steps > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
