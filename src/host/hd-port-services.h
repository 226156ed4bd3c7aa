/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_SERVICES_H
#define HD_PORT_SERVICES_H

#include <glib.h>
#include <stdbool.h>

/* What the real port asks other programs and libc for. Errors are errno values; see hd-port.h. */

/** Runs `modprobe -b MODULE`. Returns 0, EINVAL for a bad name, ENOENT when it failed. */
int hd_port_services_load_module(const char *module);

/** Unloads @module, and only it. Returns 0, EINVAL for a bad name, or the kernel's errno. */
int hd_port_services_unload_module(const char *module);

/** Runs `systemctl start|stop UNIT`. Returns 0, EINVAL for a bad name, ENOENT when it failed. */
int hd_port_services_set_unit(const char *unit, bool is_active);

/** Runs `udevadm settle`, at most @deadline_ms (rounded up to seconds). Returns: whether udev has
    come to an end. */
bool hd_port_services_settle(guint deadline_ms);

/** @ret_addresses: (transfer full): IP addresses of @interface, link-local IPv6 left out. */
int hd_port_services_addresses(const char *interface, GPtrArray **ret_addresses);

/** Looks @user and @group up in etc/passwd and etc/group below @root,
    whose links stay within it; "+N" and "N" are ids. */
int hd_port_services_find_owner(int root, const char *user, const char *group, guint *ret_uid,
                                guint *ret_gid);

#endif
