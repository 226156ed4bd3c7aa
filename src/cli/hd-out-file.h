/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_OUT_FILE_H
#define HD_OUT_FILE_H

#include <glib.h>
#include <stdbool.h>

/**
 * hd_out_file:
 * @path: where a person wants a file
 * @may_replace: a plain file that is there may go
 *
 * Writes the file whole or not at all, and synced; mode 0644. What is no plain file is never
 * replaced.
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_out_file(const char *path, const void *bytes, gsize size, bool may_replace,
                 GError **ret_error);

#endif
