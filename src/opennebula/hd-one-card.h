/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ONE_CARD_H
#define HD_ONE_CARD_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"
#include "hd-uuid.h"

/** HdOneRole: what OpenNebula calls SRIOV. */
typedef enum {
    HD_ONE_ROLE_NONE, /* "no" */
    HD_ONE_ROLE_PF,
    HD_ONE_ROLE_VF,
} HdOneRole;

/** HdOneCard: all that OpenNebula is told about one function. Texts are as they were read. */
typedef struct {
    HdPciAddress address;
    HdDeviceId id; /* vendor, device, class_code */
    char *vendor_name, *class_name, *device_name;
    char *numa_node; /* "-": none */
    char *interface; /* "-": none */
    HdOneRole role;
    char *vf_count; /* of a PF: how many VFs it has */
    bool is_nvidia;
    bool is_legacy;      /* an NVIDIA VF whose vGPUs are mdevs */
    GPtrArray *profiles; /* (nullable): of char*: of an NVIDIA VF */
} HdOneCard;

void hd_one_card_free(HdOneCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdOneCard, hd_one_card_free)

/**
 * Appends @card to @text as a block "PCI = [ ... ]" of OpenNebula's template language. What would
 * end a value there before its end (quotes, backslashes) is left out of names, and so are control
 * characters and invalid bytes.
 */
void hd_one_card_format(const HdOneCard *card, GString *text);

/** Returns: (transfer full): @text without what hd_one_card_format() leaves out. */
char *hd_one_card_clean(const char *text);

/** Returns: (transfer full): as lspci prints @address: the domain only where it is not 0. */
char *hd_one_card_short_address(const HdPciAddress *address);

/**
 * Returns: the UUID of an NVIDIA VF's vGPU, always the same for @address: version 5 of
 * "0000:02:00:4" in the namespace of X.500 (RFC 4122).
 */
HdUuid hd_one_card_uuid(const HdPciAddress *address);

#endif
