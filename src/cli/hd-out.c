/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON on stdout, a line for each thing said.
 */
#include "hd-out.h"

#include <stdio.h>

#include "hd-text.h"

char *
hd_out_time(gint64 microseconds)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local(microseconds / G_USEC_PER_SEC);
    return moment != NULL ? g_date_time_format(moment, "%F %T") : g_strdup("?");
}

void
hd_out_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *shown = hd_text_printable(*line, HD_OUT_LONGEST);
        /* Behind the last newline there is no line. */
        if (line[1] != NULL || **line != '\0')
            (void)puts(shown);
    }
}

void
hd_out_json(const HdJson *json)
{
    g_autofree char *text = hd_json_print(json);
    (void)puts(text);
}

void
hd_out_json_text(HdJson *json, const char *name, const char *value)
{
    hd_json_name(json, name);
    hd_json_text(json, value);
}

void
hd_out_json_number(HdJson *json, const char *name, gint64 value)
{
    hd_json_name(json, name);
    hd_json_number(json, value);
}

void
hd_out_json_flag(HdJson *json, const char *name, gboolean value)
{
    hd_json_name(json, name);
    hd_json_flag(json, value);
}
