/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parser as a module: the functions that hd-xml-late.c stands in for.
 */
#include "hd-xml-domain.h"
#include "hd-xml-late.h"
#include "hd-xml-one.h"
#include "hd-xml-rewrite.h"

__attribute__((visibility("default"))) extern const HdXmlLate hd_xml_late;

const HdXmlLate hd_xml_late = {
    .parse = hd_xml_domain_parse,
    .identify = hd_xml_domain_identity,
    .rewrite = hd_xml_rewrite,
    .read_one = hd_xml_one_read,
};
