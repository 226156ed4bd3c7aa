/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_FILES_H
#define HD_PORT_FILES_H

#include <glib.h>
#include <stdbool.h>

#include "hd-port-open.h"

/* The real port's whole files. See hd-port.h for each verb. */

/** Reads all of it, at most 8 MiB; of an attribute what one read gives. Returns 0 or errno. */
int hd_port_files_load(int root, const char *path, HdPortTrust trust, GString **ret_bytes);

/** Writes an attribute, as hd_port_open_write() opens it, with one write. Returns 0 or errno. */
int hd_port_files_write(int root, const char *path, bool is_machine, const char *text);

/** Keeps the lines that begin with @prefix. Returns 0 or errno. (see hd_port_read_lines()) */
int hd_port_files_read_lines(int root, const char *path, HdPortTrust trust, const char *prefix,
                             char **ret_text);

/** What is known of the file that @path leads to. Returns 0 or errno. */
int hd_port_files_get(int root, const char *path, HdFileState *ret_state);

/** Makes a text of what was read: NULs, which separate fields in /proc, become blanks; one newline
    at the end is taken off. */
void hd_port_files_make_text(GString *text);

/** Names in a folder, sorted; @only_folders: of the folders in it. Returns 0 or
    errno: all of them or none. */
int hd_port_files_list(int root, const char *path, bool only_folders, GPtrArray **ret_names);

/** Replaces a file's content, atomically and synced. Returns 0 or errno. */
int hd_port_files_save(int root, const char *path, const char *text);

/** Unlinks, and syncs the folder. Returns 0 or errno. */
int hd_port_files_discard(int root, const char *path);

#endif
