/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_LINES_H
#define HD_CAPTURE_LINES_H

#include "hd-capture.h"

/*
 * What is left of one file's lines in a capture that others may see. All return (transfer full).
 */

/** IP addresses: examples in their place (RFC 5737, RFC 3849). */
char *hd_capture_lines_addresses(const HdCapture *raw, const GString *bytes);
/** mountinfo: mounts of devices; private mount points have others in their place. */
char *hd_capture_lines_mounts(const HdCapture *raw, const GString *bytes);
/** A kernel command line: the words that concern devices. */
char *hd_capture_lines_kernel(const HdCapture *raw, const GString *bytes);
/** A process's command line: the program, and name and uuid of a VM. */
char *hd_capture_lines_process(const HdCapture *raw, const GString *bytes);
/** The kernel's IPv4 routes: interfaces and default routes, examples as addresses. */
char *hd_capture_lines_routes(const HdCapture *raw, const GString *bytes);
/** The same of IPv6. */
char *hd_capture_lines_routes6(const HdCapture *raw, const GString *bytes);
/** udev's notes: without serial numbers, labels and names. */
char *hd_capture_lines_udev(const HdCapture *raw, const GString *bytes);
/** qemu.conf: the settings that concern us, in a form of their own. */
char *hd_capture_lines_qemu_conf(const HdCapture *raw, const GString *bytes);
/** Settings without their comments. */
char *hd_capture_lines_settings(const HdCapture *raw, const GString *bytes);
/** modules.dep: of what VMs need of the kernel. */
char *hd_capture_lines_modules(const HdCapture *raw, const GString *bytes);
/** modules.alias: of vfio drivers, and of the functions in @raw. */
char *hd_capture_lines_aliases(const HdCapture *raw, const GString *bytes);

#endif
