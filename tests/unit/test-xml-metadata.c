/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our element under <metadata>, read by the parser and held against metadata.rng: both say yes
 * or both say no. And the examples that we show people.
 */
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "hd-error.h"
#include "hd-test.h"
#include "hd-xml-domain.h"

#define IDENTITY  "<name>vm</name><uuid>c60cc60c-0000-4000-8000-abcdef012345</uuid>"
#define NS        "urn:hostdevctl:domain:1"
#define ROOT(IN)  "<h:devices xmlns:h='" NS "'>" IN "</h:devices>"
#define FIRST(IN) ROOT("<h:pci address='0000:01:00.0' " IN "/>")
#define L         "domain XML, line 1: "

/* One device of each life: a plain one, one with its own driver, an NVMe disk, a NIC. */
static const char devices[] =
    "<devices>"
    "<hostdev type='pci'><source><address bus='1' slot='0' function='0'/></source></hostdev>"
    "<hostdev type='pci'><driver model='mlx5_vfio_pci'/><source><address bus='2' slot='0' "
    "function='0'/></source></hostdev>"
    "<disk type='nvme'><source type='pci' namespace='1'><address bus='3' slot='0' function='0'/>"
    "</source></disk>"
    "<interface type='hostdev' managed='yes'><source><address bus='4' slot='0' function='0'/>"
    "</source></interface>"
    "</devices>";

static const char *const good[] = {
    ROOT(""),
    "<devices xmlns='" NS "'/>",
    "<devices xmlns='" NS "'><policy/><pci address='01:00.0'/></devices>",
    ROOT(" \n<!-- why --> <?editor x?><policy group='refuse'> </policy><!-- -->"),
    ROOT("<h:pci address='0000:01:00.0'/><h:policy companions='bind'/><pci address='02:00.0'/>"),
    FIRST("driver='vfio-pci' id='8086:10d3' companions='bind' storage='allow'"),
    FIRST("id='8086:10D3'"),
    FIRST("driver='a.b_c-D9'"),
    FIRST("driver='...'"),
    ROOT("<pci address='0000:02:00.0' driver='mlx5_vfio_pci'/>"),
    ROOT("<pci address='0000:03:00.0' driver='vfio-pci'/><pci address='0000:04:00.0'/>"),
};

