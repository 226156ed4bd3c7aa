/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domain XML with other addresses, byte for byte the same elsewhere: what libvirt gets
 * back must differ in nothing that we haven't decided. A tree written out again would.
 * The parser has accepted the text before, so this reader of tags may be simple.
 */
#include "hd-xml-rewrite.h"

#include <string.h>

#include "hd-error.h"
#include "hd-xml-changes.h"
#include "hd-xml-domain.h"
#include "hd-xml-metadata.h"
#include "hd-xml.h"

#define MAX_DEPTH 256

typedef struct {
    const char *start, *end;
} Span;

typedef struct {
    Span name, value;
} Attribute;

typedef struct {
    const GArray *moves;
    int ours;           /* which element below <metadata> is ours; -1: none */
    int metadata_child; /* the one we are in or were in last */
    guint depth;        /* of elements that are open */
    Span path[MAX_DEPTH];
    const char *source; /* the whole text */
    GString *changes;   /* lines for hd_xml_changes_apply() */
} Rewrite;

static bool
span_is(const Span *span, const char *text)
{
    gsize length = (gsize)(span->end - span->start);
    return length == strlen(text) && memcmp(span->start, text, length) == 0;
}

/* With its prefix: libvirt's own elements have none. */
static Span
tag_name(const char *start, const char *end)
{
    const char *cursor = start;
    while (cursor < end && !g_ascii_isspace(*cursor) && *cursor != '/' && *cursor != '>')
        cursor++;
    return (Span){start, cursor};
}

/* The next name='value' of a tag that ends at @end. */
static bool
next_attribute(const char **cursor, const char *end, Attribute *ret_attribute)
{
    const char *at = *cursor;
    while (at < end && g_ascii_isspace(*at))
        at++;
    const char *equals = memchr(at, '=', (gsize)(end - at));
    if (equals == NULL)
        return false;
    const char *quote = equals + 1;
    while (quote < end && *quote != '"' && *quote != '\'')
        quote++;
    const char *close = quote < end ? memchr(quote + 1, *quote, (gsize)(end - quote - 1)) : NULL;
    if (close == NULL)
        return false;
    const char *name_end = equals;
    while (name_end > at && g_ascii_isspace(name_end[-1]))
        name_end--;
    *ret_attribute = (Attribute){{at, name_end}, {quote + 1, close}};
    *cursor = close + 1;
    return true;
}

static bool
find_attribute(const Span *tag, const char *name, Span *ret_value)
{
    const char *cursor = tag_name(tag->start, tag->end).end;
    Attribute attribute;
    while (next_attribute(&cursor, tag->end, &attribute)) {
        if (!span_is(&attribute.name, name))
            continue;
        *ret_value = attribute.value;
        return true;
    }
    return false;
}

static void
replace(Rewrite *rewrite, const Span *old, const char *new)
{
    hd_xml_changes_add(rewrite->changes, (gsize)(old->start - rewrite->source),
                       (gsize)(old->end - old->start), new);
}

static const HdMove *
find_move(const Rewrite *rewrite, const HdPciAddress *from)
{
    for (guint i = 0; i < rewrite->moves->len; i++) {
        const HdMove *move = &g_array_index(rewrite->moves, HdMove, i);
        if (hd_pci_address_equal(&move->from, from))
            return move;
    }
    return NULL;
}

static bool
read_number(const Span *tag, const char *name, guint64 *ret_number)
{
    Span value;
    if (!find_attribute(tag, name, &value))
        return false;
    g_autofree char *text = g_strndup(value.start, (gsize)(value.end - value.start));
    return hd_xml_parse_number(text, ret_number);
}

static bool
read_address(const Span *tag, HdPciAddress *ret_address)
{
    guint64 domain = 0, bus, slot, function;
    (void)read_number(tag, "domain", &domain);
    return read_number(tag, "bus", &bus) && read_number(tag, "slot", &slot) &&
           read_number(tag, "function", &function) &&
           hd_pci_address_from_parts(domain, bus, slot, function, ret_address);
}

