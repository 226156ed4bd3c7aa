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
    {"hostdev", "pci"},       {"hostdev", "mdev"}, {"hostdev", "usb"},
    {"interface", "hostdev"}, {"serial", "dev"},   {"console", "dev"},
    {"parallel", "dev"},      {"iommu", NULL},     {"memory", NULL},
};

static bool
is_namespace(const xmlNode *layer)
{
    g_autofree char *type = hd_xml_attribute(layer, "type");
    return g_strcmp0(type, "nvme") == 0;
}

/* The disk's own, or one that it is backed by. */
static bool
has_namespace(const xmlNode *disk)
{
    const xmlNode *layer = disk;
    while (layer != NULL && !is_namespace(layer))
        layer = hd_xml_child(layer, "backingStore");
    return layer != NULL;
}

static bool
is_kept_device(const xmlNode *node)
{
    g_autofree char *type = hd_xml_attribute(node, "type");
    for (gsize i = 0; i < G_N_ELEMENTS(devices); i++) {
        if (hd_xml_is(node, devices[i].element, NULL) &&
            (devices[i].type == NULL || g_strcmp0(type, devices[i].type) == 0))
            return true;
    }
    if (hd_xml_is(node, "disk", NULL))
        return has_namespace(node);
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

/* Of a disk, and of what it is backed by, only namespaces. */
static bool
is_told_of_disk(const xmlNode *node)
{
    static const char *const names[] = {"address", "backingStore", "driver", "target", NULL};
    return g_strv_contains(names, (const char *)node->name) ||
           (hd_xml_is(node, "source", NULL) && is_namespace(node->parent));
}

/* Names that people choose, of memory a file, and libvirt's of networks. */
static bool
is_dull(const xmlNode *node)
{
    bool is_of_disk =
        hd_xml_is(node->parent, "disk", NULL) || hd_xml_is(node->parent, "backingStore", NULL);
    if (is_of_disk && !is_told_of_disk(node))
        return true;
    return hd_xml_is(node, "alias", NULL) || hd_xml_is(node, "virtualport", NULL) ||
           (hd_xml_is(node, "path", NULL) && hd_xml_is(node->parent, "source", NULL));
}

/* Not remarks, also those beside the root. */
static bool
is_told(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE ||
           (node->type == XML_ELEMENT_NODE && !is_dull(node));
}

static void
strip(xmlNode *node)
{
    static const char *const names[] = {"network", "portgroup", "bridge"};
    for (gsize i = 0; i < G_N_ELEMENTS(names) && hd_xml_is(node, "source", NULL); i++)
        (void)xmlUnsetProp(node, BAD_CAST names[i]);
    if (hd_xml_is(node, "rom", NULL))
        (void)xmlUnsetProp(node, BAD_CAST "file");
    keep_only(node, is_told);
    for (xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            strip(child);
    }
}

/* Of the metadata, whatever kind of device asks for one. */
static void
rename_mappings(xmlNode *node, HdXmlRename rename, gpointer data)
{
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        g_autofree char *name = hd_xml_attribute(node, "mapping");
        g_autofree char *other = name != NULL ? rename("mapping", name, data) : NULL;
        if (other != NULL)
            xmlSetProp(node, BAD_CAST "mapping", BAD_CAST other);
        rename_mappings(node->children, rename, data);
    }
}

static void
rename_domain(xmlNode *domain, HdXmlRename rename, gpointer data)
{
    xmlNode *node = hd_xml_child(domain, "name");
    g_autofree char *name = hd_xml_text(node);
    g_autofree char *other = name != NULL ? rename("vm", name, data) : NULL;
    if (other != NULL) {
        xmlNodeSetContent(node, NULL);
        xmlNodeAddContent(node, BAD_CAST other);
    }
    xmlNode *metadata = hd_xml_child(domain, "metadata");
    if (metadata != NULL)
        rename_mappings(metadata->children, rename, data);
}

bool
hd_xml_prune(const char *bytes, gsize length, HdXmlRename rename, gpointer data, char **ret_text,
             GError **ret_error)
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
    strip((xmlNode *)document);
    rename_domain(domain, rename, data);
    xmlChar *text = NULL;
    int size = 0;
    xmlDocDumpFormatMemory(document, &text, &size, 1);
    *ret_text = g_strndup((const char *)text, (gsize)size);
    xmlFree(text);
    return true;
}
