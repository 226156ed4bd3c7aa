/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_JSON_H
#define HD_JSON_H

#include <glib.h>

/**
 * HdJson:
 * JSON in the making: values go into the array or object that was begun last; in an object each is
 * named first.
 */
typedef struct HdJson HdJson;

/** Returns: (transfer full): nothing yet. */
HdJson *hd_json_new(void);
void hd_json_free(HdJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdJson, hd_json_free)

/** Names the next value of an object. */
void hd_json_name(HdJson *json, const char *name);

/** Begins a value of that kind; what follows goes into it until hd_json_end(). */
void hd_json_begin_array(HdJson *json);
void hd_json_begin_object(HdJson *json);
/** Ends what was begun last. */
void hd_json_end(HdJson *json);

/** Adds a text, or null for NULL. Bytes that are no UTF-8 are made printable. */
void hd_json_text(HdJson *json, const char *value);
/** Adds a number. */
void hd_json_number(HdJson *json, gint64 value);
/** Adds true or false. */
void hd_json_flag(HdJson *json, gboolean value);

/** Returns: (transfer full): the whole as text, indented, without a last newline. */
char *hd_json_print(const HdJson *json);

#endif
