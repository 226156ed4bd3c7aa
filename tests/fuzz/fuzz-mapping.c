/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a mapping: one printable line, or values that are written and read alike, and that
 * choose a function only if each of them fits.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-mapping.h"
#include "hd-mdev.h"

#define FILE_NAME "/etc/hostdevctl/mappings.d/x.conf"

static HdDevice *
new_device(void)
{
    const HdPciAddress address = {0, 0x41, 0, 0};
    HdDevice *device = hd_device_new(&address);
    device->id = (HdDeviceId){0x10de, 0x2237, 0x10de, 0x1482, 0x030200};
    device->port_path = g_strdup("0000:40/01.1/00.0");
    return device;
}

static void
check_again(const HdMapping *mapping)
{
    HdMapping *read = NULL;
    g_autofree char *text = hd_mapping_format(mapping, "here");
    g_autoptr(GError) error = NULL;
    bool is_read = hd_mapping_parse(mapping->name, text, FILE_NAME, "here", &read, &error);
    g_assert_no_error(error);
    g_assert_true(is_read);
    g_autoptr(HdMapping) again = read;
    for (guint i = 0; i < HD_MAPPING_KEY_COUNT; i++) {
        g_assert_cmpuint(again->values[i]->len, ==, mapping->values[i]->len);
        for (guint j = 0; j < again->values[i]->len; j++)
            g_assert_cmpstr(g_ptr_array_index(again->values[i], j), ==,
                            g_ptr_array_index(mapping->values[i], j));
    }
    g_autofree char *same = hd_mapping_format(again, "here");
    g_assert_cmpstr(text, ==, same);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    HdMapping *read = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(HdDevice) device = new_device();
    bool is_mapping = hd_mapping_parse("x", text, FILE_NAME, "here", &read, &error);
    g_autoptr(HdMapping) mapping = read;
    hd_fuzz_check_outcome(is_mapping, error);
    if (!is_mapping)
        return 0;
    const GPtrArray *names = mapping->values[HD_MAPPING_DEVICES];
    for (guint i = 0; i < names->len; i++)
        g_assert_true(hd_mdev_is_parent_name(g_ptr_array_index(names, i)));
    bool has = hd_mapping_has(mapping, device);
    g_assert_true(!has || (mapping->is_here && mapping->values[HD_MAPPING_PF]->len == 0));
    if (mapping->is_here)
        check_again(mapping);
    return 0;
}
