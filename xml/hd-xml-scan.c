/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The gate in front of the parser. It is simple enough to be right, costs one pass,
 * and lets a VM without host devices go without any parsing at all.
 */
#include "hd-xml-scan.h"

#include <string.h>

#include "hd-error.h"

/* Returns what follows the comment, CDATA section or tag that starts at @start; NULL: not allowed
   or not ended. */
static const char *
skip_markup(const char *start, const char *end)
{
    static const char *const pairs[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}};
    gsize left = (gsize)(end - start);
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        gsize length = strlen(pairs[i][0]);
        if (left < length || memcmp(start, pairs[i][0], length) != 0)
            continue;
        const char *close = memmem(start + length, left - length, pairs[i][1], strlen(pairs[i][1]));
        return close != NULL ? close + strlen(pairs[i][1]) : NULL;
    }
    if (left > 1 && start[1] == '!')
        return NULL;
    char quote = 0;
    for (const char *cursor = start + 1; cursor < end && cursor - start <= HD_XML_MAX_TAG;
         cursor++) {
        if (quote != 0)
            quote = *cursor == quote ? 0 : quote;
        else if (*cursor == '"' || *cursor == '\'')
            quote = *cursor;
        else if (*cursor == '>')
            return cursor + 1;
    }
    return NULL;
}

bool
hd_xml_scan(const char *bytes, gsize length, GError **ret_error)
{
    const char *end = bytes + length;
    if (length > HD_XML_MAX_BYTES)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML is larger than %d MiB",
                            HD_XML_MAX_BYTES >> 20);
    /* Refuses NUL bytes too. */
    if (!g_utf8_validate_len(bytes, length, NULL))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML is not UTF-8 text");
    for (const char *cursor = bytes;
         (cursor = memchr(cursor, '<', (gsize)(end - cursor))) != NULL;) {
        cursor = skip_markup(cursor, end);
        if (cursor == NULL)
            return hd_error_set(ret_error, HD_ERROR_INPUT,
                                "the domain XML holds a DOCTYPE, another declaration, or a tag "
                                "that is longer than %d KiB or not closed",
                                HD_XML_MAX_TAG >> 10);
    }
    return true;
}

bool
hd_xml_scan_mentions_devices(const char *bytes, gsize length)
{
    static const char *const words[] = {"hostdev", "nvme", "urn:hostdevctl:"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (memmem(bytes, length, words[i], strlen(words[i])) != NULL)
            return true;
    }
    return false;
}
