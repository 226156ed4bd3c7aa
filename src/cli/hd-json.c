/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Written in the order in which it is read, over jansson: the same library that reads
 * mdevctl's files.
 */
#include "hd-json.h"

#include <jansson.h>

#include "hd-text.h"

#define LONGEST 4096

struct HdJson {
    json_t *root;    /* (nullable) */
    GPtrArray *open; /* of json_t*, borrowed: what has been begun, the last on top */
    char *name;      /* (nullable): of the next value */
};

HdJson *
hd_json_new(void)
{
    HdJson *json = g_new0(HdJson, 1);
    json->open = g_ptr_array_new();
    return json;
}

void
hd_json_free(HdJson *json)
{
    if (json == NULL)
        return;
    json_decref(json->root);
    g_ptr_array_unref(json->open);
    g_free(json->name);
    g_free(json);
}

void
hd_json_name(HdJson *json, const char *name)
{
    g_free(json->name);
    json->name = g_strdup(name);
}

static void
add(HdJson *json, json_t *value)
{
    if (json->open->len == 0) {
        json->root = value;
        return;
    }
    json_t *parent = g_ptr_array_index(json->open, json->open->len - 1);
    if (json_is_array(parent))
        json_array_append_new(parent, value);
    else
        json_object_set_new(parent, json->name, value);
}

static void
begin(HdJson *json, json_t *value)
{
    add(json, value);
    g_ptr_array_add(json->open, value);
}

void
hd_json_begin_array(HdJson *json)
{
    begin(json, json_array());
}

void
hd_json_begin_object(HdJson *json)
{
    begin(json, json_object());
}

void
hd_json_end(HdJson *json)
{
    g_ptr_array_set_size(json->open, (gint)json->open->len - 1);
}

void
hd_json_text(HdJson *json, const char *value)
{
    json_t *text = value != NULL ? json_string(value) : json_null();
    if (text == NULL) {
        g_autofree char *printable = hd_text_printable(value, LONGEST);
        text = json_string(printable);
    }
    add(json, text);
}

void
hd_json_number(HdJson *json, gint64 value)
{
    add(json, json_integer(value));
}

void
hd_json_flag(HdJson *json, gboolean value)
{
    add(json, json_boolean(value));
}

/* All but ASCII is escaped: a terminal obeys C1 characters and marks that turn the reading around.
 */
char *
hd_json_print(const HdJson *json)
{
    char *text = json_dumps(json->root, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    char *copy = g_strdup(text);
    free(text);
    return copy;
}
