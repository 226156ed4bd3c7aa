/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Node-device XML: what is written, to the byte as libvirt 11.3 wrote it for the same devices, and
 * what is read, or refused with one line.
 */
#include <string.h>

#include "hd-error.h"
#include "hd-fake-host.h"
#include "hd-node-probe.h"
#include "hd-test.h"
#include "hd-xml-nodedev.h"

#define UUID_1 "aaaaaaaa-0000-4000-8000-000000000001"
#define L      "node device XML, line 1: "

START_TEST(names)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    HdUuid parsed;
    g_autofree char *pci = hd_node_device_mdev_name(&uuid, "0000:41:00.0");
    g_autofree char *parent = hd_node_device_parent_name("0000:41:00.0");
    g_autofree char *virtual = hd_node_device_parent_name("mtty");
    ck_assert_str_eq(pci, "mdev_aaaaaaaa_0000_4000_8000_000000000001_0000_41_00_0");
    ck_assert_str_eq(parent, "pci_0000_41_00_0");
    ck_assert_str_eq(virtual, "mtty_mtty");
    ck_assert(hd_node_device_parse_mdev(pci, &parsed));
    ck_assert(hd_uuid_equal(&uuid, &parsed));
    ck_assert(hd_node_device_parse_mdev("mdev_aaaaaaaa_0000_4000_8000_000000000001", &parsed));
    ck_assert(hd_node_device_parse_mdev(UUID_1, &parsed));
    ck_assert(!hd_node_device_parse_mdev("mdev_" UUID_1, &parsed));
    ck_assert(!hd_node_device_parse_mdev("mdev_aaaaaaaa_0000_4000_8000_00000000000", &parsed));
    ck_assert(!hd_node_device_parse_mdev("mdev_aaaaaaaa_0000_4000_8000_000000000001x", &parsed));
    ck_assert(!hd_node_device_parse_mdev("pci_0000_41_00_0", &parsed));
}
END_TEST

START_TEST(parents)
{
    static const struct {
        const char *text, *parent;
    } cases[] = {{"pci_0000_41_00_0", "0000:41:00.0"},
                 {"0000:41:00.0", "0000:41:00.0"},
                 {"41:00.0", "0000:41:00.0"},
                 {"mtty_mtty", "mtty"},
                 {"mtty", "mtty"},
                 {"matrix", "matrix"},
                 {"a_b", "a_b"},
                 {"_", "_"},
                 {"", NULL},
                 {"../x", NULL},
                 {"../x_../x", NULL},
                 {"a b", NULL}};
    g_autofree char *parent = hd_node_device_parse_parent(cases[_i].text);
    ck_assert_msg(g_strcmp0(parent, cases[_i].parent) == 0, "%s: %s", cases[_i].text, parent);
}
END_TEST

START_TEST(pci_function)
{
    HdPciAddress address = hd_fake_address("10:00.0");
    g_autoptr(HdNodeDevice) device = hd_node_device_new(HD_NODE_DEVICE_PCI, "pci_0000_10_00_0");
    device->path = g_strdup("/sys/devices/pci0000:00/0000:00:11.6/0000:10:00.0");
    device->parent = g_strdup("pci_0000_00_11_6");
    device->driver = g_strdup("igb");
    device->address = address;
    device->id = (HdDeviceId){0x8086, 0x10c9, 0, 0, 0x020000};
    device->product_name = g_strdup("82576 <Gigabit> & more");
    device->vendor_name = g_strdup("Intel Corporation");
    device->vf_total = 7;
    device->iommu_group = 35;
    g_array_append_val(device->group_members, address);
    address.slot = 0x10;
    g_array_append_val(device->vfs, address);
    device->link_max = (HdPciLink){g_strdup("2.5"), 1};
    device->link_now = (HdPciLink){NULL, 1};
    device->numa_node = 1;
    g_autofree char *xml = hd_xml_nodedev_format(device);
    ck_assert_str_eq(
        xml,
        "<device>\n  <name>pci_0000_10_00_0</name>\n"
        "  <path>/sys/devices/pci0000:00/0000:00:11.6/0000:10:00.0</path>\n"
        "  <parent>pci_0000_00_11_6</parent>\n  <driver>\n    <name>igb</name>\n  </driver>\n"
        "  <capability type='pci'>\n    <class>0x020000</class>\n    <domain>0</domain>\n"
        "    <bus>16</bus>\n    <slot>0</slot>\n    <function>0</function>\n"
        "    <product id='0x10c9'>82576 &lt;Gigabit&gt; &amp; more</product>\n"
        "    <vendor id='0x8086'>Intel Corporation</vendor>\n"
        "    <capability type='virt_functions' maxCount='7'>\n"
        "      <address domain='0x0000' bus='0x10' slot='0x10' function='0x0'/>\n"
        "    </capability>\n    <iommuGroup number='35'>\n"
        "      <address domain='0x0000' bus='0x10' slot='0x00' function='0x0'/>\n"
        "    </iommuGroup>\n    <numa node='1'/>\n    <pci-express>\n"
        "      <link validity='cap' speed='2.5' width='1'/>\n"
        "      <link validity='sta' width='1'/>\n    </pci-express>\n  </capability>\n</device>\n");
    /* One that sits in the root complex has no link. */
    device->link_max.width = device->link_now.width = 0;
    device->is_express = true;
    g_autofree char *inside = hd_xml_nodedev_format(device);
    ck_assert_contains(inside, "\n    <pci-express/>\n");
    device->is_express = false;
    g_autofree char *plain = hd_xml_nodedev_format(device);
    ck_assert_ptr_null(strstr(plain, "pci-express"));
}
END_TEST

