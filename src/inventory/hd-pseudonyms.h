/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PSEUDONYMS_H
#define HD_PSEUDONYMS_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdPseudonyms:
 * Other words for what tells whose machine it is: the same word always gets the same other one, so
 * that what belonged together still does.
 */
typedef struct HdPseudonyms HdPseudonyms;

/** Returns: (transfer full): one that has given no names yet. */
HdPseudonyms *hd_pseudonyms_new(void);
void hd_pseudonyms_free(HdPseudonyms *pseudonyms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPseudonyms, hd_pseudonyms_free)

/**
 * hd_pseudonyms_name:
 * @kind: what is called so: "vm"
 * @name: the whole of its name; the caller knows that it stands there as one
 *
 * Returns: (transfer none): "@kind-NNN", by order of first use; "" for "".
 */
const char *hd_pseudonyms_name(HdPseudonyms *pseudonyms, const char *kind, const char *name);

/** Returns: whether something of @kind called @name has been given another name. */
bool hd_pseudonyms_knows(const HdPseudonyms *pseudonyms, const char *kind, const char *name);

/**
 * hd_pseudonyms_apply:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): @text with other UUIDs, MAC addresses (the maker's part stays),
 * InfiniBand addresses and world-wide names, and other names below by-id: what is known by its form
 * wherever it stands.
 */
char *hd_pseudonyms_apply(HdPseudonyms *pseudonyms, const char *text);

#endif
