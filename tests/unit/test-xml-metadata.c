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
#define M         "c60cc60c-1111-4000-8000-abcdef012345"
#define MDEV(IN)  ROOT("<mdev uuid='" M "' " IN "/>")
#define ATTR(IN)  ROOT("<mdev uuid='" M "' mdev_type='t'><attr " IN "/></mdev>")
#define VF(IN)    ROOT("<vf address='01:00.0' " IN "/>")
#define BAD_ATTR(NAME)                                                                             \
    L "<attr> name='" NAME "' is not known: a file below the mdev and one line for it are needed"

/* One device of each life: a plain one, one with its own driver, an NVMe disk, a NIC, an mdev. */
static const char devices[] =
    "<devices>"
    "<hostdev type='pci'><source><address bus='1' slot='0' function='0'/></source></hostdev>"
    "<hostdev type='pci'><driver model='mlx5_vfio_pci'/><source><address bus='2' slot='0' "
    "function='0'/></source></hostdev>"
    "<disk type='nvme'><source type='pci' namespace='1'><address bus='3' slot='0' function='0'/>"
    "</source></disk>"
    "<interface type='hostdev' managed='yes'><source><address bus='4' slot='0' function='0'/>"
    "</source></interface>"
    "<hostdev type='mdev' model='vfio-pci'><source><address uuid='" M "'/></source></hostdev>"
    "</devices>";

static const char *const good[] = {
    ROOT(""),
    "<devices xmlns='" NS "'/>",
    "<h:devices xmlns:h='" NS "' hugepages='allocate'/>",
    "<devices xmlns='" NS "' hugepages='no'><policy/></devices>",
    "<devices xmlns='" NS "'><policy/><pci address='01:00.0'/></devices>",
    ROOT(" \n<!-- why --> <?editor x?><policy group='refuse'> </policy><!-- -->"),
    ROOT("<h:pci address='0000:01:00.0'/><h:policy companions='bind'/><pci address='02:00.0'/>"),
    FIRST("driver='vfio-pci' id='8086:10d3' companions='bind' storage='allow'"),
    FIRST("id='8086:10D3'"),
    FIRST("driver='a.b_c-D9'"),
    FIRST("driver='...'"),
    ROOT("<pci address='0000:02:00.0' driver='mlx5_vfio_pci'/>"),
    ROOT("<pci address='0000:03:00.0' driver='vfio-pci'/><pci address='0000:04:00.0'/>"),
    MDEV("mdev_type='nvidia-36'"),
    MDEV("mdev_type='GRID V100-1Q' parent='0000:41:00.0' choose='pack'"),
    MDEV("mdev_type='mtty-2' parent='pci_0000_41_00_0'"),
    MDEV("mdev_type='mtty-2' mapping='gpus'"),
    ATTR("name='power/control' value='on'"),
    ROOT("<h:mdev uuid='" M "' mdev_type='t'> <h:attr name='a' value='1'/><!-- --><attr name='a' "
         "value='two words'/></h:mdev>"),
    FIRST("mapping='lan'"),
    VF(""),
    VF("mac='52:54:00:AB:cd:01' vlan='4094' qos='7' proto='802.1ad' spoofchk='off' trust='yes'"),
    VF("min_rate='0' max_rate='2147483647' link_state='disable' vlan='0'"),
    ROOT("<h:vf address='0000:04:00.0' vlan='5' qos='1' trust='on'/>"),
    ROOT("<policy choose='numa'/><vgpu address='01:00.0' vgpu_type='NVIDIA L40-1B'/>"),
};

