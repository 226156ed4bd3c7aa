/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The gate in front of the parser. It is simple enough to be right, and costs one
 * pass. It knows just enough XML to tell a declaration from the same characters in a
 * comment, a CDATA section or a quoted value.
 */
#include "hd-xml-scan.h"

#include <string.h>

#include "hd-error.h"

#define LONG_TAG "a tag is longer than 64 KiB or has more than 256 attributes"

typedef struct {
    const char *start;
    const char *end;
    guint parts; /* tags and attributes so far */
} Scan;

static bool
fail_at(const Scan *scan, const char *place, const char *problem, GError **ret_error)
{
    guint line = 1;
    for (const char *cursor = scan->start; cursor < place; cursor++)
        line += *cursor == '\n';
    return hd_error_set(ret_error, HD_ERROR_INPUT, "domain XML, line %u: %s", line, problem);
}

static bool
begins(const Scan *scan, const char *place, const char *text)
{
    gsize length = strlen(text);
    return (gsize)(scan->end - place) >= length && memcmp(place, text, length) == 0;
}

/* What follows the next @text, or NULL. */
static const char *
find_after(const Scan *scan, const char *place, const char *text)
{
    const char *found = memmem(place, (gsize)(scan->end - place), text, strlen(text));
    return found != NULL ? found + strlen(text) : NULL;
}

/* A comment or CDATA section: whatever stands in it is no markup. */
static bool
pass_section(const Scan *scan, const char **cursor, const char *open, const char *close,
             GError **ret_error)
{
    const char *after = find_after(scan, *cursor + strlen(open), close);
    if (after == NULL)
        return fail_at(scan, *cursor, "a comment or CDATA section does not end", ret_error);
    *cursor = after;
    return true;
}

/*
 * A processing instruction, also the XML declaration. A parser that stumbles over a broken
 * one may see its end elsewhere than we do, so nothing that looks like markup may be in it.
 */
static bool
pass_instruction(const Scan *scan, const char **cursor, GError **ret_error)
{
    const char *inside = *cursor + strlen("<?");
    const char *after = find_after(scan, inside, "?>");
    if (after == NULL)
        return fail_at(scan, *cursor, "a processing instruction does not end", ret_error);
    if (memchr(inside, '<', (gsize)(after - inside)) != NULL)
        return fail_at(scan, *cursor, "a processing instruction holds '<'", ret_error);
    *cursor = after;
    return true;
}

static bool
pass_tag(Scan *scan, const char **cursor, GError **ret_error)
{
    const char *start = *cursor;
    guint attributes = 0;
    char quote = '\0';
    for (const char *place = start + 1; place < scan->end; place++) {
        if (place - start >= HD_XML_MAX_TAG)
            return fail_at(scan, start, LONG_TAG, ret_error);
        if (quote == '\0' && *place == '>') {
            scan->parts += 1 + attributes;
            *cursor = place + 1;
            return true;
        }
        if (quote == '\0' && (*place == '"' || *place == '\'')) {
            quote = *place;
            attributes++;
        } else if (*place == quote) {
            quote = '\0';
        }
        if (attributes > HD_XML_MAX_ATTRIBUTES)
            return fail_at(scan, start, LONG_TAG, ret_error);
    }
    return fail_at(scan, start, "a tag does not end", ret_error);
}

static bool
pass_markup(Scan *scan, const char **cursor, GError **ret_error)
{
    if (begins(scan, *cursor, "<!--"))
        return pass_section(scan, cursor, "<!--", "-->", ret_error);
    if (begins(scan, *cursor, "<![CDATA["))
        return pass_section(scan, cursor, "<![CDATA[", "]]>", ret_error);
    if (begins(scan, *cursor, "<!"))
        return fail_at(scan, *cursor, "a DOCTYPE or another declaration is not accepted",
                       ret_error);
    if (begins(scan, *cursor, "<?"))
        return pass_instruction(scan, cursor, ret_error);
    return pass_tag(scan, cursor, ret_error);
}

bool
hd_xml_scan(const char *bytes, gsize length, GError **ret_error)
{
    const char *problem = NULL;
    if (length == 0) /* and @bytes may be NULL */
        return true;
    Scan scan = {bytes, bytes + length, 0};
    if (length > HD_XML_MAX_BYTES)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML is larger than %d MiB",
                            HD_XML_MAX_BYTES >> 20);
    /* Refuses NUL bytes too. */
    if (!g_utf8_validate_len(bytes, length, &problem))
        return fail_at(&scan, problem, "a byte here is not UTF-8 text", ret_error);
    const char *cursor = memchr(bytes, '<', length);
    while (cursor != NULL) {
        if (!pass_markup(&scan, &cursor, ret_error))
            return false;
        if (scan.parts > HD_XML_MAX_PARTS)
            return hd_error_set(ret_error, HD_ERROR_INPUT,
                                "the domain XML has more than %d tags and attributes",
                                HD_XML_MAX_PARTS);
        cursor = memchr(cursor, '<', (gsize)(scan.end - cursor));
    }
    return true;
}
