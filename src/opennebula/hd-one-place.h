/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_PLACE_H
#define HD_ONE_PLACE_H

/**
 * hd_one_place_config:
 * @program: the path by which the probe was called: IM/NAME-probes.d/host/system/FILE
 *
 * As OpenNebula's probes find it. The folder's links are followed, the file's own is not, so that a
 * link among OpenNebula's probes finds OpenNebula's configuration.
 *
 * Returns: (transfer full): FOLDER/../../../../etc/im/NAME-probes.d/pci.conf
 */
char *hd_one_place_config(const char *program);

#endif
