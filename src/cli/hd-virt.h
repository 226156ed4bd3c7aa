/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VIRT_H
#define HD_VIRT_H

#include <glib.h>
#include <stdbool.h>

/**
 * hd_virt_domain_xml:
 * @uri: (nullable): libvirt to ask; NULL: qemu:///system
 * @domain: name or uuid
 * @ret_xml: (transfer full): its definition, as the next start would use it
 *
 * Returns: false on %HD_ERROR_INPUT: no libvirt there, or no such domain.
 */
bool hd_virt_domain_xml(const char *uri, const char *domain, char **ret_xml, GError **ret_error);

/**
 * HdVirtChange:
 * @xml: a domain's definition
 * @ret_xml: (transfer full) (nullable): what it is to be instead; NULL: it stays
 */
typedef bool (*HdVirtChange)(const char *xml, gpointer data, char **ret_xml, GError **ret_error);

/**
 * hd_virt_domain_change:
 * Has @change write the definition of @domain anew, passwords included, and defines it so. A
 * running domain has it at its next start.
 *
 * Returns: false on %HD_ERROR_INPUT, or what @change says.
 */
bool hd_virt_domain_change(const char *uri, const char *domain, HdVirtChange change, gpointer data,
                           GError **ret_error);

#endif
