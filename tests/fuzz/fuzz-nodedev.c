/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as node-device XML: one line or a specification that is fit for paths, and that is
 * written and read alike.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-xml-nodedev.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    HdMdevSpec *read = NULL;
    g_autoptr(GError) error = NULL;
    if (!hd_xml_nodedev_parse_mdev((const char *)bytes, length, &read, &error)) {
        g_assert_true(strchr(error->message, '\n') == NULL &&
                      strchr(error->message, '\033') == NULL);
        return 0;
    }
    g_autoptr(HdMdevSpec) spec = read;
    g_assert_true(hd_mdev_is_parent_name(spec->parent) && strchr(spec->type, '/') == NULL);
    g_autoptr(HdNodeDevice) device = hd_node_device_new(HD_NODE_DEVICE_MDEV, "mdev");
    device->parent = hd_node_device_parent_name(spec->parent);
    device->mdev = hd_mdev_spec_new(&spec->uuid, spec->type, spec->parent);
    g_ptr_array_unref(device->mdev->attributes);
    device->mdev->attributes = hd_mdev_attributes_copy(spec->attributes);
    g_autofree char *xml = hd_xml_nodedev_format(device);
    g_assert_true(g_utf8_validate(xml, -1, NULL));
    return 0;
}
