/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_BENCH_PORT_H
#define HD_BENCH_PORT_H

/** Where each write to the kernel notes its microseconds, if there is such a file. */
#define HD_BENCH_KERNEL "kernel-us"

#endif
