/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_SETTINGS_H
#define HD_CAPTURE_SETTINGS_H

#include "hd-capture-lines.h"

/*
 * What is left of one file of the owner's settings in a capture that others may see. All return
 * (transfer full).
 */

/** A kernel command line: the words that concern devices. */
char *hd_capture_settings_kernel(const HdScrub *scrub, const GString *bytes);
/** GRUB's defaults: the same of its command lines. */
char *hd_capture_settings_grub(const HdScrub *scrub, const GString *bytes);
/** qemu.conf: the settings that concern us, in a form of their own. */
char *hd_capture_settings_qemu_conf(const HdScrub *scrub, const GString *bytes);
/** modprobe.d: options, blacklist, softdep and alias. */
char *hd_capture_settings_modprobe(const HdScrub *scrub, const GString *bytes);
/** Our mappings and sets of VFs: other names of hosts, interfaces and cards, no description. */
char *hd_capture_settings_ours(const HdScrub *scrub, const GString *bytes);
/** Settings without their comments. */
char *hd_capture_settings_plain(const HdScrub *scrub, const GString *bytes);

#endif