/* A fragment that the grammar refuses, and what a person reads. */
static const struct {
    const char *fragment;
    const char *message;
} bad[] = {
    {"<x xmlns='" NS "'/>", L "<x> is not known: our metadata begins with <devices>"},
    {"<devices xmlns='" NS "' hugepages='yes'/>",
     L "<devices> hugepages='yes' is not known: say allocate or no"},
    {"<devices xmlns='" NS "' version='2'/>",
     L "<devices> version='2' is not known: there is no such attribute"},
    {"<devices/>", L "<devices> in <metadata> has no namespace, so libvirt drops it; write "
                     "xmlns='urn:hostdevctl:domain:1'"},
    {ROOT("text"), L "<devices> of our metadata holds text"},
    {ROOT("<![CDATA[x]]>"), L "<devices> of our metadata holds text"},
    {ROOT("<host/>"),
     L "<host> is not known: our metadata has <policy>, <pci>, <mdev>, <vgpu> and <vf>"},
    {ROOT("<o:pci xmlns:o='urn:other' address='0000:01:00.0'/>"),
     L "<pci> is not known: our metadata has <policy>, <pci>, <mdev>, <vgpu> and <vf>"},
    {ROOT("<h:mdev/>"), L "<mdev> lacks the attribute 'uuid'"},
    {ROOT("<mdev uuid='x' mdev_type='t'/>"), L "<mdev> uuid='x' is not known: that is no UUID"},
    {ROOT("<mdev uuid='" M "'/>"), L "<mdev> lacks the attribute 'mdev_type'"},
    {MDEV("mdev_type=''"), L "<mdev> mdev_type='' is not known: that is no type's name"},
    {MDEV("mdev_type='a&#10;b'"),
     L "<mdev> mdev_type='a\\x0ab' is not known: that is no type's name"},
    {MDEV("mdev_type='t' parent='../x'"),
     L "<mdev> parent='../x' is not known: say a PCI address, a node device's name or a parent's "
       "name"},
    {MDEV("mdev_type='t' mapping='a/b'"),
     L "<mdev> mapping='a/b' is not known: that is no mapping's name"},
    {MDEV("mdev_type='t' parent='mtty' mapping='gpus'"),
     L "<mdev> has both parent and mapping; say one of them"},
    {MDEV("mdev_type='t' choose='best'"),
     L "<mdev> choose='best' is not known: say spread, pack or numa"},
    {MDEV("mdev_type='t' type='t'"), L "<mdev> type='t' is not known: there is no such attribute"},
    {ROOT("<mdev uuid='" M "' mdev_type='t'>x</mdev>"),
     L "<mdev> of our metadata holds more than <attr>"},
    {ATTR("name='a'"), L "<attr> lacks the attribute 'value'"},
    {ATTR("name='a' value=''"), BAD_ATTR("a")},
    {ATTR("name='../a' value='1'"), BAD_ATTR("../a")},
    {ATTR("name='remove' value='1'"), BAD_ATTR("remove")},
    {ATTR("name='mdev_type/create' value='1'"), BAD_ATTR("mdev_type/create")},
    {ATTR("name='a//b' value='1'"), BAD_ATTR("a//b")},
    {ATTR("name='a' value='1&#10;2'"), BAD_ATTR("a")},
    {ATTR("name='a' value='1' x='2'"), L "<attr> x='2' is not known: there is no such attribute"},
    {ROOT("<policy choose='any'/>"),
     L "<policy> choose='any' is not known: say spread, pack or numa"},
    {FIRST("choose='pack'"), L "<pci> choose='pack' is not known: there is no such attribute"},
    {ROOT("<vgpu address='01:00.0'/>"), L "<vgpu> lacks the attribute 'vgpu_type'"},
    {ROOT("<vgpu address='01:00.0' vgpu_type='5' x='1'/>"),
     L "<vgpu> x='1' is not known: there is no such attribute"},
    {ROOT("<vgpu address='01:00.0' vgpu_type='5'><x/></vgpu>"),
     L "<vgpu> of our metadata takes attributes, no content"},
    {ROOT("<vf/>"), L "<vf> lacks the attribute 'address'"},
    {VF("x='1'"), L "<vf> x='1' is not known: there are mac, vlan, qos, proto, spoofchk, trust, "
                    "min_rate, max_rate and link_state"},
    {VF("h:vlan='1'"), L "<vf> h:vlan='1' is not known: attributes have no prefix"},
    {VF("mac='53:54:00:00:00:01'"),
     L "<vf> mac='53:54:00:00:00:01' is not known: say a unicast MAC address"},
    {VF("mac='52:54:00:00:00'"),
     L "<vf> mac='52:54:00:00:00' is not known: say a unicast MAC address"},
    {VF("vlan='4095'"), L "<vf> vlan='4095' is not known: say 0 (none) to 4094"},
    {VF("vlan='-1'"), L "<vf> vlan='-1' is not known: say 0 (none) to 4094"},
    {VF("vlan='1' qos='8'"), L "<vf> qos='8' is not known: say 0 to 7"},
    {VF("vlan='1' proto='802.1p'"), L "<vf> proto='802.1p' is not known: say 802.1Q or 802.1ad"},
    {VF("trust='maybe'"), L "<vf> trust='maybe' is not known: say on or off"},
    {VF("max_rate='fast'"), L "<vf> max_rate='fast' is not known: say Mbit/s, 0 for none"},
    {VF("link_state='up'"), L "<vf> link_state='up' is not known: say auto, enable or disable"},
    {ROOT("<vf address='01:00.0'>x</vf>"), L "<vf> of our metadata takes attributes, no content"},
    {FIRST("mapping='../x'"), L "<pci> mapping='../x' is not known: that is no mapping's name"},
    {ROOT("<h:vgpu/>"), L "<vgpu> lacks the attribute 'address'"},
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
    {ROOT("<mdev uuid='c60cc60c-2222-4000-8000-abcdef012345' mdev_type='t'/>"),
     L "<mdev> is about mdev c60cc60c-2222-4000-8000-abcdef012345, but the VM has no such <hostdev "
       "type='mdev'>; add it or remove this entry"},
    {ROOT("<mdev uuid='" M "' mdev_type='t'/><mdev uuid='" M "' mdev_type='t'/>"),
     L "<mdev> is about mdev " M " a second time"},
    {ROOT("<vf address='01:00.0'/><vf address='01:00.0'/>"),
     L "<vf> is about 0000:01:00.0 a second time"},
    {ROOT("<vf address='03:00.0'/>"), L "<vf> is about a disk, which has no network settings"},
    {ROOT("<vf address='04:00.0' mac='52:54:00:00:00:01'/>"),
     L "<vf> has a mac, but libvirt gives an <interface> its MAC: set it there"},
    {VF("qos='3'"), L "<vf> is not whole: qos and proto are a VLAN's: name it too"},
    {VF("vlan='0' proto='802.1ad'"),
     L "<vf> is not whole: qos and proto are a VLAN's: name it too"},
    {ROOT("<vgpu address='01:00.0' vgpu_type='5'/><vgpu address='01:00.0' vgpu_type='5'/>"),
     L "<vgpu> is about 0000:01:00.0 a second time"},
    {ROOT("<vgpu address='02:00.0' vgpu_type='5'/>"), L
     "<vgpu> is about 0000:02:00.0, which as a vGPU has to be a plain <hostdev> without a driver"},
    {ROOT("<vgpu address='04:00.0' vgpu_type='5'/>"), L
     "<vgpu> is about 0000:04:00.0, which as a vGPU has to be a plain <hostdev> without a driver"},
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

START_TEST(mdev_values_reach_their_wish)
{
    g_autoptr(HdRequest) request = NULL;
    HdUuid uuid;
    ck_assert(
        read_metadata(ROOT("<mdev uuid='C60CC60C-1111-4000-8000-ABCDEF012345' mdev_type='T 1' "
                           "parent='41:00.0' choose='numa'><attr name='a/b' value='v w'/>"
                           "<attr name='c' value='d'/></mdev>"
                           "<vgpu address='01:00.0' vgpu_type='558'/>"),
                      &request, NULL));
    ck_assert(hd_uuid_parse(M, &uuid));
    const HdWish *wish = hd_request_find_mdev(request, &uuid);
    ck_assert_str_eq(wish->mdev->type, "T 1");
    ck_assert_str_eq(wish->mdev->parent, "0000:41:00.0");
    ck_assert_int_eq(wish->policy.choice, HD_CHOICE_NUMA);
    ck_assert_uint_eq(wish->mdev->attributes->len, 2);
    const HdMdevAttribute *first = g_ptr_array_index(wish->mdev->attributes, 0);
    ck_assert_str_eq(first->name, "a/b");
    ck_assert_str_eq(first->value, "v w");
    HdPciAddress address;
    ck_assert(hd_pci_address_parse("01:00.0", &address));
    const HdWish *vgpu = hd_request_find_pci(request, &address);
    ck_assert_str_eq(vgpu->vgpu_type, "558");
    ck_assert(!hd_wish_is_bound_by_us(vgpu));
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

static void
append_hostdev(GString *xml, const xmlNode *entry)
{
    xmlChar *text = xmlGetNoNsProp(entry, (const xmlChar *)"address");
    xmlChar *uuid = xmlGetNoNsProp(entry, (const xmlChar *)"uuid");
    HdPciAddress address;
    if (uuid != NULL)
        g_string_append_printf(
            xml, "<hostdev type='mdev'><source><address uuid='%s'/></source></hostdev>", uuid);
    if (text != NULL && hd_pci_address_parse((const char *)text, &address))
        g_string_append_printf(xml,
                               "<hostdev type='pci'><source><address domain='%u' bus='%u' "
                               "slot='%u' function='%u'/></source></hostdev>",
                               address.domain, address.bus, address.slot, address.function);
    xmlFree(text);
    xmlFree(uuid);
}

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
        if (node->type == XML_ELEMENT_NODE)
            append_hostdev(xml, node);
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
    ck_assert_uint_ge(count, 12);
}
END_TEST

HD_TEST_MAIN("xml-metadata", {
    tcase_add_loop_test(tcase, metadata_good, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(tcase, metadata_bad, 0, G_N_ELEMENTS(bad));
    tcase_add_loop_test(tcase, metadata_contradiction, 0, G_N_ELEMENTS(contradiction));
    tcase_add_loop_test(tcase, grammar_knows_each_rule, 0, HD_RULE_COUNT);
    tcase_add_test(tcase, one_root);
    tcase_add_test(tcase, mdev_values_reach_their_wish);
    tcase_add_test(tcase, values_reach_their_wish);
    tcase_add_test(tcase, examples);
})
