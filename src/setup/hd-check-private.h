/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CHECK_PRIVATE_H
#define HD_CHECK_PRIVATE_H

/* Shared by the checks (hd-check-*.c); not for other rooms. */

#include "hd-check.h"
#include "hd-finding.h"
#include "hd-host.h"

/** HdBootIds: one "vendor:device" that vfio-pci is given at boot. */
typedef struct {
    char *where; /* "/etc/modprobe.d/vfio.conf" */
    char *text;  /* as it is written; may be no pair at all */
    bool is_pair;
    guint vendor, device;
} HdBootIds;

/** What the checks look at. Nothing here is changed but @findings. */
typedef struct {
    HdPort *port;
    HdState *state;
    bool is_machine;     /* this one, not a captured one: its programs may be asked */
    HdHost *host;        /* all functions */
    GPtrArray *devices;  /* of HdDevice*, those of @host */
    GPtrArray *claims;   /* of HdClaim* */
    char *cmdline;       /* of the running kernel */
    char *release;       /* of the running kernel: "6.12.9-amd64" */
    guint64 daemon;      /* pid of virtqemud, else of libvirtd; 0: neither runs */
    GPtrArray *boot_ids; /* of HdBootIds*: what is claimed at boot by ids */
    GPtrArray *boot;     /* of HdBootClaim*: what is claimed at boot by address */
    GPtrArray *findings; /* of HdFinding* */
} HdCheck;

/** Reads what is claimed at boot into @check; a file of claims that can't be read is a finding. */
void hd_check_read_boot(HdCheck *check);

/** The checks of a host, by topic, in the order in which they are printed. */
void hd_check_cpu(HdCheck *check);
void hd_check_iommu(HdCheck *check);
void hd_check_modules(HdCheck *check);
void hd_check_boot(HdCheck *check);
void hd_check_groups(HdCheck *check);
void hd_check_display(HdCheck *check);
void hd_check_reset(HdCheck *check);
void hd_check_memory(HdCheck *check);
void hd_check_libvirt(HdCheck *check);
void hd_check_permissions(HdCheck *check);
void hd_check_confinement(HdCheck *check);
void hd_check_leftovers(HdCheck *check);

/** Returns: (transfer full): the IOMMU's kind: "Intel VT-d"; NULL: none is active. */
char *hd_check_iommu_kind(HdPort *port);

/** Returns: whether @device shows the console (boot_vga). */
bool hd_check_is_boot_vga(HdPort *port, const HdPciAddress *address);

/** Returns: (transfer full) (nullable): "efifb" if that firmware framebuffer holds memory of
 * @address. */
char *hd_check_framebuffer(HdPort *port, const HdPciAddress *address);

/** Says what @device lacks for iommufd and for the migration of its VM. */
void hd_check_readiness(HdCheck *check, const HdDevice *device);

/** Returns: whether the kernel knows a way to reset @address. */
bool hd_check_can_reset(HdPort *port, const HdPciAddress *address);

#endif
