/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * OpenNebula's pci.conf is YAML as Ruby understands it. libyaml reads it; what a scalar
 * means (10:20 is a number, :filter a symbol) is decided here.
 */
#include "hd-one-yaml.h"

#include <string.h>
#include <yaml.h>

#include "hd-error.h"

#define MAX_DEPTH 32

typedef struct {
    yaml_parser_t parser;
    GError **ret_error;
} Reader;

void
hd_one_yaml_free(HdOneYaml *node)
{
    if (node == NULL)
        return;
    if (node->children != NULL)
        g_ptr_array_unref(node->children);
    g_free(node->text);
    g_free(node);
}

static void
free_child(gpointer child)
{
    hd_one_yaml_free(child);
}

static bool
matches_any(const char *text, const char *const *patterns)
{
    for (; *patterns != NULL; patterns++) {
        if (g_regex_match_simple(*patterns, text, G_REGEX_CASELESS | G_REGEX_RAW, 0))
            return true;
    }
    return false;
}

HdOneYamlKind
hd_one_yaml_plain_kind(const char *text)
{
    static const char *const nothing[] = {"^(~|null)?$", NULL};
    static const char *const denial[] = {"^(no|false|off)$", NULL};
    static const char *const other[] = {
        "^(yes|true|on)$",
        "^\\d{4}-\\d{1,2}-\\d{1,2}([T\\s]+\\d{1,2}:\\d\\d:\\d\\d.*)?$", /* a day, a time */
        "^[-+]?\\.inf$|^\\.nan$",
        "^[-+]?\\d[\\d_]*(:[0-5]?\\d){1,2}(\\.[\\d_]*)?$", /* to the base of sixty */
        "^[-+]?(\\d[\\d_,]*)?\\.\\d*(e[-+]\\d+)?$",
        "^[-+]?(0b[01_,]+|0[0-7_,]*|[1-9]([0-9]|[,_][0-9])*|0x[\\da-f_,]+)$",
        NULL,
    };
    if (matches_any(text, nothing))
        return HD_ONE_YAML_NULL;
    if (matches_any(text, denial))
        return HD_ONE_YAML_FALSE;
    if (text[0] == ':' && text[1] != '\0')
        return HD_ONE_YAML_SYMBOL;
    bool is_sign = g_str_equal(text, ".") || g_str_equal(text, "+.") || g_str_equal(text, "-.");
    return !is_sign && matches_any(text, other) ? HD_ONE_YAML_OTHER : HD_ONE_YAML_TEXT;
}

static HdOneYaml *
new_node(HdOneYamlKind kind)
{
    HdOneYaml *node = g_new0(HdOneYaml, 1);
    node->kind = kind;
    if (kind == HD_ONE_YAML_LIST || kind == HD_ONE_YAML_MAP)
        node->children = g_ptr_array_new_with_free_func(free_child);
    return node;
}

static bool
fail(Reader *reader, const char *problem)
{
    gsize line = reader->parser.mark.line + 1;
    return hd_error_set(reader->ret_error, HD_ERROR_CONFIG, "line %zu: %s", line, problem);
}

/* In quotes, or with the tag !!str, a scalar is what it says. */
static HdOneYaml *
scalar_of(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    const char *tag = (const char *)event->data.scalar.tag;
    bool is_text = event->data.scalar.quoted_implicit || g_strcmp0(tag, YAML_STR_TAG) == 0 ||
                   g_strcmp0(tag, "!str") == 0;
    HdOneYaml *node = new_node(is_text ? HD_ONE_YAML_TEXT : hd_one_yaml_plain_kind(text));
    gsize skip = node->kind == HD_ONE_YAML_SYMBOL ? 1 : 0;
    g_autofree char *bare = g_strdup(text + skip);
    gsize length = strlen(bare);
    bool is_quoted = skip > 0 && length > 1 && strchr("\"'", *bare) && bare[length - 1] == *bare;
    node->text = is_quoted ? g_strndup(bare + 1, length - 2) : g_steal_pointer(&bare);
    return node;
}

static bool read_node(Reader *reader, const yaml_event_t *event, guint depth, HdOneYaml **ret_node);

static bool
next_event(Reader *reader, yaml_event_t *ret_event)
{
    if (yaml_parser_parse(&reader->parser, ret_event))
        return true;
    const char *problem = reader->parser.problem;
    return fail(reader, problem != NULL ? problem : "not readable");
}

/* All nodes until the list or map ends. */
static bool
read_children(Reader *reader, HdOneYaml *parent, guint depth)
{
    while (true) {
        yaml_event_t event;
        HdOneYaml *child = NULL;
        if (!next_event(reader, &event))
            return false;
        bool is_end = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        bool is_read = is_end || read_node(reader, &event, depth, &child);
        yaml_event_delete(&event);
        if (is_end || !is_read)
            return is_read;
        g_ptr_array_add(parent->children, child);
    }
}

static const yaml_char_t *
tag_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.tag;
    return event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.tag
                                                    : event->data.mapping_start.tag;
}

static bool
read_node(Reader *reader, const yaml_event_t *event, guint depth, HdOneYaml **ret_node)
{
    g_autoptr(HdOneYaml) node = NULL;
    if (event->type == YAML_ALIAS_EVENT)
        return fail(reader, "aliases are not taken");
    const char *tag = (const char *)tag_of(event);
    if (tag != NULL && g_str_has_prefix(tag, "!ruby/"))
        return fail(reader, "Ruby's objects are not taken");
    if (depth > MAX_DEPTH)
        return fail(reader, "nested too deep");
    if (event->type == YAML_SCALAR_EVENT) {
        *ret_node = scalar_of(event);
        return true;
    }
    bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
    node = new_node(is_list ? HD_ONE_YAML_LIST : HD_ONE_YAML_MAP);
    if (!read_children(reader, node, depth + 1))
        return false;
    *ret_node = g_steal_pointer(&node);
    return true;
}

/* What begins the stream and the document leads to the first node. */
static bool
read_document(Reader *reader, HdOneYaml **ret_node)
{
    while (true) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        bool is_frame =
            event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT;
        bool is_read =
            event.type == YAML_STREAM_END_EVENT ? fail(reader, "there is nothing in it") : is_frame;
        if (!is_frame && event.type != YAML_STREAM_END_EVENT)
            is_read = read_node(reader, &event, 0, ret_node);
        yaml_event_delete(&event);
        if (!is_frame || !is_read)
            return is_read;
    }
}

/* A document that ends badly is bad as a whole. */
static bool
read_end(Reader *reader)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    yaml_event_delete(&event);
    return true;
}

bool
hd_one_yaml_parse(const char *text, gsize length, HdOneYaml **ret_node, GError **ret_error)
{
    Reader reader = {.ret_error = ret_error};
    g_autoptr(HdOneYaml) node = NULL;
    if (!yaml_parser_initialize(&reader.parser))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "libyaml has no memory");
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
    bool is_read = read_document(&reader, &node) && read_end(&reader);
    yaml_parser_delete(&reader.parser);
    if (is_read)
        *ret_node = g_steal_pointer(&node);
    return is_read;
}

const HdOneYaml *
hd_one_yaml_get(const HdOneYaml *node, const char *key)
{
    const HdOneYaml *value = NULL;
    for (guint i = 0; node->kind == HD_ONE_YAML_MAP && i + 1 < node->children->len; i += 2) {
        const HdOneYaml *name = g_ptr_array_index(node->children, i);
        if (name->kind == HD_ONE_YAML_SYMBOL && g_str_equal(name->text, key))
            value = g_ptr_array_index(node->children, i + 1);
    }
    return value;
}
