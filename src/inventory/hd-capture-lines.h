/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_LINES_H
#define HD_CAPTURE_LINES_H

#include "hd-capture.h"
#include "hd-pseudonyms.h"

/** HdScrub: a capture on its way to others' eyes. */
typedef struct {
    const HdCapture *raw;
    HdPseudonyms *pseudonyms;
} HdScrub;

/** Appends to @text what is to stay of @line. */
typedef void (*HdCaptureKeep)(GString *text, const char *line, gpointer data);

/** Returns: (transfer full): what @keep has left of the lines that are not empty. */
char *hd_capture_each_line(const GString *bytes, HdCaptureKeep keep, gpointer data);

/** Returns: (transfer full): the lines that start with one of @starts. */
char *hd_capture_lines_starting(const GString *bytes, const char *const *starts);

/*
 * What is left of one of the kernel's files in a capture that others may see. All return (transfer
 * full).
 */

/** IP addresses: examples in their place (RFC 5737, RFC 3849). */
char *hd_capture_lines_addresses(const HdScrub *scrub, const GString *bytes);
/** mountinfo: mounts of devices; private mount points and volumes have others in their place. */
char *hd_capture_lines_mounts(const HdScrub *scrub, const GString *bytes);
/** swaps: devices, volumes as in mountinfo. */
char *hd_capture_lines_swaps(const HdScrub *scrub, const GString *bytes);
/** A process's command line: the program's name, and name and uuid of a VM. */
char *hd_capture_lines_process(const HdScrub *scrub, const GString *bytes);
/** numa_maps: without the files that are mapped. */
char *hd_capture_lines_maps(const HdScrub *scrub, const GString *bytes);
/** The kernel's IPv4 routes: interfaces and default routes, examples as addresses. */
char *hd_capture_lines_routes(const HdScrub *scrub, const GString *bytes);
/** The same of IPv6. */
char *hd_capture_lines_routes6(const HdScrub *scrub, const GString *bytes);
/** udev's notes: the kind of file system. */
char *hd_capture_lines_udev(const HdScrub *scrub, const GString *bytes);
/** uevent: what a device is to the kernel. */
char *hd_capture_lines_uevent(const HdScrub *scrub, const GString *bytes);
/** cpuinfo: model and flags. */
char *hd_capture_lines_processor(const HdScrub *scrub, const GString *bytes);
/** bus/input/devices: what they are and where, not how they are called. */
char *hd_capture_lines_input(const HdScrub *scrub, const GString *bytes);
/** The NVIDIA driver's information of one card: model and node. */
char *hd_capture_lines_nvidia(const HdScrub *scrub, const GString *bytes);
/** modules.dep: of what VMs need of the kernel. */
char *hd_capture_lines_modules(const HdScrub *scrub, const GString *bytes);
/** modules.alias: of vfio drivers, and of the functions in the capture. */
char *hd_capture_lines_aliases(const HdScrub *scrub, const GString *bytes);

#endif
