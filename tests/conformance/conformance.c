/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a conformance table: on the fake kernel, or, where devices are named, with them on this
 * machine's kernel (the lab's!).
 */
#include <stdio.h>
#include <stdlib.h>

#include "hd-conformance-mdev.h"
#include "hd-conformance.h"
#include "hd-fake-host.h"
#include "hd-port-real.h"

static guint
run_pci(HdPort *port, char **arguments)
{
    const HdConformanceTarget fake = {"0000:01:00.0", "0000:09:00.0", "0000:00:1c.0", "e1000e",
                                      "nvme"};
    if (arguments == NULL)
        return hd_conformance_run(port, &fake);
    const HdConformanceTarget target = {arguments[0], arguments[1], arguments[2], arguments[3],
                                        arguments[4]};
    return hd_conformance_run(port, &target);
}

static guint
run_mdev(HdPort *port, char **arguments)
{
    const HdConformanceMdevTarget fake = {"mtty", "mtty-2", "mtty-1"};
    if (arguments == NULL)
        return hd_conformance_mdev_run(port, &fake);
    const HdConformanceMdevTarget target = {arguments[0], arguments[1], arguments[2]};
    return hd_conformance_mdev_run(port, &target);
}

static guint
run(HdPort *port, bool is_mdev, char **arguments)
{
    return is_mdev ? run_mdev(port, arguments) : run_pci(port, arguments);
}

int
main(int argc, char **argv)
{
    bool is_mdev = argc > 1 && g_str_equal(argv[1], "mdev");
    int first = is_mdev ? 2 : 1;
    if (argc == first) {
        g_autoptr(HdFake) fake = hd_fake_host_new();
        return run(hd_fake_port(fake), is_mdev, NULL) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (argc != first + (is_mdev ? 3 : 5)) {
        (void)fprintf(stderr,
                      "usage: %s [ADDRESS OTHER BRIDGE DRIVER WRONG-DRIVER]\n"
                      "       %s mdev [PARENT TYPE OTHER-TYPE]\n",
                      argv[0], argv[0]);
        return 2;
    }
    g_autoptr(GError) error = NULL;
    HdPort *port = hd_port_real_new("/", &error);
    if (port == NULL) {
        (void)fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    guint steps = run(port, is_mdev, argv + first);
    hd_port_real_free(port);
    return steps > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