START_TEST(mdev_and_parent)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    HdPort *port = hd_fake_port(fake);
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(HdNodeDevice) mdev = NULL;
    g_autoptr(HdNodeDevice) parent = NULL;
    g_autoptr(HdNodeDevice) none = NULL;
    ck_assert_int_eq(
        hd_port_write(port, UUID_1, "sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2/create"),
        0);
    ck_assert(hd_node_probe_mdev(port, &uuid, false, &mdev, NULL));
    ck_assert(hd_node_probe_parent(port, "mtty", &parent, NULL));
    ck_assert(hd_node_probe_mdev(port, &uuid, true, &none, NULL));
    ck_assert_ptr_null(none);
    g_autofree char *mdev_xml = hd_xml_nodedev_format(mdev);
    g_autofree char *parent_xml = hd_xml_nodedev_format(parent);
    ck_assert_str_eq(mdev_xml,
                     "<device>\n  <name>mdev_aaaaaaaa_0000_4000_8000_000000000001_mtty</name>\n"
                     "  <path>/sys/devices/virtual/mtty/mtty/" UUID_1 "</path>\n"
                     "  <parent>mtty_mtty</parent>\n  <driver>\n    <name>mtty</name>\n"
                     "  </driver>\n  <capability type='mdev'>\n    <type id='mtty-2'/>\n"
                     "    <uuid>" UUID_1 "</uuid>\n    <parent_addr>mtty</parent_addr>\n"
                     "    <iommuGroup number='1000'/>\n  </capability>\n</device>\n");
    ck_assert_contains(parent_xml, "  <capability type='mdev_types'>\n    <capability "
                                   "type='mdev_types'>\n      <type id='mtty-1'>\n        "
                                   "<name>Single port serial</name>\n");
}
END_TEST

#define DEVICE(PARENT, IN) "<device>" PARENT "<capability type='mdev'>" IN "</capability></device>"
#define MTTY               "<parent>mtty_mtty</parent>"

static const struct {
    const char *xml;
    const char *message; /* NULL: fine */
} inputs[] = {
    {DEVICE(MTTY, "<type id='mtty-2'/>"), NULL},
    {DEVICE(MTTY, "<type id='mtty-2'/><uuid> " UUID_1 "\n</uuid><attr name='a/b' value='1'/>"),
     NULL},
    {DEVICE("<name>x</name><parent>pci_0000_41_00_0</parent>", "<type id='nvidia-36'/>"), NULL},
    {"<device/>", L "<device> has no <capability type='mdev'>: only those can be made"},
    {"<device><capability type='net'/></device>",
     L "<device> has no <capability type='mdev'>: only those can be made"},
    {"<domain/>", "<domain> is no <device>"},
    {DEVICE("", "<type id='mtty-2'/>"), L "<device> has no <parent>"},
    {DEVICE("<parent>../..</parent>", "<type id='mtty-2'/>"),
     L "<parent> is '../..', which is no node device's name"},
    {DEVICE("<parent>a&#10;b</parent>", "<type id='mtty-2'/>"),
     L "<parent> is 'a\\x0ab', which is no node device's name"},
    {DEVICE(MTTY, ""), L "<capability> has no <type id=''>"},
    {DEVICE(MTTY, "<type id='../x'/>"), L "<type> has id='../x', which is no type's name"},
    {DEVICE(MTTY, "<type id='t'/><uuid>1234</uuid>"), L "<uuid> is '1234', which is no valid uuid"},
    {DEVICE(MTTY, "<type id='t'/><attr name='a'/>"), L "<attr> lacks the attribute 'value'"},
    {DEVICE(MTTY, "<type id='t'/><attr name='../a' value='1'/>"),
     L "<attr> with name='../a' is no file below the mdev and one line for it"},
    {DEVICE(MTTY, "<type id='t'/><attr name='remove' value='1'/>"),
     L "<attr> with name='remove' is no file below the mdev and one line for it"},
    {"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><device>&e;</device>", "DOCTYPE"},
    {"", "it is empty"},
};

START_TEST(input)
{
    HdMdevSpec *spec = NULL;
    g_autoptr(GError) error = NULL;
    bool fine = hd_xml_nodedev_parse_mdev(inputs[_i].xml, strlen(inputs[_i].xml), &spec, &error);
    ck_assert_msg(fine == (inputs[_i].message == NULL), "%s: %s", inputs[_i].xml,
                  error != NULL ? error->message : "");
    if (!fine) {
        ck_assert_contains(error->message, inputs[_i].message);
        ck_assert(hd_error_is(error, HD_ERROR_INPUT));
        ck_assert_ptr_null(spec);
    }
    hd_mdev_spec_free(spec);
}
END_TEST

START_TEST(input_becomes_a_specification)
{
    HdMdevSpec *spec = NULL;
    ck_assert(hd_xml_nodedev_parse_mdev(inputs[1].xml, strlen(inputs[1].xml), &spec, NULL));
    ck_assert_str_eq(spec->parent, "mtty");
    ck_assert_str_eq(spec->type, "mtty-2");
    ck_assert_str_eq(spec->uuid.text, UUID_1);
    ck_assert_uint_eq(spec->attributes->len, 1);
    hd_mdev_spec_free(spec);
}
END_TEST

HD_TEST_MAIN("xml-nodedev", {
    tcase_add_test(tcase, names);
    tcase_add_loop_test(tcase, parents, 0, 12);
    tcase_add_test(tcase, pci_function);
    tcase_add_test(tcase, mdev_and_parent);
    tcase_add_loop_test(tcase, input, 0, G_N_ELEMENTS(inputs));
    tcase_add_test(tcase, input_becomes_a_specification);
})
