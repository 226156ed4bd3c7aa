/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_READINESS_H
#define HD_READINESS_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"

/** HdAnswer: of a question that can't always be asked. */
typedef enum { HD_ANSWER_UNKNOWN, HD_ANSWER_NO, HD_ANSWER_YES } HdAnswer;

/** HdReadinessFacts: what of this host decides. Versions are major * 1000 + minor; 0: unknown. */
typedef struct {
    guint kernel, libvirt, qemu;
    bool has_iommu_node;        /* /dev/iommu is there */
    HdAnswer config_iommufd;    /* CONFIG_IOMMUFD of the running kernel */
    HdAnswer config_cdev;       /* CONFIG_VFIO_DEVICE_CDEV */
    bool has_cdev;              /* the device has a node in /dev/vfio/devices */
    bool is_bound_to_vfio;      /* so that it could have one */
    const char *bound, *chosen; /* its driver now (nullable); its vfio driver: a module */
    const HdDeviceId *id;
    bool is_vf;
} HdReadinessFacts;

/** HdReadiness: whether something would work, and if not, all that is lacking. */
typedef struct {
    bool is_ready;
    const char *driver; /* (nullable): of migration: the variant driver that makes it possible */
    GPtrArray *lacks;   /* of char*: what is missing and what has it, a sentence each */
} HdReadiness;

void hd_readiness_free(HdReadiness *readiness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdReadiness, hd_readiness_free)

/** Returns: (transfer full): whether a VM can have the device by iommufd
 * (<driver iommufd='yes'/>). */
HdReadiness *hd_readiness_iommufd(const HdReadinessFacts *facts);

/**
 * hd_readiness_migration:
 * Returns: (transfer full): whether a VM with the device can be migrated while it runs. That the
 * card's firmware supports it, and the other host too, is not to be seen from here.
 */
HdReadiness *hd_readiness_migration(const HdReadinessFacts *facts);

/** Returns: (transfer full): what it lacks in one line, "; " between. */
char *hd_readiness_text(const HdReadiness *readiness);

/** Returns: "6.12.9-amd64" as 6012; 0: no version. */
guint hd_readiness_version(const char *text);

#endif