/* A fragment that the grammar refuses, and what a person reads. */
static const struct {
    const char *fragment;
    const char *message;
} bad[] = {
    {"<x xmlns='" NS "'/>", L "<x> is not known: our metadata begins with <devices>"},
    {"<devices xmlns='" NS "' version='2'/>",
     L "<devices> version='2' is not known: there is no such attribute"},
    {ROOT("text"), L "<devices> of our metadata holds text"},
    {ROOT("<![CDATA[x]]>"), L "<devices> of our metadata holds text"},
    {ROOT("<host/>"), L "<host> is not known: our metadata has <policy> and <pci>"},
    {ROOT("<o:pci xmlns:o='urn:other' address='0000:01:00.0'/>"),
     L "<pci> is not known: our metadata has <policy> and <pci>"},
    {ROOT("<h:mdev/>"), L "<mdev> is not supported by this version"},
    {ROOT("<vf/>"), L "<vf> is not supported by this version"},
    {ROOT("<h:vgpu/>"), L "<vgpu> is not supported by this version"},
    {ROOT("<policy/><h:policy/>"), L "<policy> of our metadata is there a second time"},
    {ROOT("<policy sorage='allow'/>"),
     L "<policy> sorage='allow' is not known: there is no such attribute"},
    {ROOT("<policy h:storage='allow'/>"),
     L "<policy> h:storage='allow' is not known: attributes have no prefix"},
    {ROOT("<policy xml:base='x'/>"),
     L "<policy> xml:base='x' is not known: attributes have no prefix"},
    {ROOT("<policy storage='yes'/>"), L "<policy> storage='yes' is not known: say refuse or allow"},
    {ROOT("<policy storage='bind'/>"),
     L "<policy> storage='bind' is not known: say refuse or allow"},
    {ROOT("<policy storage=' allow'/>"),
     L "<policy> storage=' allow' is not known: say refuse or allow"},
    {ROOT("<policy companions=''/>"), L "<policy> companions='' is not known: say refuse or bind"},
    {ROOT("<policy address='01:00.0'/>"),
     L "<policy> address='01:00.0' is not known: there is no such attribute"},
    {ROOT("<policy><pci/></policy>"), L "<policy> of our metadata takes attributes, no content"},
    {ROOT("<policy>x</policy>"), L "<policy> of our metadata takes attributes, no content"},
    {ROOT("<pci/>"), L "<pci> lacks the attribute 'address'"},
    {ROOT("<pci h:address='01:00.0'/>"), L "<pci> lacks the attribute 'address'"},
    {ROOT("<pci address='../01:00.0'/>"),
     L "<pci> address='../01:00.0' is not known: say a PCI address, such as 0000:01:00.0"},
    {ROOT("<pci address='01:20.0'/>"),
     L "<pci> address='01:20.0' is not known: say a PCI address, such as 0000:01:00.0"},
    {ROOT("<pci address='0x01:00.0'/>"),
     L "<pci> address='0x01:00.0' is not known: say a PCI address, such as 0000:01:00.0"},
    {ROOT("<pci address='01:00.0&#10;'/>"),
     L "<pci> address='01:00.0\\x0a' is not known: say a PCI address, such as 0000:01:00.0"},
    {FIRST("id='8086'"), L "<pci> id='8086' is not known: say vendor:device, such as 8086:10d3"},
    {FIRST("id='8086:10dg'"),
     L "<pci> id='8086:10dg' is not known: say vendor:device, such as 8086:10d3"},
    {FIRST("id='0x86:10d3'"),
     L "<pci> id='0x86:10d3' is not known: say vendor:device, such as 8086:10d3"},
    {FIRST("driver=''"), L "<pci> driver='' is not known: that is no driver's name"},
    {FIRST("driver='..'"), L "<pci> driver='..' is not known: that is no driver's name"},
    {FIRST("driver='../../x'"), L "<pci> driver='../../x' is not known: that is no driver's name"},
    {FIRST("driver='vfio&#10;pci'"),
     L "<pci> driver='vfio\\x0apci' is not known: that is no driver's name"},
    {FIRST("driver='v\xc3\xa4'"),
     L "<pci> driver='v\xc3\xa4' is not known: that is no driver's name"},
    {FIRST("driver='12345678901234567890123456789012345678901234567890123456789012345'"),
     L "<pci> driver='1234567890123456789012345678901234567890123456789012345678901234...' "
       "is not known: that is no driver's name"},
    {FIRST("on_release='x'"), L "<pci> on_release='x' is not known: there is no such attribute"},
    {FIRST("h:driver='vfio-pci'"),
     L "<pci> h:driver='vfio-pci' is not known: attributes have no prefix"},
    {ROOT("<pci address='01:00.0'><x/></pci>"),
     L "<pci> of our metadata takes attributes, no content"},
};

/* What no grammar can know: the rest of the domain. */
static const struct {
    const char *fragment;
    const char *message;
} contradiction[] = {
    {ROOT("<pci address='0000:01:00.1'/>"),
     L "<pci> is about 0000:01:00.1, but the VM has no such host device; add the <hostdev> or "
       "remove this entry"},
    {ROOT("<pci address='01:00.0'/><h:pci address='0000:01:00.0'/>"),
     L "<pci> is about 0000:01:00.0 a second time"},
    {ROOT("<pci address='02:00.0' driver='vfio-pci'/>"),
     L "<pci> has driver='vfio-pci', but the device has <driver model='mlx5_vfio_pci'>"},
    {ROOT("<pci address='04:00.0' driver='vfio-pci'/>"),
     L "<pci> driver='vfio-pci' is not known: libvirt binds an "
       "<interface managed='yes'> itself"},
};

