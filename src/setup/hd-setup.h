/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_SETUP_H
#define HD_SETUP_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"
#include "hd-pci-address.h"
#include "hd-port.h"

/** HdHugepages: so many pages of one size, from boot on. */
typedef struct {
    guint64 kib;
    guint64 count;
} HdHugepages;

/** HdSetupWishes: what a person asks of `setup`; zero is the base: IOMMU and modules. */
typedef struct {
    GArray *claims;    /* (nullable): of HdPciAddress: taken by address before any driver */
    GArray *unclaims;  /* (nullable): of HdPciAddress: no more */
    char **ids;        /* (nullable): "vendor:device": vfio-pci.ids, all cards of that kind */
    char **blacklist;  /* (nullable): modules that are never loaded by themselves */
    GArray *hugepages; /* (nullable): of HdHugepages */
    GArray *rights;    /* (nullable): of HdPciAddress: udev rules for their nodes */
    char *owner;       /* (nullable): of those nodes; NULL: root */
    char *group;       /* (nullable): NULL: vfio */
    char *mode;        /* (nullable): NULL: 0660 */
    bool unsafe_interrupts;
    bool no_framebuffer; /* the firmware's framebuffer is not used by the kernel */
    bool no_passthrough; /* leave iommu=pt out */
    bool force;          /* claim what the host's own file systems are on, too */
} HdSetupWishes;

/** HdFileEdit: one file, whole, as it is and as it is to be. */
typedef struct {
    char *path;   /* below the root */
    char *before; /* (nullable): NULL: it is not there */
    char *after;  /* (nullable): NULL: it is removed */
} HdFileEdit;

/** HdSetup: what is to be done; made by hd_setup_plan(), shown, then carried out or not. */
typedef struct {
    GPtrArray *edits;   /* of HdFileEdit*; those that change nothing are left out */
    GPtrArray *steps;   /* of char*: commands to run afterwards: "update-grub" */
    GPtrArray *reboots; /* of char*: what only a reboot brings about */
    GPtrArray *notes;   /* of char*: what a person has to do or know */
} HdSetup;

/** Returns: (transfer full): nothing to do. */
HdSetup *hd_setup_new(void);
void hd_setup_free(HdSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdSetup, hd_setup_free)

/**
 * hd_setup_edit:
 * @before: (nullable): the content, as hd_setup_load() has read it
 * @after: (nullable): the wanted content; NULL: no such file
 *
 * Adds the edit of @path, if there is anything to edit.
 */
void hd_setup_edit(HdSetup *setup, const char *path, const char *before, const char *after);

/** Returns: (transfer none) (nullable): the edit of @path. */
const HdFileEdit *hd_setup_find(const HdSetup *setup, const char *path);

/** Adds a command to run, a reason to reboot, a note: each once. */
void hd_setup_add_step(HdSetup *setup, const char *step);
void hd_setup_add_reboot(HdSetup *setup, const char *reason);
void hd_setup_add_note(HdSetup *setup, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** @ret_text: (transfer full) (nullable): the file's bytes; NULL: it is not there. */
bool hd_setup_load(HdPort *port, const char *path, char **ret_text, GError **ret_error);

/**
 * hd_setup_plan:
 * @ret_setup: (transfer full): the edits that bring this host to what @wishes say
 *
 * Only reads. Where everything is as wished there are no edits. Returns: false on
 * %HD_ERROR_INPUT (no such device), %HD_ERROR_CONFIG (a file that can't be understood).
 */
bool hd_setup_plan(HdPort *port, const HdSetupWishes *wishes, HdSetup **ret_setup,
                   GError **ret_error);

/** Returns: (nullable): the command that makes this host's initramfs anew. */
const char *hd_setup_initramfs_step(HdPort *port);

/** Adds the commands that put into force what the edits of @setup have changed. */
void hd_setup_plan_steps(HdPort *port, HdSetup *setup);

#endif
