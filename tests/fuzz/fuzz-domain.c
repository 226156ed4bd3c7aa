/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as domain XML: never a crash, an error is one printable line, and what is accepted
 * keeps the promises of the headers. With libFuzzer: clang -fsanitize=fuzzer,address; else files
 * are replayed.
 */
#include "hd-fuzz.h"

#include <string.h>

#include "hd-error.h"
#include "hd-xml-domain.h"
#include "hd-xml-prune.h"
#include "hd-xml-scan.h"

static char *
keep_name(const char *kind, const char *name, gpointer data)
{
    return g_strdup(name);
}

/* What is shown to others of a VM still asks for the same. */
static void
check_pruned(const HdRequest *request, const char *bytes, gsize length)
{
    g_autofree char *text = NULL;
    g_autoptr(HdRequest) again = NULL;
    g_assert_true(hd_xml_prune(bytes, length, keep_name, NULL, &text, NULL));
    g_assert_true(hd_xml_domain_parse(text, strlen(text), &again, NULL));
    hd_fuzz_check_same_devices(request, again);
}

static void
check_request(const HdRequest *request, const char *bytes, gsize length)
{
    g_assert_true(request->wishes->len <= HD_REQUEST_MAX_WISHES);
    g_assert_true(!hd_request_asks_pages(request, true) ||
                  hd_xml_scan_mentions_pages(bytes, length) ||
                  hd_xml_scan_mentions_devices(bytes, length));
    g_assert_true(request->wishes->len == 0 || hd_xml_scan_mentions_devices(bytes, length));
    hd_fuzz_check_wishes(request);
    check_pruned(request, bytes, length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    g_autoptr(GError) scan_error = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(HdRequest) request = NULL;
    bool is_clean = hd_xml_scan(bytes, size, &scan_error);
    hd_fuzz_check_outcome(is_clean, scan_error);
    bool is_domain = hd_xml_domain_parse(bytes, size, &request, &error);
    hd_fuzz_check_outcome(is_domain, error);
    g_assert_true(is_domain || hd_error_is(error, HD_ERROR_INPUT));
    g_assert_true(is_clean || !is_domain);
    g_assert_true(is_domain == (request != NULL));
    if (request != NULL)
        check_request(request, bytes, size);
    return 0;
}
