/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only file that talks to libvirt. The hook must never do so: libvirt waits for
 * the hook.
 */
#include "hd-virt.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>

#include "hd-error.h"

static void
stay_quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static bool
fail(GError **ret_error, const char *what)
{
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s: %s", what, virGetLastErrorMessage());
}

static bool
read_xml(virConnectPtr connection, const char *domain, char **ret_xml, GError **ret_error)
{
    virDomainPtr found = virDomainLookupByName(connection, domain);
    if (found == NULL)
        found = virDomainLookupByUUIDString(connection, domain);
    if (found == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "libvirt knows no domain '%s' (a file is given with a '/' in its name)",
                            domain);
    char *xml = virDomainGetXMLDesc(found, VIR_DOMAIN_XML_INACTIVE);
    (void)virDomainFree(found);
    if (xml == NULL)
        return fail(ret_error, domain);
    *ret_xml = g_strdup(xml);
    free(xml);
    return true;
}

bool
hd_virt_domain_xml(const char *uri, const char *domain, char **ret_xml, GError **ret_error)
{
    virSetErrorFunc(NULL, stay_quiet);
    virConnectPtr connection = virConnectOpenReadOnly(uri != NULL ? uri : "qemu:///system");
    if (connection == NULL)
        return fail(ret_error, "can't reach libvirt");
    bool found = read_xml(connection, domain, ret_xml, ret_error);
    (void)virConnectClose(connection);
    return found;
}
