/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_STORE_H
#define HD_MDEV_STORE_H

#include "hd-error.h"
#include "hd-mdev.h"
#include "hd-port.h"

/*
 * mdevctl's definitions, /etc/mdevctl.d/<parent>/<uuid>: the store that mdevctl, libvirt's node
 * devices and we share. See mdevctl(8).
 */

/**
 * hd_mdev_store_find:
 * @uuid: (nullable): NULL: all definitions
 * @specs: (element-type HdMdevSpec): gets those of @uuid, of all parents
 *
 * Returns: false on %HD_ERROR_CONFIG, when one of them can't be understood.
 */
bool hd_mdev_store_find(HdPort *port, const HdUuid *uuid, GPtrArray *specs, GError **ret_error);

/** Writes or replaces the definition of @spec, which has uuid, type and parent. */
bool hd_mdev_store_save(HdPort *port, const HdMdevSpec *spec, GError **ret_error);

/** Removes the definition of @uuid below @parent. */
bool hd_mdev_store_remove(HdPort *port, const HdUuid *uuid, const char *parent, GError **ret_error);

#endif
