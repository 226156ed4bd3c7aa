/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SCENARIO_H
#define HD_SCENARIO_H

#include "hd-fake-host.h"

/** HdScenario: a VM's devices, and what is special about the host. */
typedef struct {
    const char *name;
    const char *addresses[9];
    bool own_nodes; /* dynamic_ownership = 0 */
    bool and_release;
    bool is_refused;       /* the host can't do it: prepare rolls back */
    const char *bad_probe; /* this function's vfio probe fails: prepare rolls back */
    const char *mdevs[4];  /* "type", "type@parent"; with "+attr" its power/control is set too */
    const char *vgpus[3];  /* "address=type" */
    const char *usb;       /* vendor:product of a USB device */
    const char *tty;       /* path of a port */
    const char *pages[3];  /* "2048=40": page size in KiB and number; "2048=40@1": on a node */
    guint there_pages;     /* so many pages of 2 MiB are there before */
    const char *vf;        /* what each VF among the addresses wants to be told */
    const char *there;   /* this mdev type is made, with the first uuid, by somebody else before */
    const char *drained; /* on this parent another program takes the last nvidia-36: a lost race */
} HdScenario;

/** All scenarios of the sweep. */
extern const HdScenario hd_scenarios[];
extern const guint hd_scenario_count;

/** Returns: (transfer full): the host of @scenario, its mutations counted from here. */
HdFake *hd_scenario_host(const HdScenario *scenario);

/** Returns: (transfer full): what its VM asks for. */
HdRequest *hd_scenario_request(const HdScenario *scenario);

/** A VM that has its devices proves by this that they are really there, all of them. */
void hd_scenario_assert_whole(const HdScenario *scenario, HdFake *fake);

#endif
