/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_UUID_H
#define HD_UUID_H

#include <stdbool.h>

/**
 * HdUuid:
 * A UUID in the only form we compare and store: 36 characters, lower case. The
 * kernel lower-cases mdev UUIDs too. An all-empty text means "none".
 */
typedef struct {
    char text[37];
} HdUuid;

/**
 * hd_uuid_parse:
 * @text: 8-4-4-4-12 hexadecimal digits, any case, nothing around them
 * @ret_uuid: the canonical form; untouched on failure
 *
 * Returns: whether @text is a UUID.
 */
bool hd_uuid_parse(const char *text, HdUuid *ret_uuid);

/** Returns: whether both are the same UUID. */
bool hd_uuid_equal(const HdUuid *a, const HdUuid *b);

#endif
