/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SETUP_PRIVATE_H
#define HD_SETUP_PRIVATE_H

/* The parts of hd_setup_plan(); not for other rooms. */

#include "hd-setup.h"

#define HD_GIBIBYTE_KIB (1u << 20)

/** The kernel's command line, wherever boot loaders keep it. */
bool hd_setup_plan_loader(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup,
                          GError **ret_error);

/** The commands after that. */
void hd_setup_loader_steps(HdPort *port, HdSetup *setup);

/** modules-load.d, modprobe.d, boot-claims, udev's rules, huge pages. */
bool hd_setup_plan_files(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup,
                         GError **ret_error);

/** The commands after that. */
void hd_setup_file_steps(HdPort *port, HdSetup *setup);

#endif
