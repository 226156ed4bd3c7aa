/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each kind of device, each way to write it: what becomes a wish, what is passed over, and the
 * whole sentence a person reads when it can't be used.
 */
#include <string.h>

#include "hd-error.h"
#include "hd-test.h"
#include "hd-xml-domain.h"
#include "hd-xml-scan.h"
#include "hd-xml.h"

#define UUID            "c60cc60c-0000-4000-8000-abcdef012345"
#define IDENTITY        "<name>vm</name><uuid>" UUID "</uuid>"
#define DOMAIN(DEVICES) "<domain type='kvm'>" IDENTITY "<devices>\n" DEVICES "</devices></domain>"
#define ADDRESS(BUS, SLOT, FUNCTION)                                                               \
    "<address domain='0x0000' bus='" BUS "' slot='" SLOT "' function='" FUNCTION "'/>"
#define PCI(MORE, ADDRESS_XML)                                                                     \
    "<hostdev mode='subsystem' type='pci'" MORE "><source>" ADDRESS_XML "</source></hostdev>"
#define FIRST  ADDRESS("0x01", "0x00", "0x0")
#define SECOND ADDRESS("0x01", "0x00", "0x1")
#define MDEV   "3f0b5f1c-4c0e-4c8e-9d7a-0f6b1f2f3a4b"
#define NVME(NAMESPACE, ADDRESS_XML)                                                               \
    "<disk type='nvme'><driver name='qemu' type='raw'/><source type='pci' managed='yes' "          \
    "namespace='" NAMESPACE "'>" ADDRESS_XML "</source></disk>"
#define BACKED(ADDRESS_XML)                                                                        \
    "<backingStore type='nvme'><format type='raw'/><source type='pci' managed='yes' "              \
    "namespace='1'>" ADDRESS_XML "</source></backingStore>"
#define USB(SOURCE) "<hostdev type='usb'><source>" SOURCE "</source></hostdev>"
#define IDS         "<vendor id='0x046d'/><product id='0xc52b'/>"

static char *
describe(const HdRequest *request)
{
    static const char *const kinds[] = {"pci", "nvme", "interface", "mdev", "usb", "tty"};
    static const char *const startups[] = {"", " requisite", " optional"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        g_string_append_printf(text, "%s%s", i == 0 ? "" : "; ", kinds[wish->kind]);
        if (hd_wish_is_pci(wish))
            g_string_append_printf(text, " %s", hd_pci_address_text(&wish->address).text);
        if (wish->kind == HD_WISH_MDEV)
            g_string_append_printf(text, " %s %s", wish->uuid.text, wish->model);
        if (wish->kind == HD_WISH_USB)
            g_string_append_printf(text, " %04x:%04x %u/%u%s", wish->usb.vendor, wish->usb.product,
                                   wish->usb.bus, wish->usb.device, startups[wish->usb.startup]);
        if (wish->kind == HD_WISH_TTY)
            g_string_append_printf(text, " %s", wish->path);
        g_string_append_printf(text, "%s%s%s", wish->managed ? " managed" : "",
                               wish->driver != NULL ? " " : "",
                               wish->driver != NULL ? wish->driver : "");
    }
    return g_string_free(text, FALSE);
}

/* A text, and the wishes or the message that it gives. */
typedef struct {
    const char *xml;
    const char *expected;
} Case;

