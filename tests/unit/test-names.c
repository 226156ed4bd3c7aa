/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What devices and their drivers are called, in paths, in the log and in what people type.
 */
#include <string.h>

#include "hd-device.h"
#include "hd-event.h"
#include "hd-mapping.h"
#include "hd-pci-address.h"
#include "hd-test.h"

/* An address, and how we write it; NULL: it is none. */
static const char *const addresses[][2] = {
    {"01:00.0", "0000:01:00.0"},
    {"0000:01:00.0", "0000:01:00.0"},
    {"00001:01:00.0", "0001:01:00.0"},
    {"ABCD:EF:1F.7", "abcd:ef:1f.7"},
    {"0ffff:00:00.0", "ffff:00:00.0"},
    {"10000:00:00.0", "10000:00:00.0"},
    {"fffff:00:00.0", "fffff:00:00.0"},
    {"100000:00:00.0", "100000:00:00.0"},
    {"1000000:00:00.0", "1000000:00:00.0"},
    {"10000000:00:00.0", "10000000:00:00.0"},
    {"ffffffff:ff:1f.7", "ffffffff:ff:1f.7"},
    {"100000000:00:00.0", NULL},
    {"000:01:00.0", NULL},
    {"1:00.0", NULL},
    {"001:00.0", NULL},
    {"01:0.0", NULL},
    {"01:000.0", NULL},
    {"01:00.", NULL},
    {"01:00.00", NULL},
    {"01:00.0 ", NULL},
    {"01:20.0", NULL},
    {"01:00.8", NULL},
    {"01.00.0", NULL},
    {"01:00:0", NULL},
    {"0000:01:00", NULL},
    {"0000-01:00.0", NULL},
    {"g000:01:00.0", NULL},
    {":01:00.0", NULL},
    {"", NULL},
    {NULL, NULL},
};

START_TEST(address)
{
    HdPciAddress parsed = {0};
    ck_assert_int_eq(hd_pci_address_parse(addresses[_i][0], &parsed), addresses[_i][1] != NULL);
    if (addresses[_i][1] != NULL)
        ck_assert_str_eq(hd_pci_address_text(&parsed).text, addresses[_i][1]);
    else
        ck_assert(parsed.domain == 0 && parsed.bus == 0 && parsed.slot == 0);
}
END_TEST

static const struct {
    const char *one, *other;
    bool is_same, is_same_card;
} pairs[] = {
    {"01:02.3", "0000:01:02.3", true, true},   {"01:02.3", "01:02.4", false, true},
    {"01:02.3", "01:03.3", false, false},      {"01:02.3", "02:02.3", false, false},
    {"01:02.3", "0001:01:02.3", false, false}, {"00:01.0", "00:00.7", false, false},
};

START_TEST(same)
{
    HdPciAddress one, other;
    ck_assert(hd_pci_address_parse(pairs[_i].one, &one));
    ck_assert(hd_pci_address_parse(pairs[_i].other, &other));
    ck_assert_int_eq(hd_pci_address_equal(&one, &other), pairs[_i].is_same);
    ck_assert_int_eq(hd_pci_address_is_same_card(&one, &other), pairs[_i].is_same_card);
}
END_TEST

/* The driver it is on, the one chosen for it, and whether VMs can have it there. */
static const struct {
    const char *driver, *chosen;
    bool is_on_vfio;
} drivers[] = {
    {NULL, NULL, false},
    {NULL, "vfio-pci", false},
    {"vfio-pci", NULL, true},
    {"vfio-pci", "mlx5_vfio_pci", true},
    {"own", "own", true},
    {"own", "mine", false},
    {"own", "pwn", false},
    {"mlx5_vfio_pci", "vfio-pci", true},
    {"mlx5-vfio-pci", NULL, true},
    {"mlx5_core", "mlx5_vfio_pci", false},
    {"vfio_pci", NULL, true},
    {"vfio-pci-igb", "vfio-pci", true},
    {"vfio-pcix", "vfio-pci", false},
    {"pci-stub", "vfio-pci", false},
};

START_TEST(on_vfio)
{
    const HdPciAddress none = {0};
    g_autoptr(HdDevice) device = hd_device_new(&none);
    device->binding.driver = g_strdup(drivers[_i].driver);
    device->vfio_driver = g_strdup(drivers[_i].chosen);
    ck_assert_int_eq(hd_device_is_on_vfio(device), drivers[_i].is_on_vfio);
}
END_TEST

static const struct {
    HdDeviceId other;
    bool is_same;
} ids[] = {
    {{1, 2, 3, 4, 5}, true},  {{9, 2, 3, 4, 5}, false}, {{1, 9, 3, 4, 5}, false},
    {{1, 2, 9, 4, 5}, false}, {{1, 2, 3, 9, 5}, false}, {{1, 2, 3, 4, 9}, false},
};

START_TEST(same_id)
{
    const HdDeviceId id = {1, 2, 3, 4, 5};
    ck_assert_int_eq(hd_device_id_equal(&id, &ids[_i].other), ids[_i].is_same);
}
END_TEST

