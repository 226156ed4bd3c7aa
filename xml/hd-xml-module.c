/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parser's functions in one table, as hd-xml-apart.c wants them.
 */
#include "hd-xml-domain.h"
#include "hd-xml-late.h"
#include "hd-xml-nodedev.h"
#include "hd-xml-one.h"
#include "hd-xml-prune.h"
#include "hd-xml-rewrite.h"
#include "hd-xml-status.h"

__attribute__((visibility("default"))) extern const HdXmlLate hd_xml_reader;

const HdXmlLate hd_xml_reader = {
    .parse = hd_xml_domain_parse,
    .find_changes = hd_xml_rewrite_find,
    .read_one = hd_xml_one_read,
    .read_status = hd_xml_status_parse,
    .read_mdev = hd_xml_nodedev_parse_mdev,
    .prune = hd_xml_prune,
};