static const Case good[] = {
    {DOMAIN(""), ""},
    {"<domain>" IDENTITY "</domain>", ""},
    {"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><!-- <!DOCTYPE x> -->" DOMAIN(""), ""},
    {DOMAIN("<?pi x?><![CDATA[ <!ENTITY ]]>"), ""},
    {DOMAIN("<disk type='file'><source file='a>b'/></disk>"), ""},
    {DOMAIN(PCI(" managed='yes'", FIRST)), "pci 0000:01:00.0 managed"},
    {DOMAIN(PCI(" managed='no'", FIRST)), "pci 0000:01:00.0"},
    {DOMAIN(PCI("", FIRST)), "pci 0000:01:00.0"},
    {DOMAIN("<hostdev type='pci'><source>" FIRST "</source></hostdev>"), "pci 0000:01:00.0"},
    {DOMAIN(PCI("", "<address bus='255' slot='31' function='7'/>")), "pci 0000:ff:1f.7"},
    {DOMAIN(PCI("", "<address domain='0x10000' bus='0XE1' slot='00' function='07'/>")),
     "pci 10000:e1:00.7"},
    {DOMAIN(PCI("", FIRST) PCI("", SECOND)), "pci 0000:01:00.0; pci 0000:01:00.1"},
    {"<domain>" IDENTITY
     "<devices>" PCI("", FIRST) "</devices><devices>" PCI("", SECOND) "</devices></domain>",
     "pci 0000:01:00.0; pci 0000:01:00.1"},
    /* The guest's own address does not count. */
    {DOMAIN("<hostdev type='pci'><address type='pci' bus='9' slot='9' function='0'/><source>" FIRST
            "</source></hostdev>"),
     "pci 0000:01:00.0"},
    {DOMAIN("<hostdev type='pci'><driver name='vfio'/><source>" FIRST "</source></hostdev>"),
     "pci 0000:01:00.0"},
    {DOMAIN("<hostdev type='pci'><driver iommufd='yes' model='mlx5_vfio_pci'/><source>" FIRST
            "</source></hostdev>"),
     "pci 0000:01:00.0 mlx5_vfio_pci"},
    {DOMAIN(NVME("1", FIRST)), "nvme 0000:01:00.0 managed"},
    {DOMAIN(NVME("1", FIRST) NVME("2", FIRST) NVME("1", SECOND)),
     "nvme 0000:01:00.0 managed; nvme 0000:01:00.1 managed"},
    {DOMAIN("<disk type='file'><source file='/v/top.qcow2'/><backingStore type='file'><source "
            "file='/v/mid'/>" BACKED(FIRST) "</backingStore></disk><disk type='nvme'><source "
                                            "type='pci'>" SECOND
                                            "</source>" BACKED(FIRST) "</disk>"),
     "nvme 0000:01:00.0 managed; nvme 0000:01:00.1"},
    {DOMAIN("<disk type='file'><mirror type='nvme'><source type='pci'>" FIRST
            "</source></mirror></disk>"),
     ""},
    {DOMAIN("<interface type='hostdev' managed='yes'><source><address type='pci' bus='0x1' slot='2'"
            " function='3'/></source></interface>"),
     "interface 0000:01:02.3 managed"},
    {DOMAIN("<interface type='network'><source network='vfs'/></interface>"), ""},
    {DOMAIN("<hostdev type='mdev' model='vfio-pci'><source><address uuid='" MDEV
            "'/></source></hostdev>"),
     "mdev " MDEV " vfio-pci"},
    {DOMAIN(USB(IDS)), "usb 046d:c52b 0/0"},
    {DOMAIN(USB(IDS "<address bus='1' device='4'/>")), "usb 046d:c52b 1/4"},
    {DOMAIN(USB("<address bus='001' device='004'/>")), "usb 0000:0000 1/4"},
    {DOMAIN(USB(IDS "<address bus='0' device='0'/>")), "usb 046d:c52b 0/0"},
    {DOMAIN(USB("<address bus='1' port='1.4'/>")), ""},
    {DOMAIN(USB("<vendor id='0x0781'/><product id='0x5567'/><address bus='1' port='1.4'/>")), ""},
    {DOMAIN("<serial type='dev'><source path='/tmp/tty'/></serial>"), ""},
    {DOMAIN("<hostdev type='usb'><source startupPolicy='optional'>" IDS "</source></hostdev>"),
     "usb 046d:c52b 0/0 optional"},
    {DOMAIN("<hostdev type='usb'><source startupPolicy='requisite'>" IDS "</source></hostdev>"),
     "usb 046d:c52b 0/0 requisite"},
    {DOMAIN("<serial type='pty'/><console type='pty'/><channel type='dev'/>"), ""},
    {DOMAIN("<serial type='dev'><source path='/dev/ttyS1'/></serial><console type='dev'><source "
            "path='/dev/ttyS1'/></console>"),
     "tty /dev/ttyS1"},
    {DOMAIN("<parallel type='dev'><source path='/dev/parport0'/></parallel><serial type='dev'>"
            "<source path='/dev/serial/by-id/a..b'/></serial>"),
     "tty /dev/parport0; tty /dev/serial/by-id/a..b"},
    {DOMAIN("<hostdev mode='capabilities' type='misc'/>"), ""},
    {DOMAIN("<hostdev mode='subsystem' type='scsi'/><hostdev type='scsi_host'/>"), ""},
    {DOMAIN("<x:hostdev xmlns:x='urn:other' type='pci'/>"), ""},
    /* Not below <devices>: not ours. */
    {"<domain>" IDENTITY "<metadata>" PCI("", FIRST) "</metadata></domain>", ""},
};

#define L "domain XML, line "
#define R "the domain XML can't be read: "

