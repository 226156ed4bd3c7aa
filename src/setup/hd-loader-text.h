/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_LOADER_TEXT_H
#define HD_LOADER_TEXT_H

#include <glib.h>
#include <stdbool.h>

/*
 * The kernel command line in the files where boot loaders keep it. Each function returns the whole
 * file (transfer full) with @words set as hd_cmdline_set() does; all else stays to the byte.
 */

/**
 * /etc/default/grub: in GRUB_CMDLINE_LINUX if that is assigned, which holds for all entries; else
 * in GRUB_CMDLINE_LINUX_DEFAULT; else as a new assignment at the end. Quotes stay as they are. A
 * value that only a shell can read stays too: a new assignment adds to it.
 */
char *hd_loader_set_grub(const char *text, const char *const *words);

/**
 * /etc/default/grub: only where one of its variables has a word with the name of one of @words, and
 * another value: that becomes the wanted one, since what is said later would not undo it.
 */
char *hd_loader_correct_grub(const char *text, const char *const *words);

/** Returns: whether an entry of the Boot Loader Specification starts a Linux kernel. */
bool hd_loader_is_linux_entry(const char *text);

/** Returns: (transfer full): the words that /etc/default/grub gives to a normal entry. */
char *hd_loader_grub_line(const char *text);

/** A file of /etc/default/grub.d: our own, appending to GRUB_CMDLINE_LINUX. NULL: nothing to add.
 */
char *hd_loader_grub_drop_in(const char *const *words);

/** An entry of the Boot Loader Specification: in its last "options" line, or in a new one. */
char *hd_loader_set_entry(const char *text, const char *const *words);

/** /etc/kernel/cmdline: its first lines that are no comments, as one; those behind a later comment
    are only corrected. */
char *hd_loader_set_cmdline(const char *text, const char *const *words);

#endif
