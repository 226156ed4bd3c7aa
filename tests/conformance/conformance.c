/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a conformance table: on the fake kernel, or, where devices are named, with them on this
 * machine's kernel (the lab's!).
 */
#include <stdio.h>
#include <stdlib.h>

#include "hd-conformance-desktop.h"
#include "hd-conformance-hold.h"
#include "hd-conformance-mdev.h"
#include "hd-conformance-pages.h"
#include "hd-conformance-settings.h"
#include "hd-conformance-sriov.h"
#include "hd-conformance.h"
#include "hd-fake-desk.h"
#include "hd-fake-host.h"
#include "hd-port-real.h"

/* @arguments: (nullable): NULL: those of the fake */
typedef guint (*RunTable)(HdPort *port, char **arguments);

typedef struct {
    const char *word; /* (nullable) */
    int least, most;  /* arguments */
    RunTable run;
    HdFake *(*make_fake)(void);
} Table;

static HdFake *
make_settings(void)
{
    HdFake *fake = hd_fake_host_new();
    hd_fake_give_settings(fake, "0000:01:00.0", "pm bus");
    return fake;
}

static HdFake *
make_desk(void)
{
    const HdFakeUnit runs = {.name = "lab-runs.service", .pid = 500, .comm = "sleep"};
    const HdFakeUnit broken = {
        .name = "lab-broken.service", .pid = 501, .comm = "broken", .refuses_start = true};
    HdFake *fake = hd_fake_desk_new();
    hd_fake_add_unit(fake, &runs);
    hd_fake_add_unit(fake, &broken);
    (void)hd_port_set_unit(hd_fake_port(fake), runs.name, false);
    (void)hd_port_set_unit(hd_fake_port(fake), broken.name, false);
    return fake;
}

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

/* The fake's two PFs, one after the other. */
static guint
run_sriov(HdPort *port, char **arguments)
{
    const HdConformanceSriovTarget network = {"0000:07:00.0", "eth7"};
    const HdConformanceSriovTarget storage = {"0000:17:00.0", NULL};
    if (arguments == NULL)
        return hd_conformance_sriov_run(port, &network) + hd_conformance_sriov_run(port, &storage);
    const HdConformanceSriovTarget target = {arguments[0], arguments[1]};
    return hd_conformance_sriov_run(port, &target);
}

/* "pages here": on this machine. */
static guint
run_pages(HdPort *port, char **arguments)
{
    (void)arguments;
    return hd_conformance_pages_run(port);
}

static guint
run_settings(HdPort *port, char **arguments)
{
    const HdConformanceSettingsTarget fake = {"0000:01:00.0", "e1000e"};
    if (arguments == NULL)
        return hd_conformance_settings_run(port, &fake);
    const HdConformanceSettingsTarget target = {arguments[0], arguments[1]};
    return hd_conformance_settings_run(port, &target);
}

static guint
run_desktop(HdPort *port, char **arguments)
{
    const HdConformanceDesktopTarget fake = {"0000:01:00.0",     "0000:02:00.0",
                                             "amdgpu",           "amdgpu",
                                             "lab-runs.service", "lab-broken.service"};
    if (arguments == NULL)
        return hd_conformance_desktop_run(port, hd_conformance_hold_fake, &fake);
    const HdConformanceDesktopTarget target = {arguments[0], arguments[1], arguments[2],
                                               arguments[3], arguments[4], arguments[5]};
    return hd_conformance_desktop_run(port, hd_conformance_hold_real, &target);
}

static const Table tables[] = {
    {"pages", 1, 1, run_pages, hd_fake_host_new}, {"mdev", 3, 3, run_mdev, hd_fake_host_new},
    {"sriov", 1, 2, run_sriov, hd_fake_host_new}, {"settings", 2, 2, run_settings, make_settings},
    {"desktop", 6, 6, run_desktop, make_desk},    {NULL, 5, 5, run_pci, hd_fake_host_new},
};

static const Table *
find_table(const char *word)
{
    const Table *table = tables;
    while (table->word != NULL && g_strcmp0(table->word, word) != 0)
        table++;
    return table;
}

static int
run_real(RunTable run, char **arguments)
{
    g_autoptr(GError) error = NULL;
    HdPort *port = hd_port_real_new("/", &error);
    if (port == NULL) {
        (void)fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    guint steps = run(port, arguments);
    hd_port_real_free(port);
    return steps > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    const Table *table = find_table(argv[1]);
    int first = table->word != NULL ? 2 : 1, count = argc - first;
    if (count == 0) {
        g_autoptr(HdFake) fake = table->make_fake();
        return table->run(hd_fake_port(fake), NULL) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (count < table->least || count > table->most) {
        (void)fprintf(stderr,
                      "usage: %s [ADDRESS OTHER BRIDGE DRIVER WRONG-DRIVER]\n"
                      "       %s mdev [PARENT TYPE OTHER-TYPE]\n"
                      "       %s sriov [PF [INTERFACE]]\n"
                      "       %s pages [here]\n"
                      "       %s settings [ADDRESS DRIVER]\n"
                      "       %s desktop [BOOT-CARD OTHER-CARD DRIVER MODULE UNIT BROKEN-UNIT]\n",
                      argv[0], argv[0], argv[0], argv[0], argv[0], argv[0]);
        return 2;
    }
    return run_real(table->run, argv + first);
}
