/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_YAML_H
#define HD_ONE_YAML_H

#include <glib.h>
#include <stdbool.h>

/** HdOneYamlKind: what Ruby's YAML (Psych) makes of a node; only what a configuration can hold. */
typedef enum {
    HD_ONE_YAML_NULL,
    HD_ONE_YAML_FALSE,
    HD_ONE_YAML_OTHER,  /* a number, true, a date: its text equals no string */
    HD_ONE_YAML_SYMBOL, /* :name */
    HD_ONE_YAML_TEXT,
    HD_ONE_YAML_LIST,
    HD_ONE_YAML_MAP,
} HdOneYamlKind;

/** HdOneYaml: a node of a document. */
typedef struct {
    HdOneYamlKind kind;
    char *text;          /* of scalars, as it is written; of a symbol without its colon */
    GPtrArray *children; /* of HdOneYaml*: of a list; of a map keys and values in turn */
} HdOneYaml;

void hd_one_yaml_free(HdOneYaml *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdOneYaml, hd_one_yaml_free)

/**
 * hd_one_yaml_parse:
 * @text: YAML, @length bytes; the first document counts
 * @ret_node: (transfer full): that document
 *
 * Aliases, Ruby objects and nesting deeper than 32 are errors, as is an empty text.
 *
 * Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_one_yaml_parse(const char *text, gsize length, HdOneYaml **ret_node, GError **ret_error);

/**
 * Returns: what Psych takes @text for when it stands without quotes: with a number, a date or a
 * word such as "no", what people type is not what they get.
 */
HdOneYamlKind hd_one_yaml_plain_kind(const char *text);

/** Returns: (transfer none) (nullable): the last value under the symbol @key of the map @node. */
const HdOneYaml *hd_one_yaml_get(const HdOneYaml *node, const char *key);

#endif
