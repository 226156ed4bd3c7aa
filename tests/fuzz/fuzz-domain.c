/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as domain XML: never a crash, and what is accepted survives the planner's
 * line format. With libFuzzer: clang -fsanitize=fuzzer,address; else files are replayed.
 */
#include "hd-fuzz.h"
#include "hd-xml-domain.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    HdUuid uuid;
    bool parsed = hd_xml_domain_parse((const char *)bytes, length, &request, &error);
    g_assert_true(parsed == (request != NULL) && parsed == (error == NULL));
    if (parsed)
        g_assert_true(hd_xml_domain_identity((const char *)bytes, length, &name, &uuid, NULL));
    return 0;
}
