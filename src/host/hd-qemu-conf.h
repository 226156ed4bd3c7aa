/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_QEMU_CONF_H
#define HD_QEMU_CONF_H

#include "hd-error.h"
#include "hd-port.h"

/** HdQemuConf: what libvirt's qemu.conf says of who owns device nodes. */
typedef struct {
    char *user;  /* (nullable) */
    char *group; /* (nullable) */
    bool dynamic_ownership;
} HdQemuConf;

void hd_qemu_conf_clear(HdQemuConf *conf);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdQemuConf, hd_qemu_conf_clear)

/**
 * hd_qemu_conf_parse:
 * @text: content of qemu.conf; see hd-virconf.h. What is said first counts.
 *
 * Returns: false on %HD_ERROR_CONFIG, with the line.
 */
bool hd_qemu_conf_parse(const char *text, HdQemuConf *ret_conf, GError **ret_error);

/**
 * hd_qemu_conf_node_owner:
 * Who has to own VFIO nodes on this host: only where dynamic_ownership = 0, since otherwise
 * libvirt sets owners itself.
 */
bool hd_qemu_conf_node_owner(HdPort *port, bool *ret_applies, guint *ret_uid, guint *ret_gid,
                             GError **ret_error);

#endif
