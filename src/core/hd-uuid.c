/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * VM and mdev UUIDs become file names and sysfs names, so they are brought to
 * one canonical form before anything else sees them.
 */
#include "hd-uuid.h"

#include <glib.h>
#include <string.h>

bool
hd_uuid_parse(const char *text, HdUuid *ret_uuid)
{
    if (text == NULL || strlen(text) != 36)
        return false;
    HdUuid uuid = {""};
    for (gsize i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !g_ascii_isxdigit(text[i]))
            return false;
        uuid.text[i] = g_ascii_tolower(text[i]);
    }
    *ret_uuid = uuid;
    return true;
}

bool
hd_uuid_equal(const HdUuid *a, const HdUuid *b)
{
    return strcmp(a->text, b->text) == 0;
}
