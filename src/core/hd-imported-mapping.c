/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mappings of other managers have this in common: a name, our words for it, and what our
 * words can't say.
 */
#include "hd-imported-mapping.h"

#include "hd-text.h"

HdImportedMapping *
hd_imported_mapping_new(const char *name)
{
    HdImportedMapping *mapping = g_new0(HdImportedMapping, 1);
    mapping->name = g_strdup(name);
    mapping->notes = g_ptr_array_new_with_free_func(g_free);
    return mapping;
}

void
hd_imported_mapping_free(HdImportedMapping *mapping)
{
    if (mapping == NULL)
        return;
    g_free(mapping->name);
    g_free(mapping->text);
    g_ptr_array_unref(mapping->notes);
    g_free(mapping);
}

void
hd_imported_mapping_note(HdImportedMapping *mapping, const char *value, const char *what)
{
    g_autofree char *shown = hd_text_printable(value, 64);
    g_ptr_array_add(mapping->notes, g_strdup_printf("%s: %s %s", mapping->name, shown, what));
}
