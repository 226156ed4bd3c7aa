/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAGE_H
#define HD_CAGE_H

#include <stdbool.h>

/** The only descriptor that is left in a cage besides 0 to 2, which lead nowhere. */
#define HD_CAGE_FD 3

/**
 * hd_cage_empty:
 * @fd: the descriptor that is kept; it becomes HD_CAGE_FD
 *
 * First step of a child that is to be caged: nothing of its parent's is open any more. Files
 * may still be opened.
 *
 * Returns: false when that can't be had.
 */
bool hd_cage_empty(int fd);

/**
 * hd_cage_close:
 * From here on the process can compute, take memory (512 MiB more), read and write HD_CAGE_FD, and
 * end; after 5 s of CPU time it is ended, and with its parent. Root becomes nobody, without
 * capabilities. It can open, connect, start, signal nothing: resource limits see to that
 * everywhere, Landlock and seccomp where the kernel has them and lets us.
 *
 * Returns: false when the part that each kernel has can't be had.
 */
bool hd_cage_close(void);

#endif
