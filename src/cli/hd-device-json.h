/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DEVICE_JSON_H
#define HD_DEVICE_JSON_H

#include "hd-inventory.h"
#include "hd-json.h"

/**
 * hd_device_json_add:
 * Adds to the object that was begun what list, groups and show all say of @device; docs/json/
 * device.schema.json has the names.
 */
void hd_device_json_add(HdJson *json, const HdInventory *inventory, const HdDevice *device);

/**
 * hd_device_json_add_vgpu:
 * Adds to the object that was begun the vGPU type that a VF has now, and those that it could get.
 */
void hd_device_json_add_vgpu(HdJson *json, const HdVgpu *vgpu);

#endif
