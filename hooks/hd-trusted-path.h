/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TRUSTED_PATH_H
#define HD_TRUSTED_PATH_H

#include <sys/stat.h>

/**
 * hd_trusted_path_open:
 * @path: absolute
 * @ret_fd: (transfer full): an O_PATH descriptor of what it leads to
 * @ret_status: (nullable): of the same
 *
 * Walks the path, links included, and requires of each component that nobody but root could have
 * put it there or can change it: it is root's (or ours), and a folder or file is not writable for
 * group or others, unless it is a folder with the sticky bit. What is so reached stays the same
 * until root changes it, and may be executed by its path.
 *
 * Returns: 0; EPERM for what others may change; else the errno of the component that can't be
 * opened.
 */
int hd_trusted_path_open(const char *path, int *ret_fd, struct stat *ret_status);

#endif
