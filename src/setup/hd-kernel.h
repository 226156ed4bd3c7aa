/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_KERNEL_H
#define HD_KERNEL_H

#include <glib.h>
#include <stdbool.h>

/** @release: "6.12.9-amd64". Returns: whether vfio_virqfd is a module of its own: before 6.2. */
bool hd_kernel_has_virqfd(const char *release);

#endif
