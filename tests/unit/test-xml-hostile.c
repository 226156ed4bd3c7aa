/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * XML that wants to read files, eat memory or time, or write on somebody's terminal. The domain
 * XML of a VM is its user's; the hook that reads it is root.
 */
#include <fcntl.h>
#include <libxml/parser.h>
#include <string.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-test.h"
#include "hd-xml-domain.h"
#include "hd-xml-scan.h"

#define UUID        "c60cc60c-0000-4000-8000-abcdef012345"
#define VM          "<domain><name>vm</name><uuid>" UUID "</uuid>"
#define L           "domain XML, line "
#define R           "the domain XML can't be read: line "
#define DECLARATION ": a DOCTYPE or another declaration is not accepted"

/* Bytes with their length: some hold NUL. */
typedef struct {
    const char *bytes;
    gsize length;
    const char *message;
} Hostile;
/* clang-format off: its versions disagree about this one. */
#define TEXT(BYTES, MESSAGE)                                                                       \
    {                                                                                              \
        BYTES, sizeof BYTES - 1, MESSAGE                                                           \
    }
/* clang-format on */

static const Hostile hostile[] = {
    /* Files and entities. */
    TEXT("<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain>&x;</domain>",
         L "1" DECLARATION),
    TEXT("<?xml version='1.0'?>\n<!DOCTYPE domain SYSTEM 'http://127.0.0.1:1/x.dtd'><domain/>",
         L "2" DECLARATION),
    TEXT("<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><d>&b;</d>",
         L "1" DECLARATION),
    TEXT("<!ENTITY a 'b'><domain/>", L "1" DECLARATION),
    TEXT("<!doctype domain><domain/>", L "1" DECLARATION),
    TEXT("<!", L "1" DECLARATION),
    TEXT("<domain>&x;</domain>", R "1: Entity 'x' not defined"),
    /* A DOCTYPE in hiding: behind quotes, in another encoding, behind what only looks like an end.
     */
    TEXT("<?x '?><!DOCTYPE domain [<!ELEMENT a ANY>]><domain><name>it's</name></domain>",
         L "1" DECLARATION),
    TEXT("<?xml version='1.0' > <!DOCTYPE domain [<!ENTITY a 'b'>]> ?><domain/>",
         L "1: a processing instruction holds '<'"),
    TEXT("<!--> <!DOCTYPE domain --><!DOCTYPE domain><domain/>", L "1" DECLARATION),
    TEXT("<?xml version='1.0' encoding='UTF-7'?>\n+ADwAIQ-DOCTYPE domain SYSTEM 'x'+AD4-<domain/>",
         R "2: Start tag expected, '<' not found"),
    TEXT("\xff\xfe<\0!\0D\0O\0C\0T\0Y\0P\0E\0 \0d\0>\0", L "1: a byte here is not UTF-8 text"),
    TEXT("<\0!\0D\0O\0C\0T\0Y\0P\0E\0 \0d\0>\0", L "1: a byte here is not UTF-8 text"),
    /* Broken bytes. */
    TEXT(VM "\n\0</domain>", L "2: a byte here is not UTF-8 text"),
    TEXT(VM "\n\n\xc3</domain>", L "3: a byte here is not UTF-8 text"),
    TEXT(VM "\xed\xa0\x80</domain>", L "1: a byte here is not UTF-8 text"),
    TEXT("<domain a='", L "1: a tag does not end"),
    TEXT("<domain><!-- -- ", L "1: a comment or CDATA section does not end"),
    TEXT("<domain><![CDATA[ ]] >", L "1: a comment or CDATA section does not end"),
    TEXT("<domain><?x ", L "1: a processing instruction does not end"),
    TEXT(VM "</domain><domain/>", R "1: Extra content at the end of the document"),
    /* Names that would be paths, lines or commands to a terminal. */
    TEXT("<domain><name>a\nb</name><uuid>" UUID "</uuid></domain>",
         L "1: <name> is 'a\\x0ab', which is no name of a VM"),
    TEXT("<domain><name>&#27;[2J</name><uuid>" UUID "</uuid></domain>", "xmlParseCharRef: invalid"),
    TEXT("<domain><name>\x1b[2J</name></domain>", R "1: PCDATA invalid Char value 27"),
    TEXT("<domain><name>a&#x9b;2Jb</name><uuid>" UUID "</uuid></domain>",
         L "1: <name> is 'a\\u009b2Jb', which is no name of a VM"),
    TEXT("<domain><name>vm</name><uuid>../../etc/passwd</uuid></domain>",
         L "1: <uuid> is '../../etc/passwd', which is no valid uuid"),
    TEXT(VM "<devices><hostdev type='mdev'><source><address uuid='../../../etc'/></source>"
            "</hostdev></devices></domain>",
         L "1: <hostdev> has uuid='../../../etc', which is no UUID"),
    TEXT(VM "<devices><hostdev type='mdev' model='../x'><source><address uuid='" UUID "'/></source>"
            "</hostdev></devices></domain>",
         L "1: <hostdev> has model='../x', which is no valid name"),
    TEXT(VM "<devices><hostdev type='pci'><driver model='..'/><source><address bus='1' slot='0' "
            "function='0'/></source></hostdev></devices></domain>",
         L "1: <driver> has model='..', which is no valid name"),
    TEXT(VM "<devices><hostdev type='pci'><source><address bus='../1' slot='0' function='0'/>"
            "</source></hostdev></devices></domain>",
         L "1: <address> has bus='../1', which is no number"),
    TEXT(VM
         "<devices><hostdev type='pci'><driver name='&#10;hostdevctl: all is well&#x202e;'/>"
         "<source><address bus='1' slot='0' function='0'/></source></hostdev></devices></domain>",
         L "1: <driver> has name='\\x0ahostdevctl: all is well\\u202e', but only vfio"),
};

