/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other addresses in domain XML and every other byte as it was; and OpenNebula's file.
 */
#include <string.h>

#include "hd-test.h"
#include "hd-xml-domain.h"
#include "hd-xml-one.h"
#include "hd-xml-changes.h"
#include "hd-xml-rewrite.h"

#define HEAD                                                                                       \
    "<domain type='kvm'>\n <name>one-7</name><uuid>c60cc60c-0000-4000-8000-abcdef012345</uuid>\n"
#define OURS "xmlns:h='urn:hostdevctl:domain:1'"
#define A    "<address domain='0x0000' bus='0x10' slot='0x10' function='0x0'/>"
#define A_   "<address domain='0x0000' bus='0x11' slot='0x00' function='0x3'/>"
#define B    "<address type=\"pci\" function='2'  slot = '0x10' bus='16'/>"

/* 10:10.0 -> 11:00.3, 10:10.2 -> ff:1f.1 */
static char *
rewrite_with(const char *xml, const char *const (*pairs)[2], guint count)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
    g_autoptr(GError) error = NULL;
    GString *text = NULL;
    ck_assert_msg(hd_xml_domain_parse(xml, strlen(xml), &request, &error), "%s",
                  error != NULL ? error->message : "");
    for (guint i = 0; i < count; i++) {
        HdMove move;
        ck_assert(hd_pci_address_parse(pairs[i][0], &move.from));
        ck_assert(hd_pci_address_parse(pairs[i][1], &move.to));
        g_array_append_val(moves, move);
    }
    g_autoptr(GPtrArray) moved = g_ptr_array_new();
    for (guint i = 0; i < count; i++) {
        const HdMove *move = &g_array_index(moves, HdMove, i);
        for (guint j = 0; j < request->wishes->len; j++) {
            HdWish *wish = g_ptr_array_index(request->wishes, j);
            if (!hd_pci_address_equal(&wish->address, &move->from) ||
                g_ptr_array_find(moved, wish, NULL))
                continue;
            wish->address = move->to;
            g_ptr_array_add(moved, wish);
        }
    }
    const HdXmlRewriting what = {xml, strlen(xml), request, moves};
    g_autofree char *lines = NULL;
    GString *changes = g_string_new(NULL);
    const bool is_found = hd_xml_rewrite_find(&what, changes, &error);
    lines = g_string_free(changes, FALSE);
    if (!is_found)
        return g_strdup(error->message);
    ck_assert(hd_xml_changes_apply(lines, xml, strlen(xml), moves, &text));
    return g_string_free(text, FALSE);
}

static void
assert_rewritten(const char *xml, const char *wanted)
{
    const char *const pairs[][2] = {{"10:10.0", "11:00.3"}, {"10:10.2", "ff:1f.1"}};
    g_autofree char *result = rewrite_with(xml, pairs, 2);
    ck_assert_str_eq(result, wanted);
}

START_TEST(sources)
{
    assert_rewritten(
        HEAD "<devices>\n<hostdev mode='subsystem' type='pci'>\n  <source>" A
             "</source><address type='pci' bus='0x10' slot='0x10' function='0x0'/></hostdev>\n"
             "<interface type='hostdev'><source>" B "</source></interface><!-- " A
             " --></devices></domain>\n",
        HEAD "<devices>\n<hostdev mode='subsystem' type='pci'>\n  <source>" A_
             "</source><address type='pci' bus='0x10' slot='0x10' function='0x0'/></hostdev>\n"
             "<interface type='hostdev'><source><address type=\"pci\" function='0x1'  slot = "
             "'0x1f' bus='0xff'/></source></interface><!-- " A " --></devices></domain>\n");
}
END_TEST

/* A source in a mirror, or below another one, is none of ours. */
START_TEST(backing_stores)
{
    static const char format[] =
        HEAD "<devices><disk type='file'><source file='/v'><source>" A "</source></source>"
             "<backingStore type='file'><source file='/w'/><backingStore type='nvme'><source "
             "type='pci'>%s</source></backingStore></backingStore><mirror type='nvme'><source "
             "type='pci'>" A "</source></mirror></disk></devices></domain>";
    g_autofree char *before = g_strdup_printf(format, A);
    g_autofree char *after = g_strdup_printf(format, A_);
    assert_rewritten(before, after);
}
END_TEST

START_TEST(metadata)
{
    assert_rewritten(
        HEAD "<metadata><x:devices xmlns:x='urn:x'><x:pci address='10:10.0'/></x:devices>"
             "<h:devices " OURS "><h:pci mapping='p' address=\"0000:10:10.0\"/>"
             "<vf address='10:10.0' vlan='5'/></h:devices></metadata><devices><hostdev type='pci'>"
             "<source>" A "</source></hostdev></devices></domain>",
        HEAD "<metadata><x:devices xmlns:x='urn:x'><x:pci address='10:10.0'/></x:devices>"
             "<h:devices " OURS "><h:pci mapping='p' address=\"0000:11:00.3\"/>"
             "<vf address='0000:11:00.3' vlan='5'/></h:devices></metadata><devices>"
             "<hostdev type='pci'><source>" A_ "</source></hostdev></devices></domain>");
}
END_TEST

