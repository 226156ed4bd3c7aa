/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOST_H
#define HD_HOST_H

#include <glib.h>
#include <stdbool.h>

#include "hd-desktop.h"
#include "hd-device.h"
#include "hd-local.h"
#include "hd-mapping.h"
#include "hd-mdev-bus.h"
#include "hd-pages.h"

/**
 * HdHost:
 * A snapshot of what matters on the host for one decision: the functions concerned
 * and the members of their groups, not the whole host. Nothing reads /sys after it.
 */
typedef struct HdHost HdHost;

/** HdNodeOwner: who has to own VFIO nodes (qemu.conf with dynamic_ownership=0). */
typedef struct {
    bool applies;
    guint uid, gid;
} HdNodeOwner;

/** Returns: (transfer full): an empty snapshot. */
HdHost *hd_host_new(void);
void hd_host_free(HdHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdHost, hd_host_free)

/**
 * Adds @device, (transfer full); one with the same address is replaced. Its IOMMU group stays what
 * it is from then on.
 */
void hd_host_add(HdHost *host, HdDevice *device);

/** Returns: (transfer none) (nullable): the function at @address. */
const HdDevice *hd_host_find(const HdHost *host, const HdPciAddress *address);

/** Returns: (transfer container) (element-type HdDevice): all functions, by address. */
GPtrArray *hd_host_devices(const HdHost *host);

/** Returns: (transfer container) (element-type HdDevice): members of IOMMU group @group, by
 * address. */
GPtrArray *hd_host_group(const HdHost *host, int group);

/** Whether any IOMMU group exists on the host. */
void hd_host_set_iommu(HdHost *host, bool has_iommu);
bool hd_host_has_iommu(const HdHost *host);

/** Who has to own VFIO nodes. */
void hd_host_set_node_owner(HdHost *host, const HdNodeOwner *owner);
const HdNodeOwner *hd_host_node_owner(const HdHost *host);

/** Returns: (transfer none): the mediated devices; empty where none were asked for. */
HdMdevBus *hd_host_mdevs(const HdHost *host);

/** Adds @mapping, (transfer full): one that the request names. */
void hd_host_add_mapping(HdHost *host, HdMapping *mapping);

/** Returns: (transfer none) (nullable): the mapping called @name, if it was asked for. */
const HdMapping *hd_host_find_mapping(const HdHost *host, const char *name);

/**
 * hd_host_set_stranger:
 * @why: (transfer full): what is known about that: "it has the MAC ...; that card is at ... now"
 *
 * Notes that at @address there is not the card that its mapping knows.
 */
void hd_host_set_stranger(HdHost *host, const HdPciAddress *address, char *why);

/** Returns: (transfer none) (nullable): why not; NULL: nothing is known against it. */
const char *hd_host_stranger(const HdHost *host, const HdPciAddress *address);

/** Returns: (transfer none) (element-type HdUsbDevice): USB devices that the request may mean. */
GPtrArray *hd_host_usbs(const HdHost *host);

/** Returns: (transfer none) (element-type HdTty): the ports that the request names. */
GPtrArray *hd_host_ttys(const HdHost *host);

/** Keyboards that stay with the host when it gives all that the request means. */
void hd_host_set_keyboards_left(HdHost *host, guint count);
guint hd_host_keyboards_left(const HdHost *host);

/** Returns: (transfer none): what is known of huge pages; all zero where they were not asked for.
 */
HdPagesFacts *hd_host_pages(HdHost *host);
const HdPagesFacts *hd_host_read_pages(const HdHost *host);

/**
 * The host's desktop, (transfer full); known where a graphics card is asked for. Where it isn't,
 * hd_host_desktop() is NULL.
 */
void hd_host_set_desktop(HdHost *host, HdDesktop *desktop);
const HdDesktop *hd_host_desktop(const HdHost *host);

/** How dev/iommu is now. */
void hd_host_set_iommu_node(HdHost *host, const HdNodeState *state);
const HdNodeState *hd_host_iommu_node(const HdHost *host);

#endif
