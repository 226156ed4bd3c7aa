/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domain XML -> request: what real tools write, and what an enemy would.
 */
#include <libxml/relaxng.h>
#include <string.h>

#include "hd-error.h"
#include "hd-test.h"
#include "hd-xml-domain.h"
#include "hd-xml-scan.h"

#define HEAD                                                                                       \
    "<domain><name>vm</name><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid><devices><hostdev "   \
    "type='pci'><source><address bus='1' slot='0' function='0'/></source></hostdev></devices>"
#define META(CONTENT)                                                                              \
    HEAD "<metadata><h:devices xmlns:h='urn:hostdevctl:domain:1'>" CONTENT                         \
         "</h:devices></metadata></domain>"

static char *
example(const char *name)
{
    g_autofree char *path = g_build_filename(HD_SOURCE_ROOT, "xml", "examples", name, NULL);
    char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static HdRequest *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    HdRequest *request = NULL;
    ck_assert_msg(hd_xml_domain_parse(text, strlen(text), &request, &error), "%s",
                  error != NULL ? error->message : "");
    return request;
}

static char *
failure(const char *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    HdRequest *request = NULL;
    ck_assert(!hd_xml_domain_parse(bytes, length, &request, &error));
    ck_assert_ptr_null(request);
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    for (const char *c = error->message; *c != '\0'; c++)
        ck_assert_msg((guchar)*c >= 0x20 && *c != 0x7f, "a control character in: %s",
                      error->message);
    return g_strdup(error->message);
}

static const HdWish *
wish(const HdRequest *request, guint number, HdWishKind kind, const char *address)
{
    const HdWish *found = g_ptr_array_index(request->wishes, number);
    ck_assert_int_eq(found->kind, kind);
    if (address != NULL)
        ck_assert_str_eq(hd_pci_address_text(&found->address).text, address);
    return found;
}

START_TEST(virt_manager)
{
    g_autofree char *text = example("domain-virt-manager.xml");
    g_autoptr(HdRequest) request = parse(text);
    ck_assert_str_eq(request->name, "win11");
    ck_assert_str_eq(request->uuid.text, "c7a1f0e2-9b1d-4a55-8a0c-0d4b1a7f3e11");
    ck_assert_uint_eq(request->wishes->len, 6);
    ck_assert_ptr_null(wish(request, 0, HD_WISH_NVME, "0000:04:00.0")->driver);
    ck_assert(wish(request, 0, HD_WISH_NVME, NULL)->managed);
    ck_assert(!hd_wish_is_bound_by_us(wish(request, 1, HD_WISH_INTERFACE, "0000:10:10.2")));
    const HdWish *gpu = wish(request, 2, HD_WISH_PCI, "0000:65:00.0");
    ck_assert_str_eq(gpu->driver, "mlx5_vfio_pci");
    ck_assert_str_eq(gpu->expected_id, "10de:2237");
    ck_assert(hd_policy_allows(&gpu->policy, HD_RULE_PROCESS));
    ck_assert(!wish(request, 3, HD_WISH_PCI, "0000:66:00.1")->managed);
    ck_assert_str_eq(wish(request, 4, HD_WISH_MDEV, NULL)->uuid.text,
                     "c60cc60c-0000-4000-8000-abcdef012345");
    ck_assert_uint_eq(wish(request, 5, HD_WISH_USB, NULL)->usb.vendor, 0x046d);
    ck_assert_int_eq(request->policy.stance[HD_RULE_COMPANIONS], HD_STANCE_REFUSE);
}
END_TEST

START_TEST(opennebula)
{
    g_autofree char *text = example("domain-opennebula.xml");
    g_autoptr(HdRequest) request = parse(text);
    ck_assert_str_eq(request->name, "one-42");
    (void)wish(request, 0, HD_WISH_PCI, "0000:02:00.0");
    (void)wish(request, 1, HD_WISH_MDEV, NULL);
}
END_TEST

/* The grammar accepts what the parser accepts. */
START_TEST(metadata_follows_its_grammar)
{
    g_autofree char *grammar = g_build_filename(HD_SOURCE_ROOT, "xml", "metadata.rng", NULL);
    g_autofree char *text = example("metadata.xml");
    g_autofree char *domain = g_strdup_printf(
        "<domain><name>vm</name><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid><devices>"
        "<hostdev type='pci'><source><address bus='0x65' slot='0' function='0'/></source></hostdev>"
        "<hostdev type='pci'><source><address bus='0x66' slot='0' function='1'/></source></hostdev>"
        "</devices><metadata>%s</metadata></domain>",
        text);
    g_autoptr(HdRequest) request = parse(domain);
    ck_assert_str_eq(wish(request, 0, HD_WISH_PCI, NULL)->driver, "vfio-pci");
    /* By memory: our parser has closed libxml2's door to files. */
    g_autofree char *grammar_text = NULL;
    ck_assert(g_file_get_contents(grammar, &grammar_text, NULL, NULL));
    xmlRelaxNGParserCtxtPtr parser =
        xmlRelaxNGNewMemParserCtxt(grammar_text, (int)strlen(grammar_text));
    xmlRelaxNGPtr schema = xmlRelaxNGParse(parser);
    ck_assert_ptr_nonnull(schema);
    xmlRelaxNGValidCtxtPtr validator = xmlRelaxNGNewValidCtxt(schema);
    xmlDocPtr good = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
    ck_assert_int_eq(xmlRelaxNGValidateDoc(validator, good), 0);
    static const char bad_text[] =
        "<devices xmlns='urn:hostdevctl:domain:1'><pci address='x'/></devices>";
    xmlDocPtr bad = xmlReadMemory(bad_text, sizeof bad_text - 1, NULL, NULL, 0);
    xmlRelaxNGSetValidErrors(validator, NULL, NULL, NULL);
    ck_assert_int_gt(xmlRelaxNGValidateDoc(validator, bad), 0);
    xmlFreeDoc(bad);
    xmlFreeDoc(good);
    xmlRelaxNGFreeValidCtxt(validator);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    xmlCleanupParser();
}
END_TEST