static void
ignore(void *data, const char *format, ...)
{
}

static bool
grammar_accepts(xmlDoc *document)
{
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(HD_SOURCE_ROOT "/xml/metadata.rng");
    xmlRelaxNG *schema = xmlRelaxNGParse(parser);
    ck_assert_ptr_nonnull(schema);
    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidErrors(validator, ignore, ignore, NULL);
    int result = xmlRelaxNGValidateDoc(validator, document);
    ck_assert_int_ge(result, 0);
    xmlRelaxNGFreeValidCtxt(validator);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    return result == 0;
}

static bool
grammar_accepts_text(const char *fragment)
{
    xmlDoc *document = xmlReadMemory(fragment, (int)strlen(fragment), NULL, NULL, 0);
    ck_assert_ptr_nonnull(document);
    bool result = grammar_accepts(document);
    xmlFreeDoc(document);
    return result;
}

/* Reads a VM with @fragments as its metadata. */
static bool
read_metadata(const char *fragments, HdRequest **ret_request, GError **ret_error)
{
    g_autofree char *xml = g_strdup_printf("<domain>" IDENTITY "<metadata><o:x xmlns:o='urn:o'/>%s"
                                           "</metadata>%s</domain>",
                                           fragments, devices);
    return hd_xml_domain_parse(xml, strlen(xml), ret_request, ret_error);
}

START_TEST(metadata_good)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(read_metadata(good[_i], &request, &error), "%s: %s", good[_i],
                  error != NULL ? error->message : "");
    ck_assert_msg(grammar_accepts_text(good[_i]), "%s", good[_i]);
}
END_TEST

START_TEST(metadata_bad)
{
    HdRequest *request = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!read_metadata(bad[_i].fragment, &request, &error), "%s", bad[_i].fragment);
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    ck_assert_str_eq(error->message, bad[_i].message);
    ck_assert_ptr_null(request);
    ck_assert_msg(!grammar_accepts_text(bad[_i].fragment), "%s", bad[_i].fragment);
}
END_TEST

START_TEST(metadata_contradiction)
{
    HdRequest *request = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(!read_metadata(contradiction[_i].fragment, &request, &error));
    ck_assert_str_eq(error->message, contradiction[_i].message);
    ck_assert(grammar_accepts_text(contradiction[_i].fragment));
}
END_TEST

START_TEST(one_root)
{
    HdRequest *request = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(!read_metadata(ROOT("") ROOT(""), &request, &error));
    ck_assert_str_eq(error->message,
                     L "<devices> is a second element of our metadata, which libvirt drops");
}
END_TEST

START_TEST(values_reach_their_wish)
{
    g_autoptr(HdRequest) request = NULL;
    HdPciAddress address;
    ck_assert(
        read_metadata(ROOT("<policy sriov='allow' group='refuse'/>"
                           "<pci address='1:00.0' driver='x' id='8086:10D3' companions='bind'/>"),
                      &request, NULL) == false);
    ck_assert(
        read_metadata(ROOT("<policy sriov='allow' group='refuse'/>"
                           "<pci address='01:00.0' driver='x' id='8086:10D3' companions='bind'"
                           " network='refuse'/>"),
                      &request, NULL));
    ck_assert(hd_pci_address_parse("01:00.0", &address));
    const HdWish *wish = hd_request_find_pci(request, &address);
    ck_assert_str_eq(wish->driver, "x");
    ck_assert_str_eq(wish->expected_id, "8086:10d3");
    ck_assert_int_eq(wish->policy.stance[HD_RULE_COMPANIONS], HD_STANCE_ALLOW);
    ck_assert_int_eq(wish->policy.stance[HD_RULE_NETWORK], HD_STANCE_REFUSE);
    ck_assert_int_eq(wish->policy.stance[HD_RULE_SRIOV], HD_STANCE_UNSET);
    ck_assert_int_eq(request->policy.stance[HD_RULE_SRIOV], HD_STANCE_ALLOW);
    ck_assert_int_eq(request->policy.stance[HD_RULE_GROUP], HD_STANCE_REFUSE);
    ck_assert_int_eq(request->policy.stance[HD_RULE_COMPANIONS], HD_STANCE_UNSET);
}
END_TEST