static const Case bad[] = {
    {"", R "it is empty"},
    {"hello", R "line 1: Start tag expected, '<' not found"},
    {"<domain><a>\n</b></domain>", R "line 2: Opening and ending tag mismatch: a line 1 and b"},
    {"<domain>\n<name", L "2: a tag does not end"},
    {"<network/>", L "1: <network> is no <domain>"},
    {"<domain xmlns='urn:x'>" IDENTITY "</domain>", L "1: <domain> is no <domain>"},
    {"<domain><uuid>" UUID "</uuid></domain>", L "1: <domain> has no name"},
    {"<domain><name>vm</name></domain>", L "1: <domain> has no valid uuid"},
    {"<domain><name/><uuid>" UUID "</uuid></domain>",
     L "1: <name> is '', which is no name of a VM"},
    {"<domain><name>vm</name><uuid>" UUID "0</uuid></domain>",
     L "1: <uuid> is '" UUID "0', which is no valid uuid"},
    {DOMAIN("<hostdev/>"), L "2: <hostdev> lacks the attribute 'type'"},
    {DOMAIN("<hostdev type='pci'/>"), L "2: <hostdev> has no <source> with an <address>"},
    {DOMAIN(PCI("", "")), L "2: <hostdev> has no <source> with an <address>"},
    {DOMAIN(PCI("", "\n\n<address bus='1' slot='0'/>")),
     L "4: <address> lacks the attribute 'function'"},
    {DOMAIN(PCI("", ADDRESS("0x100", "0", "0"))),
     L "2: <address> says 0:100:0.0, which is no PCI address"},
    {DOMAIN(PCI("", ADDRESS("1", "32", "0"))),
     L "2: <address> says 0:1:20.0, which is no PCI address"},
    {DOMAIN(PCI("", ADDRESS("1", "0", "8"))),
     L "2: <address> says 0:1:0.8, which is no PCI address"},
    {DOMAIN(PCI("", "<address domain='0x100000000' bus='1' slot='0' function='0'/>")),
     L "2: <address> says 100000000:1:0.0, which is no PCI address"},
    {DOMAIN(PCI("", "<address type='usb' bus='1' slot='0' function='0'/>")),
     L "2: <address> has type='usb', which is no PCI address"},
    {DOMAIN(PCI(" managed='maybe'", FIRST)),
     L "2: <hostdev> has managed='maybe', which is neither yes nor no"},
    {DOMAIN("<hostdev type='pci'><driver name='kvm'/><source>" FIRST "</source></hostdev>"),
     L "2: <driver> has name='kvm', but only vfio is supported; remove the attribute"},
    {DOMAIN("<hostdev type='pci'><driver model='a b'/><source>" FIRST "</source></hostdev>"),
     L "2: <driver> has model='a b', which is no valid name"},
    {DOMAIN(PCI("", FIRST) "\n" PCI("", FIRST)),
     L "3: <hostdev> takes 0000:01:00.0, which is listed twice"},
    {DOMAIN(NVME("1", FIRST) PCI("", FIRST)),
     L "2: <hostdev> takes 0000:01:00.0, which is listed twice"},
    {DOMAIN(PCI("", FIRST) NVME("1", FIRST)),
     L "2: <disk> takes 0000:01:00.0, which is listed twice"},
    {DOMAIN("<disk type='file'><backingStore type='nvme'/></disk>"),
     L "2: <backingStore> of type='nvme' has no <source type='pci'>"},
    {DOMAIN("<disk type='nvme'/>"), L "2: <disk> of type='nvme' has no <source type='pci'>"},
    {DOMAIN("<interface type='hostdev'/>"), L "2: <interface> has no <source> with an <address>"},
    {DOMAIN("<hostdev type='mdev'/>"), L "2: <hostdev> has uuid='', which is no UUID"},
    {DOMAIN("<hostdev type='mdev'><source><address uuid='x'/></source></hostdev>"),
     L "2: <hostdev> has uuid='x', which is no UUID"},
    {DOMAIN("<hostdev type='mdev'><source><address uuid='" MDEV "'/></source></hostdev>"
            "<hostdev type='mdev'><source><address uuid='" MDEV "'/></source></hostdev>"),
     L "2: <hostdev> takes mdev " MDEV ", which is listed twice"},
    {DOMAIN("<serial type='dev'/>"), L "2: <serial> has no <source> with a path"},
    {DOMAIN("<console type='dev'><source path='/dev/../etc/shadow'/></console>"),
     L "2: <source> has path='/dev/../etc/shadow', which is no place below /dev"},
    {DOMAIN("<parallel type='dev'><source path='/dev/..'/></parallel>"),
     L "2: <source> has path='/dev/..', which is no place below /dev"},
    {DOMAIN(USB("")), L "2: <source> has neither ids nor an address"},
    {DOMAIN("<hostdev type='usb'/>"), L "2: <hostdev> has no <source>"},
    {DOMAIN(USB("<vendor id='0x046d'/>")),
     L "2: <source> has one of <vendor> and <product>, not both"},
    {DOMAIN(USB("<vendor id='046d'/><product id='1'/>")),
     L "2: <vendor> has id='046d', which is no number"},
    {DOMAIN(USB("<vendor id='0x10000'/><product id='1'/>")),
     L "2: <vendor> has id='0x10000', which is more than 0xffff"},
    {DOMAIN(USB("<vendor id='0'/><product id='1'/>")),
     L "2: <vendor> has id 0, which is no vendor"},
    {DOMAIN(USB("<address bus='0' device='4'/>")),
     L "2: <address> has 0 for bus or device; USB counts from 1"},
};