static const char *const bad[][2] = {
    {"<domain>", "can't be read"},
    {"<devices/>", "no <domain>"},
    {"<x:domain xmlns:x='y'/>", "no <domain>"},
    {"<domain><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid></domain>", "no name"},
    {"<domain><name>a</name><uuid>../../etc</uuid></domain>", "no valid uuid"},
    {"<!DOCTYPE d SYSTEM 'file:///etc/passwd'><domain/>", "DOCTYPE"},
    {"<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><domain>&b;</domain>", "DOCTYPE"},
    {"<domain>&undefined;</domain>", "can't be read"},
    {META("<h:pci address='0000:01:00.0' driver='../../x'/>"), "driver='../../x' is not known"},
    {META("<h:pci address='0000:01:00.0' id='8086'/>"), "id='8086' is not known"},
    {META("<h:pci address='0000:01:00.0' colour='red'/>"), "colour='red' is not known"},
    {META("<h:pci address='0000:09:00.0'/>"), "is about 0000:09:00.0, but the VM has no such"},
    {META("<h:pci address='nonsense'/>"), "address='nonsense' is not known"},
    {META("<h:policy storage='perhaps'/>"), "storage='perhaps' is not known"},
    {META("<h:policy storage='&#10;&#x202e;x'/>"), "storage='\\x0a"},
    {META("<h:mdev/>"), "<mdev> lacks the attribute 'uuid'"},
    {META("<h:dance/>"), "<dance> is not known"},
    {HEAD "<metadata><h:other xmlns:h='urn:hostdevctl:domain:1'/></metadata></domain>",
     "begins with <devices>"},
};

START_TEST(refused_with_a_line)
{
    g_autofree char *message = failure(bad[_i][0], strlen(bad[_i][0]));
    ck_assert_contains(message, bad[_i][1]);
}
END_TEST

START_TEST(other_metadata_is_not_ours)
{
    g_autoptr(HdRequest) request =
        parse(HEAD "<metadata><a:devices xmlns:a='urn:other'><a:pci address='x'/></a:devices>"
                   "</metadata></domain>");
    ck_assert_uint_eq(request->wishes->len, 1);
}
END_TEST

START_TEST(hostile_bytes)
{
    g_autofree char *big = g_malloc(HD_XML_MAX_BYTES + 2);
    memset(big, ' ', HD_XML_MAX_BYTES + 1);
    g_autofree char *too_large = failure(big, HD_XML_MAX_BYTES + 1);
    ck_assert_contains(too_large, "larger than 8 MiB");
    g_autofree char *nul = failure("<domain>\0</domain>", 18);
    ck_assert_contains(nul, "not UTF-8");
    g_autofree char *utf16 = failure("\xff\xfe<\0!\0D\0O\0C\0T\0Y\0P\0E\0", 20);
    ck_assert_contains(utf16, "not UTF-8");
    GString *deep = g_string_new(NULL);
    for (guint i = 0; i < 100000; i++)
        g_string_append(deep, "<a>");
    g_autofree char *nested = failure(deep->str, deep->len);
    ck_assert_contains(nested, "can't be read");
    g_string_assign(deep, "<domain ");
    for (guint i = 0; i < 40000; i++)
        g_string_append_printf(deep, "a%u='' ", i);
    g_string_append(deep, "/>");
    g_autofree char *attributes = failure(deep->str, deep->len);
    ck_assert_contains(attributes, "longer than 64 KiB");
    g_string_free(deep, TRUE);
}
END_TEST

START_TEST(too_many_devices)
{
    GString *text = g_string_new("<domain><name>a</name><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa"
                                 "</uuid><devices>");
    for (guint i = 0; i <= HD_REQUEST_MAX_WISHES; i++)
        g_string_append_printf(text,
                               "<hostdev type='pci'><source><address domain='%u' bus='0' slot='0' "
                               "function='0'/></source></hostdev>",
                               i);
    g_string_append(text, "</devices></domain>");
    g_autofree char *message = failure(text->str, text->len);
    ck_assert_contains(message, "more than 1024 host devices");
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(scan_is_a_superset)
{
    static const char plain[] = "<domain><name>a</name><!-- > --><![CDATA[<!DOCTYPE]]></domain>";
    ck_assert(hd_xml_scan(plain, sizeof plain - 1, NULL));
    ck_assert(!hd_xml_scan_mentions_devices(plain, sizeof plain - 1));
    ck_assert(hd_xml_scan_mentions_devices("<hostdev/>", 10));
    ck_assert(hd_xml_scan_mentions_devices("type='nvme'", 11));
    ck_assert(hd_xml_scan_mentions_devices("urn:hostdevctl:domain:1", 23));
}
END_TEST

HD_TEST_MAIN("xml", tcase_add_test(tcase, virt_manager); tcase_add_test(tcase, opennebula);
             tcase_add_test(tcase, metadata_follows_its_grammar);
             tcase_add_loop_test(tcase, refused_with_a_line, 0, G_N_ELEMENTS(bad));
             tcase_add_test(tcase, other_metadata_is_not_ours);
             tcase_add_test(tcase, hostile_bytes); tcase_add_test(tcase, too_many_devices);
             tcase_add_test(tcase, scan_is_a_superset))
