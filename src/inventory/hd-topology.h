/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TOPOLOGY_H
#define HD_TOPOLOGY_H

#include "hd-device.h"
#include "hd-port.h"

/** HdTopologyNode: a function, or a root bus, with what is below it. */
typedef struct HdTopologyNode HdTopologyNode;
struct HdTopologyNode {
    char *bus;              /* (nullable): of a root: "0000:00" */
    const HdDevice *device; /* (nullable): of a function; borrowed */
    HdTopologyNode *above;  /* (nullable): of a root */
    GPtrArray *children;    /* of HdTopologyNode*, by address */
};

void hd_topology_node_free(HdTopologyNode *node);

/**
 * hd_topology_read:
 * @devices: (element-type HdDevice): all functions of the host, by address
 *
 * A function is below the bridge that its folder in sys/devices is below; one that has gone
 * meanwhile is directly on its bus.
 *
 * Returns: (transfer full) (element-type HdTopologyNode): the root buses.
 */
GPtrArray *hd_topology_read(HdPort *port, const GPtrArray *devices);

#endif
