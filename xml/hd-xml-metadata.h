/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_METADATA_H
#define HD_XML_METADATA_H

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "hd-request.h"

/** The namespace of our only element below <metadata>, <devices>. */
#define HD_XML_METADATA_NS "urn:hostdevctl:domain:1"

/**
 * hd_xml_metadata_apply:
 * @domain: the root element of domain XML
 * @request: the wishes of its devices; our metadata adds to them
 *
 * The grammar is metadata.rng. Beyond it, each `pci` entry must name another device, and one
 * that the domain has. Metadata of other programs is not looked at.
 *
 * Returns: false on %HD_ERROR_INPUT, also for anything unknown; @request is of no use then.
 */
bool hd_xml_metadata_apply(const xmlNode *domain, HdRequest *request, GError **ret_error);

#endif
