/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMDLINE_H
#define HD_CMDLINE_H

#include <glib.h>
#include <stdbool.h>

/*
 * A kernel command line: words apart by blanks, of which double quotes may hold some
 * (Documentation/admin-guide/kernel-parameters.rst). '-' and '_' are the same in names.
 */

/** Returns: (transfer full) (element-type utf8): its words, as they are written. */
GPtrArray *hd_cmdline_words(const char *line);

/** Returns: whether the word @name, or @name=VALUE, is there. */
bool hd_cmdline_has(const char *line, const char *name);

/** Returns: (transfer full) (nullable): the last VALUE of @name=VALUE, which counts for most. */
char *hd_cmdline_value(const char *line, const char *name);

/** Returns: whether the number of huge pages, or their size, is there. @size: "hugepagesz=1G" */
bool hd_cmdline_has_hugepages(const char *line, const char *size);

/**
 * hd_cmdline_set:
 * @text: a command line
 * @wanted: NULL-terminated words: "intel_iommu=on"; "hugepagesz=1G" is followed by its "hugepages="
 *
 * Returns: (transfer full): @text with each word of @wanted: in the place of one with the same name
 * where there is one, else at the end, or before a last word whose quote does not end; a
 * number of huge pages in the place of one of that size, however it is written. Everything else
 * stays as it is written, blanks too.
 */
char *hd_cmdline_set(const char *text, const char *const *wanted);

#endif
