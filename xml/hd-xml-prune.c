/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VM's XML for others' eyes: disks, passwords, titles and paths go, devices of the host stay.
 */
#include "hd-xml-prune.h"

#include <libxml/tree.h>
#include <string.h>

#include "hd-xml-metadata.h"
#include "hd-xml.h"

/* In <domain>, whole. */
static const char *const kept[] = {"name",          "uuid",     "memory", "currentMemory",
                                   "memoryBacking", "numatune", "vcpu",   NULL};
/* In <devices>, whole; of a type, where one is told. */
static const struct {
    const char *element, *type;
} devices[] = {
    {"hostdev", NULL},  {"interface", "hostdev"}, {"disk", "nvme"}, {"serial", "dev"},
    {"console", "dev"}, {"parallel", "dev"},      {"iommu", NULL},  {"memory", NULL},
};

static bool
is_kept_device(const xmlNode *node)
{
    g_autofree char *type = hd_xml_attribute(node, "type");
    for (gsize i = 0; i < G_N_ELEMENTS(devices); i++) {
        if (hd_xml_is(node, devices[i].element, NULL) &&
            (devices[i].type == NULL || g_strcmp0(type, devices[i].type) == 0))
            return true;
    }
    /* Of a pool of VFs: only the live status knows. */
    const xmlNode *actual =
        hd_xml_is(node, "interface", NULL) ? hd_xml_child(node, "actual") : NULL;
    g_autofree char *actual_type = hd_xml_attribute(actual, "type");
    return g_strcmp0(actual_type, "hostdev") == 0;
}

static bool
is_ours(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           xmlStrEqual(node->ns->href, BAD_CAST HD_XML_METADATA_URI);
}

static bool
is_kept(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns == NULL &&
           g_strv_contains(kept, (const char *)node->name);
}

static void
keep_only(xmlNode *parent, bool (*keeps)(const xmlNode *))
{
    xmlNode *next;
    for (xmlNode *node = parent != NULL ? parent->children : NULL; node != NULL; node = next) {
        next = node->next;
        if (keeps(node))
            continue;
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
}

/* <cpu> says much, but only its <numa> concerns us. */
static bool
is_numa(const xmlNode *node)
{
    return hd_xml_is(node, "numa", NULL);
}

static bool
is_kept_in_domain(const xmlNode *node)
{
    return is_kept(node) || hd_xml_is(node, "devices", NULL) || hd_xml_is(node, "metadata", NULL) ||
           hd_xml_is(node, "cpu", NULL);
}

static bool
is_domain(const xmlNode *node)
{
    return hd_xml_is(node, "domain", NULL);
}

bool
hd_xml_prune(const char *bytes, gsize length, char **ret_text, GError **ret_error)
{
    g_autoptr(HdXmlDocument) document = NULL;
    g_autoptr(GError) problem = NULL;
    bool is_status = false;
    if (!hd_xml_open(bytes, length, "domain", &document, &problem)) {
        is_status = hd_xml_open(bytes, length, "domstatus", &document, NULL);
        if (!is_status) {
            g_propagate_error(ret_error, g_steal_pointer(&problem));
            return false;
        }
    }
    xmlNode *root = xmlDocGetRootElement(document);
    xmlNode *domain = is_status ? hd_xml_child(root, "domain") : root;
    if (is_status)
        keep_only(root, is_domain);
    keep_only(domain, is_kept_in_domain);
    keep_only(hd_xml_child(domain, "devices"), is_kept_device);
    keep_only(hd_xml_child(domain, "metadata"), is_ours);
    keep_only(hd_xml_child(domain, "cpu"), is_numa);
    xmlChar *text = NULL;
    int size = 0;
    xmlDocDumpFormatMemory(document, &text, &size, 1);
    *ret_text = g_strndup((const char *)text, (gsize)size);
    xmlFree(text);
    return true;
}
