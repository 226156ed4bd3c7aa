/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_OUT_H
#define HD_OUT_H

#include <glib.h>

#include "hd-json.h"

/** Returns: (transfer full): the moment @microseconds since 1970 in local time, to the second. */
char *hd_out_time(gint64 microseconds);

/** At most so much of one line is shown, in characters. */
#define HD_OUT_LONGEST 4096

/** Prints the lines of @text on stdout; what would be a command to a terminal is spelled out. */
void hd_out_lines(const char *text);

/** Prints @json on stdout, indented, and ends the line. */
void hd_out_json(const HdJson *json);

/** Adds "name": value, with null for NULL. */
void hd_out_json_text(HdJson *json, const char *name, const char *value);
/** Adds "name": number. */
void hd_out_json_number(HdJson *json, const char *name, gint64 value);
/** Adds "name": true or false. */
void hd_out_json_flag(HdJson *json, const char *name, gboolean value);

#endif
