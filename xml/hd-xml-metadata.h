/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_METADATA_H
#define HD_XML_METADATA_H

#include <libxml/tree.h>

#include "hd-request.h"

/** The namespace of our one element under <metadata>. */
#define HD_XML_METADATA_URI "urn:hostdevctl:domain:1"

/**
 * hd_xml_metadata_read:
 * @metadata: (nullable): the domain's <metadata>
 * @request: gets the wishes of our <devices> element (grammar: xml/metadata.rng) put onto it.
 *           Beyond the grammar, each <pci> must be about another device, and one that the VM has
 *
 * Strict: what isn't known is an error that names it, since a wish that is silently ignored is
 * found out too late. Metadata of other programs is not looked at.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_xml_metadata_read(const xmlNode *metadata, HdRequest *request, GError **ret_error);

#endif
