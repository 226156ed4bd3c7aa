/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The functions that ask libvirt in one table, as hd-virt-late.c wants them.
 */
#include "hd-virt-late.h"

__attribute__((visibility("default"))) extern const HdVirtLate hd_virt_late;

const HdVirtLate hd_virt_late = {
    .domain_xml = hd_virt_domain_xml,
    .domain_change = hd_virt_domain_change,
    .open = hd_virt_nodedev_open,
    .free = hd_virt_nodedev_free,
    .list = hd_virt_nodedev_list,
    .xml = hd_virt_nodedev_xml,
    .create = hd_virt_nodedev_create,
    .act = hd_virt_nodedev_act,
};
