/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_LOCAL_H
#define HD_FAKE_LOCAL_H

#include "hd-fake.h"

/* Words for USB devices, ports and huge pages, and the model behind the last. */

/** HdFakeUsb: one USB device to plug in. */
typedef struct {
    const char *port; /* "1-2" */
    guint bus, device;
    guint vendor, product;
    const char *name;
    bool is_hub, is_keyboard;
    const char *disk; /* (nullable): "sdu" */
    const char *tty;  /* (nullable): "ttyUSB0" */
} HdFakeUsb;

/** Plugs a USB device in. Its nodes belong to root, the port's to group 20. */
void hd_fake_add_usb(HdFake *fake, const HdFakeUsb *usb);
/** Pulls the device at @port, with its nodes. */
void hd_fake_remove_usb(HdFake *fake, const char *port);

/** Adds a serial port of the board: "ttyS1". */
void hd_fake_add_tty(HdFake *fake, const char *name);

/** HdFakePages: the pools of a fake. */
typedef struct HdFakePages HdFakePages;
HdFakePages *hd_fake_pages_new(void);
void hd_fake_pages_free(HdFakePages *pages);

/** Gives the host huge pages of @size_kb, none so far, on @node_count NUMA nodes. */
void hd_fake_add_pages(HdFake *fake, guint64 size_kb, guint node_count);

/**
 * From now on @node has @free_kb of memory in large pieces, and @scattered_kb that become such when
 * it is compacted.
 */
void hd_fake_set_memory(HdFake *fake, guint node, guint64 free_kb, guint64 scattered_kb);

/** A process takes free pages into use, or (@count negative) lets go of some. */
void hd_fake_use_pages(HdFake *fake, guint64 size_kb, guint node, int count);

/** Mappings have so many pages reserved and not touched. */
void hd_fake_reserve_pages(HdFake *fake, guint64 size_kb, guint64 count);

/** Returns: pages there are on @node, or on all (-1); surplus included. */
guint64 hd_fake_pages_nr(HdFake *fake, guint64 size_kb, int node);
/** Returns: free ones. */
guint64 hd_fake_pages_idle(HdFake *fake, guint64 size_kb, int node);

/**
 * What the kernel does and answers when @text is written to @path.
 * Returns: whether @path is a file of huge pages at all; *ret_error is only then set.
 */
bool hd_fake_pages_store(HdFake *fake, const char *path, const char *text, int *ret_error);

/** Appends the lines of huge pages to a hd_fake_dump(). */
void hd_fake_pages_dump(HdFake *fake, GString *text);

#endif
