/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_NODEDEV_LOCAL_H
#define HD_NODEDEV_LOCAL_H

#include "hd-cmd.h"
#include "hd-virt-nodedev.h"

/*
 * The same verbs as hd-virt-nodedev.h, without libvirt: from sysfs and mdevctl's store, changed by
 * the state module. Errors are of the kinds of the modules below.
 */

/** @capability: (nullable): NULL: all that we know. @ret_names: (transfer full). */
bool hd_nodedev_local_list(HdCmd *cmd, const char *capability, bool active, bool inactive,
                           GPtrArray **ret_names, GError **ret_error);

/** @ret_xml: (transfer full): of the node device @name; @inactive: as it is defined. */
bool hd_nodedev_local_xml(HdCmd *cmd, const char *name, bool inactive, char **ret_xml,
                          GError **ret_error);

/** Makes or defines the mdev of a <device>. @ret_name: (transfer full): its node device's name. */
bool hd_nodedev_local_create(HdCmd *cmd, const GString *xml, bool define, char **ret_name,
                             GError **ret_error);

/** Does @act to the node device @name. @driver: (nullable): of DETACH. */
bool hd_nodedev_local_act(HdCmd *cmd, const char *name, HdVirtNodedevAct act, const char *driver,
                          GError **ret_error);

#endif
