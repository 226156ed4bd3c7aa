/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LIST_PICTURE_H
#define HD_LIST_PICTURE_H

#include "hd-cmd-list.h"
#include "hd-topology.h"

/** HdListPicture: what a tree or a graph is drawn of; all is borrowed. */
typedef struct {
    const HdInventory *inventory;
    const HdPciFilter *filter;
    bool only_available; /* of functions that a VM could get now */
} HdListPicture;

/** Returns: (transfer full): the name of @device. */
char *hd_list_picture_name(const HdListPicture *picture, const HdDevice *device);

/**
 * Returns: (transfer container) (element-type HdTopologyNode): the children of @node that pass the
 * filter, or have something below them that does.
 */
GPtrArray *hd_list_picture_children(const HdListPicture *picture, const HdTopologyNode *node);

/** Prints @roots (element-type HdTopologyNode) in Graphviz's language, IOMMU groups as boxes. */
void hd_list_dot_print(const HdListPicture *picture, const GPtrArray *roots);

#endif