/* <address domain= bus= slot= function=/>; attributes come in any order. */
static void
move_source(Rewrite *rewrite, const Span *tag)
{
    HdPciAddress from;
    const HdMove *move = read_address(tag, &from) ? find_move(rewrite, &from) : NULL;
    Span domain;
    if (move == NULL)
        return;
    const char *cursor = tag_name(tag->start, tag->end).end;
    if (!find_attribute(tag, "domain", &domain) && move->to.domain != 0) {
        const Span here = {cursor, cursor};
        g_autofree char *text = g_strdup_printf(" domain='0x%04x'", move->to.domain);
        replace(rewrite, &here, text);
    }
    const struct {
        const char *name;
        guint value, digits;
    } parts[] = {{"domain", move->to.domain, 4},
                 {"bus", move->to.bus, 2},
                 {"slot", move->to.slot, 2},
                 {"function", move->to.function, 1}};
    Attribute attribute;
    while (next_attribute(&cursor, tag->end, &attribute)) {
        for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
            g_autofree char *text = g_strdup_printf("0x%0*x", (int)parts[i].digits, parts[i].value);
            if (span_is(&attribute.name, parts[i].name))
                replace(rewrite, &attribute.value, text);
        }
    }
}

/* <hd:pci address='0000:10:10.0'/> and its like */
static void
move_metadata(Rewrite *rewrite, const Span *tag)
{
    Span value;
    HdPciAddress from;
    if (!find_attribute(tag, "address", &value))
        return;
    g_autofree char *text = g_strndup(value.start, (gsize)(value.end - value.start));
    const HdMove *move = hd_pci_address_parse(text, &from) ? find_move(rewrite, &from) : NULL;
    if (move != NULL)
        replace(rewrite, &value, hd_pci_address_text(&move->to).text);
}

static bool
is_at(const Rewrite *rewrite, guint level, const char *name)
{
    return level < rewrite->depth && span_is(&rewrite->path[level], name);
}

/* Whether what is open is the <source> of a device, or of what a disk is backed by. */
static bool
is_source(const Rewrite *rewrite)
{
    bool is_disk = is_at(rewrite, 2, "disk");
    guint level = 3;
    while (is_disk && is_at(rewrite, level, "backingStore"))
        level++;
    return rewrite->depth == level + 1 && is_at(rewrite, level, "source") &&
           (is_disk || is_at(rewrite, 2, "hostdev") || is_at(rewrite, 2, "interface"));
}

/* @tag: from its name to its ">"; path is that of its parent. */
static void
visit(Rewrite *rewrite, const Span *tag)
{
    const Span name = tag_name(tag->start, tag->end);
    bool is_in_metadata = is_at(rewrite, 0, "domain") && is_at(rewrite, 1, "metadata");
    if (rewrite->depth == 2 && is_in_metadata)
        rewrite->metadata_child++;
    if (rewrite->depth == 3 && is_in_metadata && rewrite->metadata_child == rewrite->ours)
        move_metadata(rewrite, tag);
    if (is_at(rewrite, 0, "domain") && is_at(rewrite, 1, "devices") && is_source(rewrite) &&
        span_is(&name, "address"))
        move_source(rewrite, tag);
}

/* What is no element: its end, or NULL when @at begins one. */
static const char *
skip_other(const char *at, const char *end)
{
    const struct {
        const char *open, *close;
    } kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gsize length = strlen(kinds[i].open);
        if ((gsize)(end - at) < length || memcmp(at, kinds[i].open, length) != 0)
            continue;
        const char *close = g_strstr_len(at + length, end - at - (gssize)length, kinds[i].close);
        return close != NULL ? close + strlen(kinds[i].close) : end;
    }
    return NULL;
}

