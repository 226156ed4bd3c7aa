/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TOOL_H
#define HD_TOOL_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"

/**
 * hd_tool_run:
 * @command: a program of the system's usual folders and its arguments, apart by blanks
 * @ret_output: (transfer full): both of its streams
 *
 * Returns: false on %HD_ERROR_INPUT: it isn't there, or it failed; the message has its last line.
 */
bool hd_tool_run(const char *command, char **ret_output, GError **ret_error);

/**
 * hd_tool_diff:
 * @before: (nullable): NULL: there is no such file
 * @after: (nullable): likewise
 *
 * Returns: (transfer full): the change of the file @path as diff(1) shows it, unified.
 */
char *hd_tool_diff(const char *path, const char *before, const char *after);

#endif
