/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VF_SET_H
#define HD_VF_SET_H

#include <glib.h>
#include <stdbool.h>

#include "hd-card.h"

/**
 * HdVfSet:
 * How many VFs one PF is to have, and what is to be told about them: a file of
 * /etc/hostdevctl/vf.d, applied at boot.
 */
typedef struct {
    char *file;        /* for messages */
    GHashTable *match; /* key -> value: address, driver, id, mac, interface, port, serial */
    guint count;
    bool with_driver; /* the VFs get their driver on this host; else they wait for VMs */
    HdVfSettings all; /* of each VF, */
    GArray *single;   /* of HdVfSettings: and, over that, of VF 0, 1, ... */
} HdVfSet;

void hd_vf_set_free(HdVfSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVfSet, hd_vf_set_free)

/**
 * hd_vf_set_parse:
 * @text: [pf] with count and at least one of address, driver, id, mac, interface, port, serial;
 *   driver_on_host = yes; [vf] and [vf N] with the keys of %HdVfSettings
 * @file: its name, for messages
 * @ret_set: (transfer full)
 *
 * Strict, as the configuration is. Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_vf_set_parse(const char *text, const char *file, HdVfSet **ret_set, GError **ret_error);

/** Returns: whether @card is what the set names: all its keys fit. */
bool hd_vf_set_matches(const HdVfSet *set, const HdCard *card);

/** Returns: what VF @index is to be told. */
HdVfSettings hd_vf_set_settings(const HdVfSet *set, guint index);

/** Returns: whether more is said of the VFs than their number and driver. */
bool hd_vf_set_has_settings(const HdVfSet *set);

/**
 * hd_vf_set_edit:
 * @text: (nullable): the set as it is kept; NULL: a new one of the PF @address
 * @ret_text: (transfer full): as `vf set --save` keeps it: so many VFs; all else, and the owner's
 *   comments, stay
 *
 * Returns: false on %HD_ERROR_CONFIG: it can't be read, or has settings of a VF that would not be.
 */
bool hd_vf_set_edit(const char *text, const char *file, const HdPciAddress *address, guint count,
                    bool with_driver, char **ret_text, GError **ret_error);

#endif
