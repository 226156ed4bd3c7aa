/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MDEV_JSON_H
#define HD_MDEV_JSON_H

#include "hd-error.h"
#include "hd-mdev.h"

/**
 * hd_mdev_json_parse:
 * @text: an mdevctl definition: {"mdev_type": ..., "start": "auto"|"manual", "attrs": [{"n": "v"}]}
 * @source: where it is from, for messages
 * @uuid, @parent: what it is the definition of; copied
 * @ret_spec: (transfer full)
 *
 * Returns: false on %HD_ERROR_CONFIG: no JSON, or not what mdevctl(8) describes.
 */
bool hd_mdev_json_parse(const char *text, const char *source, const HdUuid *uuid,
                        const char *parent, HdMdevSpec **ret_spec, GError **ret_error);

/** Returns: (transfer full): the definition as mdevctl writes it, ending in a newline. */
char *hd_mdev_json_format(const HdMdevSpec *spec);

/** Returns: (transfer full): the attributes alone, as a callout answers "get attributes". */
char *hd_mdev_json_format_attributes(const GPtrArray *attributes);

#endif