/* Whatever a message quotes, it is one printable line of bearable length. */
static void
assert_bearable(const GError *error)
{
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    ck_assert(g_utf8_validate(error->message, -1, NULL));
    ck_assert_uint_lt(strlen(error->message), 600);
    for (const char *cursor = error->message; *cursor != '\0'; cursor = g_utf8_next_char(cursor))
        ck_assert_msg(g_unichar_isprint(g_utf8_get_char(cursor)), "%s", error->message);
}

/* Parses in a copy of exactly @length bytes, so that a sanitizer sees each byte too many. */
static char *
refuse(const char *bytes, gsize length)
{
    g_autofree char *copy = g_memdup2(bytes, length);
    g_autoptr(GError) error = NULL;
    HdRequest *request = NULL;
    ck_assert(!hd_xml_domain_parse(copy, length, &request, &error));
    ck_assert_ptr_null(request);
    assert_bearable(error);
    return g_strdup(error->message);
}

START_TEST(hostile_text)
{
    g_autofree char *message = refuse(hostile[_i].bytes, hostile[_i].length);
    ck_assert_contains(message, hostile[_i].message);
}
END_TEST

/* @head, then @count times @part (%u: the number), then @tail. */
static GString *
repeat(const char *head, guint count, const char *part, const char *tail)
{
    GString *xml = g_string_new(head);
    for (guint i = 0; i < count; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char **pieces = g_strsplit(part, "%u", 2);
        g_string_append(xml, pieces[0]);
        if (pieces[1] != NULL)
            g_string_append_printf(xml, "%s%s", number, pieces[1]);
        g_free(pieces[0]);
        g_free(pieces[1]);
    }
    g_string_append(xml, tail);
    return xml;
}

