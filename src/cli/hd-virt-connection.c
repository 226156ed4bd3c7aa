/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way to libvirt's daemon, and what it says when it fails.
 */
#include "hd-virt-connection.h"

#include <libvirt/virterror.h>

#include "hd-error.h"

static void
stay_quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

bool
hd_virt_fail(GError **ret_error, const char *what)
{
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s: %s", what, virGetLastErrorMessage());
}

bool
hd_virt_connect(const char *uri, bool is_reader, virConnectPtr *ret_connection, GError **ret_error)
{
    const char *place = uri != NULL ? uri : "qemu:///system";
    virSetErrorFunc(NULL, stay_quiet);
    virConnectPtr connection = is_reader ? virConnectOpenReadOnly(place) : virConnectOpen(place);
    if (connection == NULL)
        return hd_virt_fail(ret_error, "can't reach libvirt");
    *ret_connection = connection;
    return true;
}

void
hd_virt_disconnect(HdVirtConnection *connection)
{
    (void)virConnectClose(connection);
}
