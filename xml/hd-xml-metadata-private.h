/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_XML_METADATA_PRIVATE_H
#define HD_XML_METADATA_PRIVATE_H

/* Shared by the readers of our metadata's entries; not for other files. */

#include "hd-xml-metadata.h"

typedef struct {
    HdRequest *request;
    GHashTable *seen;  /* wishes that have their entry: <pci> or <mdev> */
    GHashTable *vgpus; /* wishes that have their <vgpu> */
    GHashTable *vfs;   /* wishes that have their <vf> */
    bool has_policy;
} HdXmlMetadata;

/** Returns: whether @node is our element @name: in our namespace or, below the root, in none. */
bool hd_xml_metadata_is(const xmlNode *node, const char *name);

/** Returns: whether @node says nothing: a comment, or blanks. */
bool hd_xml_metadata_is_filler(const xmlNode *node);

/** Checks that there is nothing in @node but filler. */
bool hd_xml_metadata_check_empty(const xmlNode *node, GError **ret_error);

/** Sets the error of a value that isn't understood. Returns: false. */
bool hd_xml_metadata_fail_value(GError **ret_error, const xmlNode *node, const char *name,
                                const char *value, const char *why);

/** Sets the error of an attribute that isn't known. Returns: false. */
bool hd_xml_metadata_fail_attribute(GError **ret_error, const xmlNode *node,
                                    const xmlAttr *attribute);

/** Sets what a rule's attribute, or the choice, says. */
bool hd_xml_metadata_set_rule(const xmlNode *node, const xmlAttr *attribute, HdPolicy *policy,
                              GError **ret_error);

/** Sets the name of the mapping that the attribute 'mapping' gives. */
bool hd_xml_metadata_set_mapping(const xmlNode *node, HdWish *wish, GError **ret_error);

/** Returns: (transfer none) (nullable): the wish for the entry's address; NULL with an error. */
HdWish *hd_xml_metadata_find_pci(const HdXmlMetadata *reader, const xmlNode *node,
                                 GError **ret_error);

/** Reads <mdev uuid= mdev_type= parent=|mapping= choose=><attr name= value=/>...</mdev>. */
bool hd_xml_metadata_read_mdev(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error);

/** Reads <vgpu address= vgpu_type=/>. */
bool hd_xml_metadata_read_vgpu(HdXmlMetadata *reader, const xmlNode *node, GError **ret_error);

#endif