static const struct {
    const char *head;
    guint count;
    const char *part;
    const char *tail;
    const char *message;
} bombs[] = {
    {"<domain", 40000, " a%u=''", "/>",
     L "1: a tag is longer than 64 KiB or has more than 256 attributes"},
    {"<domain a='", 66000, "x", "'/>", L "1: a tag is longer than 64 KiB"},
    {"<domain ", 66000, " ", "/>", L "1: a tag is longer than 64 KiB"},
    {VM "<metadata>", 100000, "<a>", "", R "1: Excessive depth in document: 25"},
    {VM "<metadata>", 500000, "<a/>", "</metadata></domain>",
     "the domain XML has more than 500000 tags and attributes"},
    {VM "<metadata>", 120000, "<a b='' c='' d='' e=''/>", "</metadata></domain>",
     "the domain XML has more than 500000 tags and attributes"},
    {VM "<description>", HD_XML_MAX_BYTES, "x", "</description></domain>",
     "the domain XML is larger than 8 MiB"},
    {"<", 40000, "n", "/>", "nnnnn..."},
    {VM "<devices><hostdev type='pci' managed='", 60000, "m",
     "'><source><address bus='1' slot='0' "
     "function='0'/></source></hostdev></devices></domain>",
     "mmmmm...', which is neither"},
    {VM "<metadata><h:devices xmlns:h='urn:hostdevctl:domain:1'><", 40000, "n",
     "/></h:devices></metadata></domain>", "nnnnn...> is not known"},
    {"<domain><name>", 256, "n", "</name><uuid>" UUID "</uuid></domain>",
     "nnn...', which is no name"},
};

START_TEST(bomb)
{
    GString *xml = repeat(bombs[_i].head, bombs[_i].count, bombs[_i].part, bombs[_i].tail);
    g_autofree char *message = refuse(xml->str, xml->len);
    ck_assert_contains(message, bombs[_i].message);
    g_string_free(xml, TRUE);
}
END_TEST

START_TEST(limit_is_exact)
{
    GString *xml = repeat(VM "<description>", HD_XML_MAX_BYTES, "x", "");
    g_autoptr(GError) error = NULL;
    const char *tail = "</description></domain>";
    g_string_truncate(xml, HD_XML_MAX_BYTES - strlen(tail));
    g_string_append(xml, tail);
    ck_assert(hd_xml_scan(xml->str, xml->len, &error));
    g_string_append_c(xml, '\n');
    ck_assert(!hd_xml_scan(xml->str, xml->len, &error));
    ck_assert_str_eq(error->message, "the domain XML is larger than 8 MiB");
    g_string_free(xml, TRUE);
}
END_TEST

/* What every prefix of a good domain gives is an error, not a half-read request. */
START_TEST(cut_short)
{
    const char *xml = VM "<devices><hostdev type='pci' managed='yes'><source><address bus='1' "
                         "slot='0' function='0'/></source></hostdev></devices></domain>";
    g_autoptr(HdRequest) request = NULL;
    for (gsize length = 0; length < strlen(xml); length++) {
        g_autofree char *message = refuse(xml, length);
        ck_assert_str_ne(message, "");
    }
    ck_assert(hd_xml_domain_parse(xml, strlen(xml), &request, NULL));
}
END_TEST

/* libxml2 prints by itself unless it is told not to; on stdout libvirt takes it for XML. */
START_TEST(silence)
{
    char path[] = "/tmp/test-xml-XXXXXX";
    int file = mkstemp(path);
    int saved[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    ck_assert_int_ge(file, 0);
    (void)unlink(path);
    (void)dup2(file, STDOUT_FILENO);
    (void)dup2(file, STDERR_FILENO);
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        HdRequest *request = NULL;
        (void)hd_xml_domain_parse(hostile[i].bytes, hostile[i].length, &request, NULL);
    }
    (void)dup2(saved[0], STDOUT_FILENO);
    (void)dup2(saved[1], STDERR_FILENO);
    ck_assert_int_eq(lseek(file, 0, SEEK_END), 0);
}
END_TEST

/* libvirt's client library lives in the same process and reads XML too. */
START_TEST(globals_are_put_back)
{
    const char *xml = VM "</domain>";
    g_autoptr(HdRequest) request = NULL;
    xmlExternalEntityLoader loader = xmlGetExternalEntityLoader();
    ck_assert(hd_xml_domain_parse(xml, strlen(xml), &request, NULL));
    ck_assert(xmlGetExternalEntityLoader() == loader);
}
END_TEST

HD_TEST_MAIN("xml-hostile", {
    tcase_add_loop_test(tcase, hostile_text, 0, G_N_ELEMENTS(hostile));
    tcase_add_loop_test(tcase, bomb, 0, G_N_ELEMENTS(bombs));
    tcase_add_test(tcase, limit_is_exact);
    tcase_add_test(tcase, cut_short);
    tcase_add_test(tcase, silence);
    tcase_add_test(tcase, globals_are_put_back);
})
