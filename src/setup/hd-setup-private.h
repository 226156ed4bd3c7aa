/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SETUP_PRIVATE_H
#define HD_SETUP_PRIVATE_H

/* The parts of hd_setup_plan(); not for other rooms. */

#include "hd-device.h"
#include "hd-setup.h"

#define HD_GIBIBYTE_KIB (1u << 20)

/** First line of each file that is ours. */
#define HD_SETUP_HEAD "# Written by 'hostdevctl setup'; '--undo' removes it.\n"

/** The kernel's command line, wherever boot loaders keep it. */
bool hd_setup_plan_loader(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup,
                          GError **ret_error);

/** The commands after that. */
void hd_setup_loader_steps(HdPort *port, HdSetup *setup);

/** boot-claims, and the initramfs' configuration for it. */
bool hd_setup_plan_claims(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup,
                          GError **ret_error);

/** Returns: false on %HD_ERROR_REFUSED: the host's file systems are on @device, whose holders are
    filled in. */
bool hd_setup_check_storage(HdPort *port, const HdSetupWishes *wishes, HdDevice *device,
                            GError **ret_error);

/** modules-load.d, modprobe.d, boot-claims, udev's rules, huge pages. */
bool hd_setup_plan_files(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup,
                         GError **ret_error);

/** The commands after that. */
void hd_setup_file_steps(HdPort *port, HdSetup *setup);

/** Returns: whether @setup edits what an initramfs has a copy of. */
bool hd_setup_changes_initramfs(const HdSetup *setup);

/** Returns: whether @step, of an earlier set-up or undo, would act against what @setup leaves. */
bool hd_setup_step_is_void(HdPort *port, const HdSetup *setup, const char *step);

#endif