/* What looks like a tag and is none, and what looks like the end of one. */
START_TEST(traps)
{
    const char *const decoys = "<?x devices='>' ?><!-- <devices> ' --><title a='>' b=\"'\">"
                               "<![CDATA[</title><devices><hostdev><source>" A "]]></title>";
    g_autofree char *xml = g_strconcat(HEAD, decoys, "<devices><hostdev type='pci'><source a='/>'>",
                                       A, "</source></hostdev></devices></domain>", NULL);
    g_autofree char *wanted =
        g_strconcat(HEAD, decoys, "<devices><hostdev type='pci'><source a='/>'>", A_,
                    "</source></hostdev></devices></domain>", NULL);
    assert_rewritten(xml, wanted);
}
END_TEST

START_TEST(domains)
{
    const char *const there[][2] = {{"10:10.0", "10000:01:00.0"}};
    const char *const back[][2] = {{"10000:01:00.0", "10:10.0"}};
    const char *const short_ = HEAD "<devices><hostdev type='pci'><source><address bus='0x10' "
                                    "slot='0x10' function='0x0'/></source></hostdev></devices>"
                                    "</domain>";
    g_autofree char *far = rewrite_with(short_, there, 1);
    ck_assert_str_eq(far, HEAD "<devices><hostdev type='pci'><source><address domain='0x10000' "
                               "bus='0x01' slot='0x00' function='0x0'/></source></hostdev>"
                               "</devices></domain>");
    g_autofree char *near = rewrite_with(far, back, 1);
    ck_assert_str_eq(near, HEAD "<devices><hostdev type='pci'><source><address domain='0x0000' "
                                "bus='0x10' slot='0x10' function='0x0'/></source></hostdev>"
                                "</devices></domain>");
}
END_TEST

START_TEST(swapped)
{
    const char *const pairs[][2] = {{"10:10.0", "11:00.3"}, {"11:00.3", "10:10.0"}};
    g_autofree char *text = rewrite_with(
        HEAD "<devices><hostdev type='pci'><source>" A "</source></hostdev>"
             "<hostdev type='pci'><source>" A_ "</source></hostdev></devices></domain>",
        pairs, 2);
    ck_assert_str_eq(text, HEAD "<devices><hostdev type='pci'><source>" A_
                                "</source></hostdev><hostdev type='pci'><source>" A
                                "</source></hostdev></devices></domain>");
}
END_TEST

/* Elements of others, however they are called, are not libvirt's. */
START_TEST(foreign_elements)
{
    const char *const pairs[][2] = {{"10:10.0", "11:00.3"}, {"11:00.3", "10:10.0"}};
    const char *const foreign =
        "<x:metadata xmlns:x='urn:x'><b/></x:metadata><x:devices xmlns:x='urn:x'><x:hostdev>"
        "<x:source><x:address bus='0x10' slot='0x10' function='0x0'/></x:source></x:hostdev>"
        "</x:devices>";
    const char *const frame = HEAD "%s<metadata><h:devices " OURS "><h:vf address='0000:%s' "
                                   "vlan='1'/><h:vf address='0000:%s' vlan='2'/></h:devices>"
                                   "</metadata><devices><hostdev type='pci'><source>%s</source>"
                                   "</hostdev><hostdev type='pci'><source>%s</source></hostdev>"
                                   "</devices></domain>";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_autofree char *xml = g_strdup_printf(frame, foreign, "10:10.0", "11:00.3", A, A_);
    g_autofree char *wanted = g_strdup_printf(frame, foreign, "11:00.3", "10:10.0", A_, A);
#pragma GCC diagnostic pop
    g_autofree char *text = rewrite_with(xml, pairs, 2);
    ck_assert_str_eq(text, wanted);
}
END_TEST

/* Written so that the value can't be replaced: said, not guessed. */
START_TEST(what_cannot_be_done)
{
    const char *const pairs[][2] = {{"10:10.0", "11:00.3"}};
    g_autofree char *text = rewrite_with(
        HEAD "<devices><hostdev type='pci'><source><address bus='0x1&#48;' slot='0x10' "
             "function='0x0'/></source></hostdev></devices></domain>",
        pairs, 1);
    ck_assert_str_eq(text, "the domain XML is written in a way in which addresses can't be "
                           "replaced");
}
END_TEST

/* ---- OpenNebula ---- */

