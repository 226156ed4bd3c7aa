/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TEXT_H
#define HD_TEXT_H

#include <glib.h>
#include <stdbool.h>

/**
 * hd_text_printable:
 * @text: (nullable): anything from outside: a VM name, a mount point, a process name
 * @max_chars: characters kept; longer text ends in "..."
 *
 * Returns: (transfer full): @text fit for one line of a log or terminal: control
 * characters, bidi marks and invalid bytes become \xNN or \uNNNN.
 */
char *hd_text_printable(const char *text, gsize max_chars);

/** Returns: (transfer full): "key=value" with @value percent-escaped for our line formats. */
char *hd_text_pair(const char *key, const char *value);

/** Appends " key=value", as hd_text_pair() makes it, to @line; nothing if @value is NULL. */
void hd_text_append_pair(GString *line, const char *key, const char *value);

/**
 * hd_text_value:
 * @tokens: NULL-terminated words of a line
 * @key: the wanted key
 *
 * Returns: (transfer full) (nullable): the unescaped value of the first "key=..." word.
 */
char *hd_text_value(char *const *tokens, const char *key);

/** Reads the number under @key into @ret_number; untouched and false when absent or no number. */
bool hd_text_number(char *const *tokens, const char *key, guint64 *ret_number);

/**
 * hd_text_unsigned:
 * Reads @text, which is a number from @least to @most to the last character, in digits of @base and
 * nothing else: no blanks of any kind, no sign, no prefix.
 *
 * Returns: false and @ret_number untouched when it is not.
 */
bool hd_text_unsigned(const char *text, guint base, guint64 least, guint64 most,
                      guint64 *ret_number);

/** Returns: (transfer full): @body as a line, sealed with a checksum, so that a torn one is known.
 */
char *hd_text_seal(const char *body);

/** Returns: (transfer none) (nullable): the body within @line; NULL when its seal is broken. */
const char *hd_text_unseal(const char *line);

/** Returns: whether @text is "vvvv:dddd", a PCI vendor and device in hex digits of either case. */
bool hd_text_is_device_id(const char *text);

/** Returns: whether @text is 1..@most bytes of UTF-8 without control characters. */
bool hd_text_is_plain(const char *text, gsize most);

/** Returns: whether @name is 1..64 of [A-Za-z0-9_.-] and not "." or "..": safe as a path component.
 */
bool hd_text_is_name(const char *name);

#endif
