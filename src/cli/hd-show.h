/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SHOW_H
#define HD_SHOW_H

#include "hd-device-facts.h"
#include "hd-inventory.h"
#include "hd-mdev-bus.h"
#include "hd-plan.h"
#include "hd-readiness.h"

/** HdShow: all that `hostdevctl show` says of one function; all is borrowed. */
typedef struct {
    const HdInventory *inventory; /* its group is in it, with holders */
    const HdDevice *device;
    const HdDeviceFacts *facts;
    const HdPlan *plan;     /* what a VM with this device alone would get */
    const HdMdevBus *mdevs; /* its types, if it is a parent, and its mdevs */
    const GPtrArray *vfs;   /* of HdDevice*: of a PF, VF 0 first, with their network side; NULL: it
                               has just gone */
    const HdReadiness *iommufd, *migration; /* what this host lacks for them */
} HdShow;

/** Prints it for people. */
void hd_show_print(const HdShow *show);

/** Prints it as JSON. */
void hd_show_print_json(const HdShow *show);

/** Returns: (transfer full): the <hostdev> to paste, without a last newline. */
char *hd_show_fragment(const HdShow *show);

/** Returns: (transfer full): what its plan says; of what a VM has, that alone. */
char *hd_show_outcome(const HdShow *show);

/** Returns: (transfer full): its address as libvirt's node devices are called. */
char *hd_show_node_device(const HdShow *show);

#endif
