/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as our metadata of a VM with one device of each kind: it adds words to those devices,
 * but no device, takes none away and means no other one. What is written for people to paste is
 * read back.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-xml-domain.h"
#include "hd-xml-fragment.h"
#include "hd-xml-metadata.h"

#define UUID "11111111-aaaa-4aaa-8aaa-111111111111"
#define MDEV "22222222-bbbb-4bbb-8bbb-222222222222"
#define AT(BUS, SLOT)                                                                              \
    "<source><address domain='0' bus='" BUS "' slot='" SLOT "' function='0'/></source>"
#define HEAD "<domain><name>web</name><uuid>" UUID "</uuid><metadata>"
#define TAIL                                                                                       \
    "</metadata><devices><hostdev type='pci' managed='yes'>" AT(                                   \
        "1", "0") "</hostdev><hostdev type='pci'>" AT("67",                                        \
                                                      "0") "</hostdev>"                            \
                                                           "<interface type='hostdev' "            \
                                                           "managed='yes'>" AT(                    \
                                                               "7",                                \
                                                               "16") "</"                          \
                                                                     "inter"                       \
                                                                     "face>"                       \
                                                                     "<hostdev type='mdev' "       \
                                                                     "model='vfio-pci'><source><"  \
                                                                     "address uuid='" MDEV         \
                                                                     "'/></source></hostdev></"    \
                                                                     "devices></domain>"
#define OPEN  "<h:devices xmlns:h='" HD_XML_METADATA_URI "'>"
#define CLOSE "</h:devices>"

/* Returns NULL where it is not accepted. */
static HdRequest *
parse(const char *open, const char *inside, gsize length, const char *close)
{
    g_autoptr(GString) xml = g_string_new(HEAD);
    g_autoptr(GError) error = NULL;
    HdRequest *request = NULL;
    g_string_append(xml, open);
    g_string_append_len(xml, inside, (gssize)length);
    g_string_append(xml, close);
    g_string_append(xml, TAIL);
    bool is_domain = hd_xml_domain_parse(xml->str, xml->len, &request, &error);
    hd_fuzz_check_outcome(is_domain, error);
    return request;
}

static void
check_mdev_fragment(const HdWish *wish)
{
    if (wish->mdev == NULL || wish->mapping != NULL)
        return;
    g_autofree char *text = hd_xml_fragment_mdev_metadata(wish->mdev);
    g_autoptr(HdRequest) again = parse("", text, strlen(text), "");
    g_assert_nonnull(again);
    const HdMdevSpec *spec = hd_request_find_mdev(again, &wish->uuid)->mdev;
    g_assert_cmpstr(spec->type, ==, wish->mdev->type);
    g_assert_cmpstr(spec->parent, ==, wish->mdev->parent);
    g_assert_cmpuint(spec->attributes->len, ==, wish->mdev->attributes->len);
    for (guint i = 0; i < spec->attributes->len; i++) {
        const HdMdevAttribute *a = g_ptr_array_index(spec->attributes, i);
        const HdMdevAttribute *b = g_ptr_array_index(wish->mdev->attributes, i);
        g_assert_true(g_str_equal(a->name, b->name) && g_str_equal(a->value, b->value));
    }
}

static void
check_vgpu_fragment(const HdWish *wish)
{
    if (wish->vgpu_type == NULL)
        return;
    g_autofree char *text = hd_xml_fragment_vgpu_metadata(&wish->address, wish->vgpu_type);
    g_autoptr(HdRequest) again = parse("", text, strlen(text), "");
    g_assert_nonnull(again);
    g_assert_cmpstr(hd_request_find_pci(again, &wish->address)->vgpu_type, ==, wish->vgpu_type);
}

static void
check(const HdRequest *plain, const char *open, const char *inside, gsize length, const char *close)
{
    g_autoptr(HdRequest) request = parse(open, inside, length, close);
    /* What ends <metadata> by itself may add devices as any domain XML may: fuzz-domain's part. */
    if (request == NULL || g_strstr_len(inside, (gssize)length, "</metadata") != NULL)
        return;
    hd_fuzz_check_wishes(request);
    hd_fuzz_check_same_devices(plain, request);
    for (guint i = 0; i < request->wishes->len; i++) {
        check_mdev_fragment(g_ptr_array_index(request->wishes, i));
        check_vgpu_fragment(g_ptr_array_index(request->wishes, i));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdRequest) plain = parse("", "", 0, "");
    check(plain, OPEN, (const char *)bytes, length, CLOSE);
    check(plain, "", (const char *)bytes, length, "");
    return 0;
}
