/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SCENARIO_VERBS_H
#define HD_SCENARIO_VERBS_H

#include "hd-state.h"

/** HdScenarioVerb: what a person or libvirt does other than prepare and release. */
typedef struct {
    void (*act)(HdState *state);
    void (*undo)(
        HdState *state); /* (nullable): what the same one does to have the host as before */
    bool changes;        /* after act() the host is to look different */
    bool is_nobodys;     /* what act() has changed stays, and nobody's journal has it */
} HdScenarioVerb;

/** Gives back what VMs that have died hold. */
extern const HdScenarioVerb hd_scenario_reconcile;
/** Detaches one of a group of two; reattaches it. */
extern const HdScenarioVerb hd_scenario_detach;
/** Makes an mdev for nobody in particular; removes it. */
extern const HdScenarioVerb hd_scenario_mdev;
/** Sets a VF's vGPU type; takes it away. */
extern const HdScenarioVerb hd_scenario_vgpu;
/** Makes four VFs; takes them away. */
extern const HdScenarioVerb hd_scenario_vfs;
/** Tells a PF something of a VF; tells it what was before. */
extern const HdScenarioVerb hd_scenario_settings;
/** A VM's <interface>: prepare and, after libvirt has written over it, confirm; release. */
extern const HdScenarioVerb hd_scenario_interface;

#endif
