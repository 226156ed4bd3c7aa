/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_OPEN_H
#define HD_PORT_OPEN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "hd-port.h"

/* How the real port opens: whom a file has to belong to depends on what it is. */

/** HdPortTrust: what a path is to the machine that we run on. */
typedef enum {
    HD_PORT_PLAIN,     /* anybody's, or of another root than "/": a regular file */
    HD_PORT_ATTRIBUTE, /* below /sys: comes whole with one read */
    HD_PORT_STATE,     /* below /run/hostdevctl: ours, and no link */
    HD_PORT_SETTINGS,  /* below /etc/hostdevctl: may be a link, but to what only root writes */
} HdPortTrust;

/** Returns: what @path is. @is_machine: the root is "/". */
HdPortTrust hd_port_open_trust(const char *path, bool is_machine);

/**
 * Opens for reading. Returns 0 or errno; EPERM: others could have written it; EMEDIUMTYPE: it is no
 * regular file, and nothing was opened.
 */
int hd_port_open_read(int root, const char *path, HdPortTrust trust, int *ret_fd);

/**
 * hd_port_open_place:
 * @place: found, and not opened (O_PATH)
 *
 * Opens the regular file there for reading. Returns 0 or errno; EISDIR, EMEDIUMTYPE: it is none.
 */
int hd_port_open_place(int place, int *ret_fd);

/**
 * hd_port_open_write:
 * Opens an attribute for one write. On the machine itself what is below sys/ has to be sysfs.
 *
 * Returns: 0 or errno; EMEDIUMTYPE: it is another file system.
 */
int hd_port_open_write(int root, const char *path, bool is_machine, int *ret_fd);

/**
 * hd_port_open_node:
 * Opens a device node by place, not by content, so that nothing happens to the device.
 *
 * Returns: 0 or errno; ENXIO: it is no node.
 */
int hd_port_open_node(int root, const char *path, bool is_machine, int *ret_fd,
                      struct stat *ret_status);

/**
 * hd_port_open_check_node:
 * @device: of the node at @path, "dev/..."
 *
 * Returns: whether the kernel has made that node for a device by that name: /sys/dev/char knows.
 */
bool hd_port_open_check_node(int root, const char *path, dev_t device);

#endif