START_TEST(domain_good)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    const Case *one = &good[_i];
    ck_assert_msg(hd_xml_domain_parse(one->xml, strlen(one->xml), &request, &error), "%s: %s",
                  one->xml, error != NULL ? error->message : "");
    ck_assert_ptr_null(error);
    g_autofree char *seen = describe(request);
    ck_assert_str_eq(seen, one->expected);
    ck_assert_str_eq(request->name, "vm");
    ck_assert_str_eq(request->uuid.text, UUID);
    /* The cheap look may send us to the parser in vain, but never past a device. */
    if (request->wishes->len > 0)
        ck_assert(hd_xml_scan_mentions_devices(one->xml, strlen(one->xml)));
}
END_TEST

START_TEST(domain_bad)
{
    HdRequest *request = (HdRequest *)&good;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!hd_xml_domain_parse(bad[_i].xml, strlen(bad[_i].xml), &request, &error), "%s",
                  bad[_i].xml);
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    ck_assert_str_eq(error->message, bad[_i].expected);
    ck_assert_ptr_eq(request, &good);
    ck_assert(!hd_xml_domain_parse(bad[_i].xml, strlen(bad[_i].xml), &request, NULL));
}
END_TEST

START_TEST(too_many_devices)
{
    GString *xml = g_string_new("<domain>" IDENTITY "<devices>");
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < HD_REQUEST_MAX_WISHES; i++)
        g_string_append_printf(xml, PCI("", "<address bus='%u' slot='%u' function='%u'/>"), i >> 8,
                               i >> 3 & 31, i & 7);
    gsize fitting = xml->len;
    g_string_append(xml, "</devices></domain>");
    ck_assert(hd_xml_domain_parse(xml->str, xml->len, &request, NULL));
    ck_assert_uint_eq(request->wishes->len, HD_REQUEST_MAX_WISHES);
    g_string_truncate(xml, fitting);
    g_string_append(xml, USB(IDS) "</devices></domain>");
    ck_assert(!hd_xml_domain_parse(xml->str, xml->len, &request, &error));
    ck_assert_str_eq(error->message, L "1: <hostdev> is one more than 1024 host devices");
    g_string_free(xml, TRUE);
}
END_TEST

START_TEST(mentions)
{
    static const char *const yes[] = {"<hostdev/>",
                                      "<interface type='hostdev'/>",
                                      "type='nvme'",
                                      "xmlns='urn:hostdevctl:domain:1'",
                                      "type='&#104;ostdev'",
                                      "<serial type='dev'>",
                                      "<serial type = \"dev\">"};
    for (gsize i = 0; i < G_N_ELEMENTS(yes); i++)
        ck_assert(hd_xml_scan_mentions_devices(yes[i], strlen(yes[i])));
    ck_assert(!hd_xml_scan_mentions_devices(DOMAIN(""), strlen(DOMAIN(""))));
    ck_assert(!hd_xml_scan_mentions_devices("<hostdev/>", 7));
    ck_assert(!hd_xml_scan_mentions_devices("", 0));
}
END_TEST

START_TEST(numbers)
{
    static const struct {
        const char *text;
        guint64 value;
    } fine[] = {{"0", 0},   {"7", 7},      {"00", 0},     {"007", 7},   {"10", 10},
                {"0x0", 0}, {"0xff", 255}, {"0XFF", 255}, {"255", 255}, {"0x00ff", 255}};
    static const char *const wrong[] = {"",
                                        " 1",
                                        "1 ",
                                        "1\n",
                                        "+1",
                                        "-1",
                                        "1.0",
                                        "010",
                                        "08",
                                        "ff",
                                        "x1",
                                        "0x",
                                        "0x ",
                                        "0x-1",
                                        "0x1g",
                                        "0x0x1",
                                        "99999999999999999999"};
    guint64 number = 42;
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_msg(!hd_xml_parse_number(wrong[i], &number), "%s", wrong[i]);
    ck_assert_uint_eq(number, 42);
    for (gsize i = 0; i < G_N_ELEMENTS(fine); i++) {
        ck_assert_msg(hd_xml_parse_number(fine[i].text, &number), "%s", fine[i].text);
        ck_assert_uint_eq(number, fine[i].value);
    }
}
END_TEST

HD_TEST_MAIN("xml-device", {
    tcase_add_loop_test(tcase, domain_good, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(tcase, domain_bad, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tcase, too_many_devices);
    tcase_add_test(tcase, mentions);
    tcase_add_test(tcase, numbers);
})
