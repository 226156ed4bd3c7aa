/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DISK_H
#define HD_DISK_H

#include "hd-fake.h"

/**
 * HdDisk:
 * What has been done to files of ours, in order, so that a test can say how much of it a power
 * loss lets survive. What hd_port_save() and hd_port_discard() have said yes to is synced and
 * always survives; journals, hints and locks are said to survive in any selection: more than any
 * file system would allow. The ledger of huge pages never does: it has no boot id, since it counts
 * on /run being in memory.
 */
typedef struct HdDisk HdDisk;

/** Returns: (transfer full): a disk that writes down what is done on @fake from now on. */
HdDisk *hd_disk_new(HdFake *fake);
void hd_disk_free(HdDisk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdDisk, hd_disk_free)

/** Append number @number (from 1) writes @bytes of its text, and then the process is dead. */
void hd_disk_tear(HdDisk *disk, guint number, gsize bytes);

/** Returns: how many operations there are; how many appends; the text of append @number. */
guint hd_disk_operations(const HdDisk *disk);
guint hd_disk_appends(const HdDisk *disk);
const char *hd_disk_append_text(const HdDisk *disk, guint number);

/**
 * hd_disk_restore:
 * @keep: asked for each operation below run/; NULL: run/ is empty, as after every boot
 *
 * Makes the files on @fake, another host, what they are after a power loss.
 */
void hd_disk_restore(const HdDisk *disk, HdFake *fake, bool (*keep)(guint number, gpointer data),
                     gpointer data);

#endif
