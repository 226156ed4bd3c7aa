/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as domain XML: never a crash, an error is one printable line, and what is accepted
 * keeps the promises of the headers. With libFuzzer: clang -fsanitize=fuzzer,address; else files
 * are replayed.
 */
#include "hd-fuzz.h"

#include <string.h>

#include "hd-error.h"
#include "hd-text.h"
#include "hd-xml-domain.h"
#include "hd-xml-scan.h"

/* False comes with an input error of one printable line, true with none. */
static void
check_outcome(bool outcome, const GError *error)
{
    g_assert_true(outcome == (error == NULL));
    if (error == NULL)
        return;
    g_assert_true(hd_error_is(error, HD_ERROR_INPUT));
    g_assert_true(error->message[0] != '\0' && strlen(error->message) < 1024);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    for (const char *cursor = error->message; *cursor != '\0'; cursor = g_utf8_next_char(cursor))
        g_assert_true(g_unichar_isprint(g_utf8_get_char(cursor)));
}

static void
check_wish(const HdRequest *request, const HdWish *wish)
{
    HdPciAddress address;
    HdUuid uuid;
    if (hd_wish_is_pci(wish)) {
        g_assert_true(hd_pci_address_parse(hd_pci_address_text(&wish->address).text, &address));
        g_assert_true(hd_request_find_pci(request, &address) == wish);
    }
    if (wish->kind == HD_WISH_MDEV)
        g_assert_true(hd_uuid_parse(wish->uuid.text, &uuid));
    if (wish->kind == HD_WISH_USB)
        g_assert_true(wish->usb.vendor != 0 || wish->usb.bus != 0);
    if (wish->kind == HD_WISH_TTY)
        g_assert_true(g_str_has_prefix(wish->path, "/dev/") && strstr(wish->path, "/../") == NULL);
    g_assert_true(wish->driver == NULL || hd_text_is_name(wish->driver));
    g_assert_true(wish->model == NULL || hd_text_is_name(wish->model));
    g_assert_true(wish->expected_id == NULL || strlen(wish->expected_id) == 9);
}

static void
check_request(const HdRequest *request, const char *bytes, gsize length)
{
    g_autofree char *name = NULL;
    HdUuid uuid;
    g_assert_true(hd_xml_domain_identity(bytes, length, &name, &uuid, NULL));
    g_assert_true(g_str_equal(name, request->name) && hd_uuid_equal(&uuid, &request->uuid));
    g_assert_true(request->wishes->len <= HD_XML_MAX_DEVICES);
    g_assert_true(!hd_request_asks_pages(request, true) ||
                  hd_xml_scan_mentions_pages(bytes, length) ||
                  hd_xml_scan_mentions_devices(bytes, length));
    g_assert_true(request->wishes->len == 0 || hd_xml_scan_mentions_devices(bytes, length));
    for (guint i = 0; i < request->wishes->len; i++)
        check_wish(request, g_ptr_array_index(request->wishes, i));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    g_autoptr(GError) scan_error = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(HdRequest) request = NULL;
    bool is_clean = hd_xml_scan(bytes, size, &scan_error);
    check_outcome(is_clean, scan_error);
    bool is_domain = hd_xml_domain_parse(bytes, size, &request, &error);
    check_outcome(is_domain, error);
    g_assert_true(is_clean || !is_domain);
    g_assert_true(is_domain == (request != NULL));
    if (request != NULL)
        check_request(request, bytes, size);
    return 0;
}
