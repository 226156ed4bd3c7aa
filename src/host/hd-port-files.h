/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_FILES_H
#define HD_PORT_FILES_H

#include <glib.h>

/* The real port's whole files. See hd-port.h for each verb. */

/** Reads all of it, at most 8 MiB. Returns 0 or errno. */
int hd_port_files_load(int root, const char *path, GString **ret_bytes);

/** Replaces a file's content, atomically and synced. Returns 0 or errno. */
int hd_port_files_save(int root, const char *path, const char *text);

/** Unlinks, and syncs the folder. Returns 0 or errno. */
int hd_port_files_discard(int root, const char *path);

#endif
