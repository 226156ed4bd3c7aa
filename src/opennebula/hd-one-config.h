/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_CONFIG_H
#define HD_ONE_CONFIG_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdOneWords: what a key allows. OpenNebula's probe asks "include?" of it: a list has the word, a
 * string that stands alone contains it.
 */
typedef struct {
    GPtrArray *words;  /* of char* */
    GPtrArray *others; /* of char*: numbers and the like, which equal no word */
    char *phrase;      /* (nullable): instead, a string alone */
} HdOneWords;

/** HdOneConfig: what pci.conf asks for. */
typedef struct {
    GPtrArray *filters;       /* (nullable): of char*: filters of lspci -d; NULL: every device */
    HdOneWords short_address; /* empty: any */
    GPtrArray *device_names;  /* of char*: regular expressions; empty: any */
    HdOneWords nvidia_vendors;
} HdOneConfig;

void hd_one_config_free(HdOneConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdOneConfig, hd_one_config_free)

/**
 * hd_one_config_parse:
 * @text: content of pci.conf, @length bytes: a map with any of :filter, :short_address,
 * :device_name and :nvidia_vendors; what lacks has OpenNebula's default (no device; any; any; 10de)
 * @ret_config: (transfer full)
 *
 * A key without a value (nil) asks for nothing: every device for :filter, an empty list for the
 * others. Where a list is wanted a value alone is one.
 *
 * Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_one_config_parse(const char *text, gsize length, HdOneConfig **ret_config,
                         GError **ret_error);

/** Returns: whether nothing is in @words. */
bool hd_one_words_is_empty(const HdOneWords *words);

/** Returns: whether @words allow @word. */
bool hd_one_words_has(const HdOneWords *words, const char *word);

#endif