/* The ">" of the tag that begins at @at; one in quotes isn't it. */
static const char *
find_tag_end(const char *at, const char *end)
{
    char quote = '\0';
    for (; at < end; at++) {
        if (quote == '\0' && *at == '>')
            return at;
        if (quote == '\0' && (*at == '"' || *at == '\''))
            quote = *at;
        else if (*at == quote)
            quote = '\0';
    }
    return NULL;
}

static bool
walk(Rewrite *rewrite, const char *at, const char *end)
{
    while ((at = memchr(at, '<', (gsize)(end - at))) != NULL) {
        const char *next = skip_other(at, end);
        if (next != NULL) {
            at = next;
            continue;
        }
        const char *close = find_tag_end(at, end);
        if (close == NULL)
            return false;
        if (at[1] == '/') {
            if (rewrite->depth == 0)
                return false;
            rewrite->depth--;
        } else {
            const Span tag = {at + 1, close};
            visit(rewrite, &tag);
            if (rewrite->depth == MAX_DEPTH)
                return false;
            rewrite->path[rewrite->depth] = tag_name(tag.start, tag.end);
            rewrite->depth += close[-1] == '/' ? 0 : 1;
        }
        at = close + 1;
    }
    return rewrite->depth == 0;
}

static int
find_ours(const xmlNode *domain)
{
    const xmlNode *metadata = hd_xml_child(domain, "metadata");
    int index = -1;
    for (const xmlNode *node = metadata != NULL ? metadata->children : NULL; node != NULL;
         node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        index++;
        if (hd_xml_is(node, "devices", HD_XML_METADATA_URI))
            return index;
    }
    return -1;
}

static bool
is_same_wish(const HdWish *is, const HdWish *wanted)
{
    g_autofree char *vf = hd_vf_settings_format(&is->vf);
    g_autofree char *wanted_vf = hd_vf_settings_format(&wanted->vf);
    return is->kind == wanted->kind && hd_pci_address_equal(&is->address, &wanted->address) &&
           hd_uuid_equal(&is->uuid, &wanted->uuid) && is->managed == wanted->managed &&
           g_str_equal(vf, wanted_vf) && g_strcmp0(is->mapping, wanted->mapping) == 0 &&
           g_strcmp0(is->driver, wanted->driver) == 0 &&
           g_strcmp0(is->expected_id, wanted->expected_id) == 0 &&
           g_strcmp0(is->vgpu_type, wanted->vgpu_type) == 0 &&
           memcmp(&is->policy, &wanted->policy, sizeof is->policy) == 0;
}

static bool
asks_for(const GString *text, const HdRequest *request)
{
    g_autoptr(HdRequest) result = NULL;
    if (!hd_xml_domain_parse(text->str, text->len, &result, NULL) ||
        result->wishes->len != request->wishes->len)
        return false;
    for (guint i = 0; i < request->wishes->len; i++) {
        if (!is_same_wish(g_ptr_array_index(result->wishes, i),
                          g_ptr_array_index(request->wishes, i)))
            return false;
    }
    return true;
}

typedef GString HdRewritten;

static void
free_rewritten(HdRewritten *text)
{
    (void)g_string_free(text, TRUE);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdRewritten, free_rewritten)

bool
hd_xml_rewrite_find(const HdXmlRewriting *what, GString *changes, GError **ret_error)
{
    const char *bytes = what->bytes;
    g_autoptr(HdXmlDocument) document = NULL;
    g_autoptr(HdRewritten) text = NULL;
    if (!hd_xml_open(bytes, what->length, "domain", &document, ret_error))
        return false;
    Rewrite rewrite = {.moves = what->moves,
                       .ours = find_ours(xmlDocGetRootElement(document)),
                       .metadata_child = -1,
                       .source = bytes,
                       .changes = changes};
    if (!walk(&rewrite, bytes, bytes + what->length) ||
        !hd_xml_changes_apply(changes->str, bytes, what->length, what->moves, &text) ||
        !asks_for(text, what->request))
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "the domain XML is written in a way in which addresses can't be "
                            "replaced");
    return true;
}
