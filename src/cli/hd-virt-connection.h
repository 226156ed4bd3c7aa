/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VIRT_CONNECTION_H
#define HD_VIRT_CONNECTION_H

#include <glib.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>

/**
 * hd_virt_connect:
 * @uri: (nullable): libvirt to ask; NULL: qemu:///system
 * @is_reader: whether it is only read, which needs fewer rights
 * @ret_connection: (transfer full): closed by virConnectClose(), or as HdVirtConnection
 *
 * From then on libvirt prints no errors by itself.
 *
 * Returns: false on %HD_ERROR_INPUT: no libvirt there.
 */
bool hd_virt_connect(const char *uri, bool is_reader, virConnectPtr *ret_connection,
                     GError **ret_error);

/** Sets libvirt's last error, of @what, as %HD_ERROR_INPUT. Returns: false. */
bool hd_virt_fail(GError **ret_error, const char *what);

/** HdVirtConnection: libvirt's own, under a name that can be cleaned up. */
typedef virConnect HdVirtConnection;
/** Closes @connection. */
void hd_virt_disconnect(HdVirtConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVirtConnection, hd_virt_disconnect)

#endif