static const struct {
    HdWishKind kind;
    HdUsbWish usb;
    const char *name;
} wishes[] = {
    {HD_WISH_PCI, {0}, "0000:01:00.0"},
    {HD_WISH_NVME, {0}, "0000:01:00.0"},
    {HD_WISH_INTERFACE, {0}, "0000:01:00.0"},
    {HD_WISH_MDEV, {0}, "11111111-aaaa-4aaa-8aaa-111111111111"},
    {HD_WISH_TTY, {0}, "/dev/ttyS0"},
    {HD_WISH_USB, {.vendor = 0x46d, .product = 0xc31c, .bus = 1, .device = 2}, "usb-046d:c31c"},
    {HD_WISH_USB, {.vendor = 1, .product = 0}, "usb-0001:0000"},
    {HD_WISH_USB, {.bus = 1, .device = 2}, "usb-001:002"},
};

START_TEST(in_the_log)
{
    HdUuid uuid;
    ck_assert(hd_uuid_parse("11111111-aaaa-4aaa-8aaa-111111111111", &uuid));
    g_autoptr(HdRequest) request = hd_request_new("vm", &uuid);
    HdWish *wish = g_new0(HdWish, 1);
    wish->kind = wishes[_i].kind;
    wish->address.bus = 1;
    wish->uuid = uuid;
    wish->path = wishes[_i].kind == HD_WISH_TTY ? g_strdup("/dev/ttyS0") : NULL;
    wish->usb = wishes[_i].usb;
    g_ptr_array_add(request->wishes, wish);
    g_autoptr(GPtrArray) names = hd_event_request_devices(request);
    ck_assert_uint_eq(names->len, 1);
    ck_assert_str_eq(g_ptr_array_index(names, 0), wishes[_i].name);
}
END_TEST

/* What a person says of a mapping's devices, and what is kept of it; NULL: refused. */
static const struct {
    HdMappingKey key;
    const char *value, *kept;
} values[] = {
    {HD_MAPPING_ID, "10DE:2237", "10de:2237"},
    {HD_MAPPING_ID, "10de:*", "10de:*"},
    {HD_MAPPING_ID, "10de:", "10de:*"},
    {HD_MAPPING_ID, ":2237", "*:2237"},
    {HD_MAPPING_ID, "*:*", "*:*"},
    {HD_MAPPING_ID, "10de:zzzz", NULL},
    {HD_MAPPING_ID, "zzzz:2237", NULL},
    {HD_MAPPING_ID, "10de:*7", NULL},
    {HD_MAPPING_ID, "*0:2237", NULL},
    {HD_MAPPING_ID, "10de:223", NULL},
    {HD_MAPPING_ID, "10de:22370", NULL},
    {HD_MAPPING_ID, "10de", NULL},
    {HD_MAPPING_ID, "10de:2237:0", NULL},
    {HD_MAPPING_CLASS, "03", "03"},
    {HD_MAPPING_CLASS, "0C03", "0c03"},
    {HD_MAPPING_CLASS, "0c0330", "0c0330"},
    {HD_MAPPING_CLASS, "0c033000", NULL},
    {HD_MAPPING_CLASS, "0c0", NULL},
    {HD_MAPPING_CLASS, "0g", NULL},
    {HD_MAPPING_CLASS, "", NULL},
    {HD_MAPPING_SUBSYSTEM, "1043:ABCD", "1043:abcd"},
    {HD_MAPPING_SUBSYSTEM, "1043:*", NULL},
    {HD_MAPPING_PATH, "0000:00/1C.0/*", "0000:00/1c.0/*"},
    {HD_MAPPING_PATH, "slot", NULL},
    {HD_MAPPING_PF, "07:00.0", "0000:07:00.0"},
    {HD_MAPPING_PF, "07:00", NULL},
    {HD_MAPPING_NUMA, "0", "0"},
    {HD_MAPPING_NUMA, "-1", NULL},
    {HD_MAPPING_NUMA, "2147483648", NULL},
    {HD_MAPPING_DEVICES, "07:00.0", "0000:07:00.0"},
    {HD_MAPPING_DEVICES, "a/b", NULL},
};

START_TEST(in_a_mapping)
{
    g_autoptr(HdMapping) mapping = hd_mapping_new("pool");
    const GPtrArray *kept = mapping->values[values[_i].key];
    const char *key = hd_mapping_key_name(values[_i].key);
    const char *problem = hd_mapping_add(mapping, key, values[_i].value);
    ck_assert_int_eq(problem == NULL, values[_i].kept != NULL);
    ck_assert_uint_eq(kept->len, problem == NULL ? 1 : 0);
    if (problem == NULL)
        ck_assert_str_eq(g_ptr_array_index(kept, 0), values[_i].kept);
}
END_TEST

HD_TEST_MAIN("names", tcase_add_loop_test(tcase, address, 0, G_N_ELEMENTS(addresses));
             tcase_add_loop_test(tcase, same, 0, G_N_ELEMENTS(pairs));
             tcase_add_loop_test(tcase, in_a_mapping, 0, G_N_ELEMENTS(values));
             tcase_add_loop_test(tcase, on_vfio, 0, G_N_ELEMENTS(drivers));
             tcase_add_loop_test(tcase, same_id, 0, G_N_ELEMENTS(ids));
             tcase_add_loop_test(tcase, in_the_log, 0, G_N_ELEMENTS(wishes)))
