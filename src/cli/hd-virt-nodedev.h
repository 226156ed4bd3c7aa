/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VIRT_NODEDEV_H
#define HD_VIRT_NODEDEV_H

#include <glib.h>
#include <stdbool.h>

/** HdVirtNodedev: a connection to libvirt, for its node devices. */
typedef struct HdVirtNodedev HdVirtNodedev;

/**
 * hd_virt_nodedev_open:
 * @uri: (nullable): NULL: qemu:///system
 * @ret_virt: (transfer full)
 *
 * Returns: false on %HD_ERROR_INPUT: nobody answers there.
 */
bool hd_virt_nodedev_open(const char *uri, HdVirtNodedev **ret_virt, GError **ret_error);
void hd_virt_nodedev_free(HdVirtNodedev *virt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVirtNodedev, hd_virt_nodedev_free)

/**
 * hd_virt_nodedev_list:
 * @capability: (nullable): "pci", "mdev_types" or "mdev"; NULL: all
 * @active, @inactive: which of them
 * @ret_names: (transfer full) (element-type utf8): sorted
 */
bool hd_virt_nodedev_list(HdVirtNodedev *virt, const char *capability, bool active, bool inactive,
                          GPtrArray **ret_names, GError **ret_error);

/** @ret_xml: (transfer full): of the node device @name; @inactive: as it is defined. */
bool hd_virt_nodedev_xml(HdVirtNodedev *virt, const char *name, bool inactive, char **ret_xml,
                         GError **ret_error);

/** Makes (virNodeDeviceCreateXML) or defines a node device. @ret_name: (transfer full): its name.
 */
bool hd_virt_nodedev_create(HdVirtNodedev *virt, const char *xml, bool define, char **ret_name,
                            GError **ret_error);

/** HdVirtNodedevAct: what can be done to a node device; called as virsh does. */
typedef enum {
    HD_VIRT_NODEDEV_START,
    HD_VIRT_NODEDEV_DESTROY,
    HD_VIRT_NODEDEV_UNDEFINE,
    HD_VIRT_NODEDEV_DETACH,
    HD_VIRT_NODEDEV_REATTACH,
    HD_VIRT_NODEDEV_RESET,
} HdVirtNodedevAct;

/** Does @act to the node device @name. @driver: (nullable): of DETACH. */
bool hd_virt_nodedev_act(HdVirtNodedev *virt, const char *name, HdVirtNodedevAct act,
                         const char *driver, GError **ret_error);

#endif