static HdRequest *
one_request(const char *folder)
{
    HdRequest *request = NULL;
    g_autofree char *xml = g_strdup_printf(
        HEAD "<metadata><one:vm xmlns:one='http://opennebula.org/xmlns/libvirt/1.0'>"
             "<one:system_datastore>%s</one:system_datastore></one:vm>"
             "<h:devices " OURS "><h:vf address='10:10.2' trust='off'/></h:devices></metadata>"
             "<devices><hostdev type='pci'><source>" A "</source></hostdev>"
             "<interface type='hostdev'><source>" B "</source></interface></devices></domain>",
        folder);
    ck_assert(hd_xml_domain_parse(xml, strlen(xml), &request, NULL));
    return request;
}

START_TEST(one_folders)
{
    const char *const rows[][2] = {
        {"/var/lib/one//datastores/0/7", "var/lib/one/datastores/0/7"},
        {" /srv/datastores/100/7/ ", "srv/datastores/100/7"},
        {"var/lib/one/datastores/0/7", NULL},
        {"/var/lib/one/datastores/0/../../etc/datastores/0/7", NULL},
        {"/var/lib/one/datastores/0", NULL},
        {"/var/lib/one/stores/0/7", NULL},
        {"/var/lib/one/datastores/0/x", NULL},
        {"/datastores/0/1234567890", NULL},
        {"", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(HdRequest) request = one_request(rows[i][0]);
        ck_assert_msg(g_strcmp0(request->one_folder, rows[i][1]) == 0, "%s: %s", rows[i][0],
                      request->one_folder);
    }
}
END_TEST

static char *
settings_of(const HdRequest *request, guint number)
{
    const HdWish *wish = g_ptr_array_index(request->wishes, number);
    return hd_vf_settings_format(&wish->vf);
}

START_TEST(one_settings)
{
    const char *const vm =
        "<VM><ID>7</ID><TEMPLATE>"
        "<PCI><SHORT_ADDRESS>10:10.0</SHORT_ADDRESS><MAC>02:00:00:00:00:09</MAC></PCI>"
        "<PCI><TYPE><![CDATA[NIC]]></TYPE><SHORT_ADDRESS>10:10.0</SHORT_ADDRESS>"
        "<MAC> 02:00:00:00:00:01 </MAC><VLAN_ID><![CDATA[12]]></VLAN_ID><SPOOFCHK>Yes</SPOOFCHK>"
        "<TRUST>1</TRUST></PCI>"
        "<PCI><TYPE>NIC</TYPE><SHORT_ADDRESS>10:10.2</SHORT_ADDRESS><MAC>02:00:00:00:00:02</MAC>"
        "<VLAN_ID/><TRUST>on</TRUST></PCI>"
        "<PCI><TYPE>NIC</TYPE><SHORT_ADDRESS>99:10.2</SHORT_ADDRESS></PCI></TEMPLATE></VM>";
    g_autoptr(HdRequest) request = one_request("/var/lib/one/datastores/0/7");
    g_autoptr(GError) error = NULL;
    ck_assert_msg(hd_xml_one_read(vm, strlen(vm), request, &error), "%s",
                  error != NULL ? error->message : "");
    g_autofree char *first = settings_of(request, 0);
    g_autofree char *second = settings_of(request, 1);
    ck_assert_str_eq(first, "mac=02:00:00:00:00:01,vlan=12,spoofchk=on,trust=off");
    /* An <interface>'s MAC is libvirt's; what our metadata says comes first. */
    ck_assert_str_eq(second, "trust=off");
}
END_TEST

START_TEST(one_mistakes)
{
    const char *const rows[][2] = {
        {"<VM><ID>8</ID></VM>", "OpenNebula's vm.xml is of another VM (one-8)"},
        {"<VM/>", "OpenNebula's vm.xml is of another VM (one-)"},
        {"<VM><ID>7</ID><TEMPLATE><PCI><TYPE>NIC</TYPE><SHORT_ADDRESS>10:10.0</SHORT_ADDRESS>"
         "<MAC>x</MAC></PCI></TEMPLATE></VM>",
         "OpenNebula's vm.xml, line 1: <MAC> is 'x': say a unicast MAC address"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(HdRequest) request = one_request("/var/lib/one/datastores/0/7");
        g_autoptr(GError) error = NULL;
        ck_assert(!hd_xml_one_read(rows[i][0], strlen(rows[i][0]), request, &error));
        ck_assert_str_eq(error->message, rows[i][1]);
    }
}
END_TEST

HD_TEST_MAIN("xml-rewrite", {
    tcase_add_test(tcase, sources);
    tcase_add_test(tcase, backing_stores);
    tcase_add_test(tcase, metadata);
    tcase_add_test(tcase, traps);
    tcase_add_test(tcase, domains);
    tcase_add_test(tcase, swapped);
    tcase_add_test(tcase, foreign_elements);
    tcase_add_test(tcase, what_cannot_be_done);
    tcase_add_test(tcase, one_folders);
    tcase_add_test(tcase, one_settings);
    tcase_add_test(tcase, one_mistakes);
})
