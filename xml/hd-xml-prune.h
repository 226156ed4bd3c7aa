/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_PRUNE_H
#define HD_XML_PRUNE_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"

/** Returns: (transfer full): what is to be shown in place of @name, that of a @kind: "vm",
 * "mapping". */
typedef char *(*HdXmlRename)(const char *kind, const char *name, gpointer data);

/**
 * hd_xml_prune:
 * @bytes, @length: domain XML, or a file of libvirt's live status
 * @rename: called with @data for each name that somebody has given and that has to stay
 * @ret_text: (transfer full): the same VM with nothing in it but what we read: who it is, its
 * memory, the devices of the host that it has, our metadata
 *
 * For a text that is to be shown to others. Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_prune(const char *bytes, gsize length, HdXmlRename rename, gpointer data,
                  char **ret_text, GError **ret_error);

#endif
