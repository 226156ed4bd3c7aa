/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as domain XML of a VM that arrives: with every function moved, either one line of
 * complaint, or XML that asks for the new functions; moved back, the requests are the same again.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-xml-changes.h"
#include "hd-xml-domain.h"
#include "hd-xml-rewrite.h"

/* Each function to one that no request names: domain 0x7fff and up. */
static GArray *
move_all(HdRequest *request)
{
    GArray *moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
    for (guint i = 0; i < request->wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (!hd_wish_is_pci(wish))
            continue;
        const HdMove move = {wish->address,
                             {0x7fff, (guint8)(i >> 8), (guint8)(i >> 3 & 0x1f), (guint8)(i & 7)}};
        if (wish->address.domain == 0x7fff)
            continue;
        g_array_append_val(moves, move);
        wish->address = move.to;
    }
    return moves;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(HdRequest) again = NULL;
    g_autoptr(GError) error = NULL;
    GString *text = NULL;
    if (!hd_xml_domain_parse((const char *)bytes, length, &request, NULL))
        return 0;
    g_autoptr(GArray) moves = move_all(request);
    const HdXmlRewriting what = {(const char *)bytes, length, request, moves};
    GString *changes = g_string_new(NULL);
    const bool is_found = hd_xml_rewrite_find(&what, changes, &error);
    g_autofree char *lines = g_string_free(changes, FALSE);
    if (!is_found) {
        g_assert_true(strchr(error->message, '\n') == NULL);
        return 0;
    }
    g_assert_true(hd_xml_changes_apply(lines, what.bytes, length, moves, &text));
    g_assert_true(hd_xml_domain_parse(text->str, text->len, &again, NULL));
    g_assert_true(again->wishes->len == request->wishes->len);
    g_assert_true(moves->len > 0 || (text->len == length && memcmp(text->str, bytes, length) == 0));
    (void)g_string_free(text, TRUE);
    return 0;
}
