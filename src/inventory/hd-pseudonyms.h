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

/** Returns: (transfer full): one that knows no words of its own yet. */
HdPseudonyms *hd_pseudonyms_new(void);
void hd_pseudonyms_free(HdPseudonyms *pseudonyms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPseudonyms, hd_pseudonyms_free)

/** Makes @word (of two characters at least) be replaced wherever it stands alone, by "@kind-N". */
void hd_pseudonyms_add(HdPseudonyms *pseudonyms, const char *word, const char *kind);

/**
 * hd_pseudonyms_apply:
 * @with_words: whether the added words are replaced, too: a VM may be called "net", and so is a
 *   folder of sysfs
 *
 * Returns: (transfer full): @text with other UUIDs and other MAC addresses (the maker's part
 * stays).
 */
char *hd_pseudonyms_apply(HdPseudonyms *pseudonyms, const char *text, bool with_words);

#endif
