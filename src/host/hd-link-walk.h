/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LINK_WALK_H
#define HD_LINK_WALK_H

#include "hd-port.h"

/** HdLinkWalk: follows links itself, so that whoever asks knows each of them; each is read once. */
typedef struct HdLinkWalk HdLinkWalk;

/** Is told of each link, once. @path: without links on its way. */
typedef void (*HdLinkFound)(const char *path, const char *target, gpointer data);

/** @port: borrowed. Returns: (transfer full). */
HdLinkWalk *hd_link_walk_new(HdPort *port, HdLinkFound found, gpointer data);
void hd_link_walk_free(HdLinkWalk *walk);

/** @path: without links on its way. Returns: (transfer none) (nullable): where it leads; NULL: it
 * is no link. */
const char *hd_link_walk_target(HdLinkWalk *walk, const char *path);

/**
 * @follow: whether a link at the end of @path is followed, too
 *
 * Returns: (transfer full): @path without links on its way.
 */
char *hd_link_walk_resolve(HdLinkWalk *walk, const char *path, bool follow);

#endif
