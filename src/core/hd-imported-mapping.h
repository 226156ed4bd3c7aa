/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_IMPORTED_MAPPING_H
#define HD_IMPORTED_MAPPING_H

#include <glib.h>

/** HdImportedMapping: what another manager says of a set of devices, as a mapping of ours. */
typedef struct {
    char *name;
    char *text;       /* content of its file in mappings.d */
    GPtrArray *notes; /* of char*: what a person should know about the difference */
} HdImportedMapping;

/** Returns: (transfer full): a mapping without text and notes. */
HdImportedMapping *hd_imported_mapping_new(const char *name);
void hd_imported_mapping_free(HdImportedMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdImportedMapping, hd_imported_mapping_free)

/** Adds the note "NAME: VALUE WHAT". */
void hd_imported_mapping_note(HdImportedMapping *mapping, const char *value, const char *what);

#endif
