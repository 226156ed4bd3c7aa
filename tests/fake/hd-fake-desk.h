/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_DESK_H
#define HD_FAKE_DESK_H

#include "hd-fake-desktop.h"
#include "hd-fake-host.h"

/**
 * Returns: (transfer full): a workstation:
 *
 *   0000:01:00.0, .1   boot display on amdgpu (fb0, /dev/dri/card0) and its audio function on
 *                      snd_hda_intel (/dev/snd/controlC0), group 1; BAR 0 has 256 MiB and can have
 *                      256 MiB, 512 MiB, 8 GiB
 *   0000:02:00.0, .1   the same kind of card (fb1, /dev/dri/card1; /dev/snd/controlC1), groups 2
 * and
 *                      3
 *   0000:03:00.0       NVIDIA card 0, group 4
 *   0000:04:00.0       NVIDIA card 1, group 5; nvidia_uvm, nvidia_drm, nvidia_modeset are loaded
 *   0000:05:00.0       NIC on e1000e, group 6
 *
 * with its console on fb0. No unit is there yet.
 */
HdFake *hd_fake_desk_new(void);

#endif
