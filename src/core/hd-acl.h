/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ACL_H
#define HD_ACL_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"

/**
 * HdAcl:
 * libvirt's cgroup_device_acl: which nodes of /dev QEMU may open. Setting it replaces libvirt's
 * own list, and what a <hostdev> needs is added by libvirt in any case, so most hosts need none.
 */
typedef struct {
    bool is_active;   /* qemu.conf sets it */
    GPtrArray *nodes; /* of char*: what is in force: the list that is set, or libvirt's own */
} HdAcl;

void hd_acl_free(HdAcl *acl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdAcl, hd_acl_free)

/**
 * hd_acl_read:
 * @text: content of qemu.conf
 * @libvirt: libvirt's version, major * 1000 + minor; 0: unknown
 * @ret_acl: (transfer full): of the first assignment, as for libvirt. Where there is none,
 *   libvirt's own list: as the file's commented sample has it, else that of its version.
 *
 * Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_acl_read(const char *text, guint libvirt, HdAcl **ret_acl, GError **ret_error);

/** Returns: whether @node is in the list. */
bool hd_acl_has(const HdAcl *acl, const char *node);

/**
 * hd_acl_add:
 * @nodes: (element-type utf8): paths below /dev
 * @ret_text: (transfer full) (nullable): @text with those of @nodes added that lack; NULL if none
 *   does. A list that is set keeps its comments, order and entries. Where none is set, one is put
 *   below the commented sample or at the end, and begins with libvirt's own list.
 *
 * Returns: false on %HD_ERROR_CONFIG, %HD_ERROR_INPUT for what is no node's path.
 */
bool hd_acl_add(const char *text, guint libvirt, const GPtrArray *nodes, char **ret_text,
                GError **ret_error);

#endif