/* A rule that is added to hd-policy.h is missed here until the grammar knows it. */
START_TEST(grammar_knows_each_rule)
{
    const char *rule = hd_rule_name((HdRule)_i);
    g_autoptr(HdRequest) request = NULL;
    g_autofree char *fragment = g_strdup_printf(
        ROOT("<policy %s='allow'/><pci address='01:00.0' %s='refuse'/>"), rule, rule);
    ck_assert(grammar_accepts_text(fragment));
    ck_assert(read_metadata(fragment, &request, NULL));
    ck_assert_int_eq(request->policy.stance[_i], HD_STANCE_ALLOW);
}
END_TEST

/* The metadata of an example, in a VM that has the devices it is about. */
static char *
domain_around(xmlDoc *document)
{
    GString *xml = g_string_new("<domain>" IDENTITY "<metadata>");
    xmlBuffer *fragment = xmlBufferCreate();
    ck_assert_int_gt(xmlNodeDump(fragment, document, xmlDocGetRootElement(document), 0, 0), 0);
    g_string_append_printf(xml, "%s</metadata><devices>", (const char *)xmlBufferContent(fragment));
    xmlBufferFree(fragment);
    for (xmlNode *node = xmlDocGetRootElement(document)->children; node != NULL;
         node = node->next) {
        if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "pci") != 0)
            continue;
        xmlChar *text = xmlGetNoNsProp(node, (const xmlChar *)"address");
        HdPciAddress address;
        ck_assert(hd_pci_address_parse((const char *)text, &address));
        xmlFree(text);
        g_string_append_printf(xml,
                               "<hostdev type='pci'><source><address domain='%u' bus='%u' "
                               "slot='%u' function='%u'/></source></hostdev>",
                               address.domain, address.bus, address.slot, address.function);
    }
    g_string_append(xml, "</devices></domain>");
    return g_string_free(xml, FALSE);
}

static void
check_example(const char *name, const char *path)
{
    g_autofree char *text = NULL, *xml = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(HdRequest) request = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    if (g_str_has_prefix(name, "metadata")) {
        xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
        ck_assert_msg(grammar_accepts(document), "%s", name);
        xml = domain_around(document);
        xmlFreeDoc(document);
    } else {
        ck_assert_msg(g_str_has_prefix(name, "domain-"), "%s is neither kind of example", name);
        xml = g_steal_pointer(&text);
    }
    ck_assert_msg(hd_xml_domain_parse(xml, strlen(xml), &request, &error), "%s: %s", name,
                  error != NULL ? error->message : "");
}

START_TEST(examples)
{
    g_autoptr(GDir) folder = g_dir_open(HD_SOURCE_ROOT "/xml/examples", 0, NULL);
    guint count = 0;
    ck_assert_ptr_nonnull(folder);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *path = g_build_filename(HD_SOURCE_ROOT "/xml/examples", name, NULL);
        check_example(name, path);
        count++;
    }
    ck_assert_uint_ge(count, 9);
}
END_TEST

HD_TEST_MAIN("xml-metadata", {
    tcase_add_loop_test(tcase, metadata_good, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(tcase, metadata_bad, 0, G_N_ELEMENTS(bad));
    tcase_add_loop_test(tcase, metadata_contradiction, 0, G_N_ELEMENTS(contradiction));
    tcase_add_loop_test(tcase, grammar_knows_each_rule, 0, HD_RULE_COUNT);
    tcase_add_test(tcase, one_root);
    tcase_add_test(tcase, values_reach_their_wish);
    tcase_add_test(tcase, examples);
})
