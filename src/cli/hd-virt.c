/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Domains as libvirt knows them. Only the command asks; the hook must never do so:
 * libvirt waits for the hook.
 */
#include "hd-virt.h"

#include <stdlib.h>

#include "hd-error.h"
#include "hd-virt-connection.h"

static virDomainPtr
find(virConnectPtr connection, const char *domain, GError **ret_error)
{
    virDomainPtr found = virDomainLookupByName(connection, domain);
    if (found == NULL)
        found = virDomainLookupByUUIDString(connection, domain);
    if (found == NULL)
        (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                           "libvirt knows no domain '%s' (a file is given with a '/' in its name)",
                           domain);
    return found;
}

static bool
read_xml(virConnectPtr connection, const char *domain, unsigned int flags, char **ret_xml,
         GError **ret_error)
{
    virDomainPtr found = find(connection, domain, ret_error);
    if (found == NULL)
        return false;
    char *xml = virDomainGetXMLDesc(found, flags);
    (void)virDomainFree(found);
    if (xml == NULL)
        return hd_virt_fail(ret_error, domain);
    *ret_xml = g_strdup(xml);
    free(xml);
    return true;
}

bool
hd_virt_domain_xml(const char *uri, const char *domain, char **ret_xml, GError **ret_error)
{
    g_autoptr(HdVirtConnection) connection = NULL;
    return hd_virt_connect(uri, true, &connection, ret_error) &&
           read_xml(connection, domain, VIR_DOMAIN_XML_INACTIVE, ret_xml, ret_error);
}

static bool
change_xml(virConnectPtr connection, const char *domain, HdVirtChange change, gpointer data,
           GError **ret_error)
{
    g_autofree char *old = NULL;
    g_autofree char *new = NULL;
    if (!read_xml(connection, domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE, &old,
                  ret_error) ||
        !change(old, data, &new, ret_error))
        return false;
    virDomainPtr defined = new != NULL ? virDomainDefineXML(connection, new) : NULL;
    if (new != NULL && defined == NULL)
        return hd_virt_fail(ret_error, domain);
    if (defined != NULL)
        (void)virDomainFree(defined);
    return true;
}

bool
hd_virt_domain_change(const char *uri, const char *domain, HdVirtChange change, gpointer data,
                      GError **ret_error)
{
    g_autoptr(HdVirtConnection) connection = NULL;
    return hd_virt_connect(uri, false, &connection, ret_error) &&
           change_xml(connection, domain, change, data, ret_error);
}
