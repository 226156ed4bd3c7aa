/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * OpenNebula's guests: their NIC attributes are in a file of its own, and it sets them
 * only when the guest runs already. We read the same file before.
 */
#include "hd-xml-one.h"

#include <string.h>

#include "hd-error.h"
#include "hd-text.h"
#include "hd-xml.h"

#define URI "http://opennebula.org/xmlns/libvirt/1.0"

static const xmlNode *
find_child(const xmlNode *parent, const char *name)
{
    for (const xmlNode *node = parent != NULL ? parent->children : NULL; node != NULL;
         node = node->next) {
        if (hd_xml_is(node, name, URI))
            return node;
    }
    return NULL;
}

char *
hd_xml_one_folder(const xmlNode *metadata)
{
    const xmlNode *vm = find_child(metadata, "vm");
    g_autofree char *path = hd_xml_text(find_child(vm, "system_datastore"));
    return path != NULL ? hd_request_clean_one_folder(g_strstrip(path)) : NULL;
}

static char *
read_text(const xmlNode *parent, const char *name)
{
    g_autofree char *text = hd_xml_text(hd_xml_child(parent, name));
    if (text == NULL || *g_strstrip(text) == '\0')
        return NULL;
    return g_steal_pointer(&text);
}

/* As OpenNebula itself reads them: yes and on, whatever their case; all else is off. */
static const char *
read_switch(const char *text)
{
    bool is_on = g_ascii_strcasecmp(text, "yes") == 0 || g_ascii_strcasecmp(text, "on") == 0;
    return is_on ? "on" : "off";
}

static bool
set(HdVfSettings *settings, const xmlNode *pci, const char *element, const char *key,
    GError **ret_error)
{
    g_autofree char *text = read_text(pci, element);
    bool is_switch = g_str_equal(key, "spoofchk") || g_str_equal(key, "trust");
    if (text == NULL)
        return true;
    const char *problem = hd_vf_settings_set(settings, key, is_switch ? read_switch(text) : text);
    if (problem == NULL)
        return true;
    g_autofree char *shown = hd_xml_shown(text);
    return hd_error_set(ret_error, HD_ERROR_INPUT,
                        "OpenNebula's vm.xml, line %ld: <%s> is '%s': %s", xmlGetLineNo(pci),
                        element, shown, problem);
}

static bool
read_pci(const xmlNode *pci, HdRequest *request, GError **ret_error)
{
    g_autofree char *type = read_text(pci, "TYPE");
    g_autofree char *text = read_text(pci, "SHORT_ADDRESS");
    HdVfSettings settings = {0};
    HdPciAddress address;
    if (g_strcmp0(type, "NIC") != 0 || text == NULL || !hd_pci_address_parse(text, &address))
        return true;
    HdWish *wish = hd_request_find_pci(request, &address);
    if (wish == NULL || wish->kind == HD_WISH_NVME)
        return true;
    bool is_libvirt_s = wish->kind == HD_WISH_INTERFACE;
    if ((!is_libvirt_s && !set(&settings, pci, "MAC", "mac", ret_error)) ||
        !set(&settings, pci, "VLAN_ID", "vlan", ret_error) ||
        !set(&settings, pci, "SPOOFCHK", "spoofchk", ret_error) ||
        !set(&settings, pci, "TRUST", "trust", ret_error))
        return false;
    wish->vf = hd_vf_settings_overlay(&settings, &wish->vf);
    return true;
}

/* The file has to be this VM's: OpenNebula calls its guests one-ID. */
static bool
check_id(const xmlNode *vm, const HdRequest *request, GError **ret_error)
{
    g_autofree char *id = read_text(vm, "ID");
    g_autofree char *name = g_strdup_printf("one-%s", id != NULL ? id : "");
    if (g_str_equal(name, request->name))
        return true;
    g_autofree char *shown = hd_xml_shown(name);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "OpenNebula's vm.xml is of another VM (%s)",
                        shown);
}

bool
hd_xml_one_read(const char *bytes, gsize length, HdRequest *request, GError **ret_error)
{
    g_autoptr(HdXmlDocument) document = NULL;
    g_autoptr(GError) problem = NULL;
    if (!hd_xml_open(bytes, length, "VM", &document, &problem))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "OpenNebula's vm.xml: %s", problem->message);
    const xmlNode *vm = xmlDocGetRootElement(document);
    if (!check_id(vm, request, ret_error))
        return false;
    const xmlNode *template = hd_xml_child(vm, "TEMPLATE");
    for (const xmlNode *node = template != NULL ? template->children : NULL; node != NULL;
         node = node->next) {
        if (hd_xml_is(node, "PCI", NULL) && !read_pci(node, request, ret_error))
            return false;
    }
    return true;
}
