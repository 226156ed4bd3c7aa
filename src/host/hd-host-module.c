/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The functions that hd-host-late.c stands in for, as a module.
 */
#include "hd-host-late.h"
#include "hd-port-netlink.h"

__attribute__((visibility("default"))) extern const HdHostLate hd_host_late;

const HdHostLate hd_host_late = {
    .vf_get = hd_port_netlink_vf_get,
    .vf_set = hd_port_netlink_vf_set,
    .set_mac = hd_port_netlink_set_mac,
    .parse = hd_mdev_json_parse,
    .format = hd_mdev_json_format,
    .format_attributes = hd_mdev_json_format_attributes,
};
