/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_TEMPLATE_H
#define HD_ONE_TEMPLATE_H

#include <stdbool.h>

#include "hd-imported-mapping.h"

/** Returns: whether @text is a template of OpenNebula, or a part of one, with a PCI attribute. */
bool hd_one_template_has_pci(const char *text);

/**
 * hd_one_template_convert:
 * @text: a template of OpenNebula or a part of one: NAME = "value" and NAME = [ A = "b", ... ]
 * @file: its name, for messages
 * @name: (nullable): of the mappings; NULL: the template's NAME
 * @ret_mappings: (transfer full) (element-type HdImportedMapping)
 *
 * Each PCI attribute becomes a mapping; when there are several their number is appended: NAME-0.
 *
 * Returns: false on %HD_ERROR_INPUT, with the line.
 */
bool hd_one_template_convert(const char *text, const char *file, const char *name,
                             GPtrArray **ret_mappings, GError **ret_error);

#endif
