/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VIRT_LATE_H
#define HD_VIRT_LATE_H

#include "hd-virt-nodedev.h"
#include "hd-virt.h"

/**
 * HdVirtLate: what needs libvirt's library, as a module of its own: loading it with all that it
 * brings along takes longer than most commands do, and few of them ask libvirt.
 */
typedef struct {
    bool (*domain_xml)(const char *uri, const char *domain, char **ret_xml, GError **ret_error);
    bool (*domain_change)(const char *uri, const char *domain, HdVirtChange change, gpointer data,
                          GError **ret_error);
    bool (*open)(const char *uri, HdVirtNodedev **ret_virt, GError **ret_error);
    void (*free)(HdVirtNodedev *virt);
    bool (*list)(HdVirtNodedev *virt, const char *capability, bool active, bool inactive,
                 GPtrArray **ret_names, GError **ret_error);
    bool (*xml)(HdVirtNodedev *virt, const char *name, bool inactive, char **ret_xml,
                GError **ret_error);
    bool (*create)(HdVirtNodedev *virt, const char *xml, bool define, char **ret_name,
                   GError **ret_error);
    bool (*act)(HdVirtNodedev *virt, const char *name, HdVirtNodedevAct act, const char *driver,
                GError **ret_error);
} HdVirtLate;

/** What the module is asked for: the name of its HdVirtLate. */
#define HD_VIRT_LATE_SYMBOL "hd_virt_late"

#endif
