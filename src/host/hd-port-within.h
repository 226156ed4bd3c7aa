/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_WITHIN_H
#define HD_PORT_WITHIN_H

#include <stdbool.h>

/* Paths below a folder that somebody else has made: a captured machine's. */

/**
 * hd_port_within_open:
 * @follow: a link at the path's end, too; else the link itself is what is found
 * @ret_fd: knows the place (O_PATH), and has opened nothing
 *
 * Links are followed as if @root were "/": absolute ones begin there, and ".." doesn't leave it.
 *
 * Returns: 0 or an errno value.
 */
int hd_port_within_open(int root, const char *path, bool follow, int *ret_fd);

/**
 * hd_port_within_read:
 * Opens what hd_port_within_open() finds for reading.
 *
 * Returns: 0 or an errno value; EMEDIUMTYPE: it is no regular file, and nothing was opened.
 */
int hd_port_within_read(int root, const char *path, int *ret_fd);

/**
 * hd_port_within_find:
 * @root: path of a folder
 *
 * For those who open by themselves. Returns: (transfer full) (nullable): where the regular file at
 * @path below @root is, without links; NULL where there is none, or where it is elsewhere.
 */
char *hd_port_within_find(const char *root, const char *path);

#endif
