/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SR-IOV and the network settings of VFs.
 */
#include "hd-fake-sriov.h"

#include <errno.h>

int
hd_fake_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    return ENODEV;
}

int
hd_fake_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
               HdVfKey key)
{
    return ENODEV;
}

int
hd_fake_net_set_mac(HdPort *port, const char *interface, const HdMac *mac)
{
    return ENODEV;
}
