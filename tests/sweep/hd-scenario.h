/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SCENARIO_H
#define HD_SCENARIO_H

#include "hd-fake-desk.h"
#include "hd-scenario-verbs.h"

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
    const char *mapping; /* line of a mapping, by which the addresses are asked for */
    bool is_desk;        /* the host is a workstation (hd-fake-desk.h) with a display manager, */
    bool has_one_screen; /* and only its boot display has a driver; the VM may have the console */
    const char *rebar;   /* what the first address wants */
    bool arrives;        /* by migration: the addresses are claimed before the prepare */
    bool is_second;      /* the VM's own earlier start has left all of it behind */
    bool is_successor;   /* another VM had all of it and has died */
    const HdScenarioVerb *verb; /* what is done instead of prepare and release */
} HdScenario;

/** All scenarios of the sweep. */
extern const HdScenario hd_scenarios[];
extern const guint hd_scenario_count;

/** Returns: (transfer full): the host of @scenario, its mutations counted from here. */
HdFake *hd_scenario_host(const HdScenario *scenario);

/** What came before the scenario on @fake (is_second, is_successor); mutations count from here. */
void hd_scenario_prelude(const HdScenario *scenario, HdFake *fake);

/** The scenario itself, as libvirt or a person drives it. Errors are part of it. */
void hd_scenario_run(const HdScenario *scenario, HdFake *fake);

/** Returns: whether it is about a VM that gets all it asks for. */
bool hd_scenario_succeeds(const HdScenario *scenario);

/** Returns: (transfer full): what the VM @uuid asks for. */
HdRequest *hd_scenario_request(const HdScenario *scenario, const char *uuid);

/** A VM that has its devices proves by this that they are really there, all of them. */
void hd_scenario_assert_whole(const HdScenario *scenario, HdFake *fake);

#endif
