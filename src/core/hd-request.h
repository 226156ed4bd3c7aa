/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_REQUEST_H
#define HD_REQUEST_H

#include <glib.h>
#include <stdbool.h>

#include "hd-mdev.h"
#include "hd-pages.h"
#include "hd-pci-address.h"
#include "hd-policy.h"
#include "hd-tuning.h"
#include "hd-uuid.h"
#include "hd-vf-settings.h"

/**
 * HdWishKind:
 * @HD_WISH_PCI:       <hostdev type='pci'>; we bind it
 * @HD_WISH_NVME:      <disk type='nvme'>; the same device life as a PCI hostdev
 * @HD_WISH_INTERFACE: <interface type='hostdev'>; libvirt binds it when managed='yes'
 *                     (it saves the MAC first), else we do
 * @HD_WISH_MDEV:      <hostdev type='mdev'>
 * @HD_WISH_USB:       <hostdev type='usb'>
 * @HD_WISH_TTY:       <serial|console|parallel type='dev'>
 */
typedef enum {
    HD_WISH_PCI,
    HD_WISH_NVME,
    HD_WISH_INTERFACE,
    HD_WISH_MDEV,
    HD_WISH_USB,
    HD_WISH_TTY,
} HdWishKind;

/** HdUsbStartup: what libvirt does when the device is not there (startupPolicy). */
typedef enum {
    HD_USB_MANDATORY, /* refuses */
    HD_USB_REQUISITE, /* refuses a boot, but lets a VM arrive without it */
    HD_USB_OPTIONAL,  /* starts without it */
} HdUsbStartup;

/** HdUsbWish: a USB device by ids (vendor != 0) and/or by place (bus != 0). */
typedef struct {
    guint vendor, product;
    guint bus, device;
    HdUsbStartup startup;
} HdUsbWish;

/** HdAsk: yes, no, or as the host's configuration says. */
typedef enum { HD_ASK_UNSET, HD_ASK_NO, HD_ASK_YES } HdAsk;

/**
 * HdWish:
 * One device that a domain asks for. Only the fields of its kind are set. What is here, and in
 * HdRequest, is written and read by hd-request-format.c and hd-request-parse.c, too.
 */
typedef struct {
    HdWishKind kind;
    HdPciAddress address; /* PCI, NVME, INTERFACE */
    bool managed;         /* managed='yes' */
    char *driver;         /* (nullable): wanted vfio driver, <driver model=> or metadata */
    char *expected_id;    /* (nullable): metadata id='8086:10d3': the card it must be */
    HdPolicy policy;      /* stances for this device alone (metadata) */
    char *vgpu_type;      /* PCI: (nullable): vendor vGPU to set first, by number or name */
    HdVfSettings vf;      /* PCI, INTERFACE: what its PF is to be told, if it is a VF */
    HdTuning tuning;      /* PCI: how it is to be set (metadata) */
    HdUuid uuid;          /* MDEV */
    char *model;          /* MDEV: (nullable): model attribute, e.g. "vfio-pci" */
    HdMdevSpec *mdev;     /* MDEV: (nullable): what it is to be, from metadata */
    char *mapping; /* (nullable): it is, or an mdev's parent is, one of this mapping's devices */
    HdUsbWish usb; /* USB */
    char *path;    /* TTY: (nullable): below /dev, as the VM's XML has it */
} HdWish;

/**
 * HdRequest:
 * What one domain asks for: read from domain XML, or made by hand for `detach`.
 */
typedef struct {
    char *name;
    HdUuid uuid;
    HdPolicy policy;    /* stances for the whole VM (metadata) */
    guint64 numa_nodes; /* host nodes its memory is on, a bit each; 0: not said */
    char *one_folder;   /* (nullable): where OpenNebula keeps its files, relative to the root */
    GPtrArray *wishes;  /* of HdWish*, in document order; owned */
    GArray *pages;      /* of HdPagesNeed: memory in huge pages */
    char *pages_unread; /* (nullable): why @pages doesn't say all */
    HdAsk allocates;    /* whether missing huge pages are to be allocated (metadata) */
    char *stop_units;   /* (nullable): which of the host's units it may stop (metadata); "": none */
} HdRequest;

/** More host devices than this in one VM are refused. */
#define HD_REQUEST_MAX_WISHES 1024

/** Returns: whether libvirt could store a VM of that name: short UTF-8 without control characters.
 */
bool hd_request_is_vm_name(const char *name);

/** Returns: whether @path is a place below /dev, however it is written. */
bool hd_request_is_tty_path(const char *path);

/**
 * Returns: (transfer full) (nullable): @path without a leading slash and doubled ones, if it is
 * absolute, of plain names and ends as a VM's folder of OpenNebula does, .../datastores/N/ID.
 */
char *hd_request_clean_one_folder(const char *path);

/** Returns: (transfer full): a request without wishes. @name is copied. */
HdRequest *hd_request_new(const char *name, const HdUuid *uuid);
void hd_request_free(HdRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdRequest, hd_request_free)

/** Returns: (transfer none): a new, empty wish of @kind, owned by @request. */
HdWish *hd_request_add(HdRequest *request, HdWishKind kind);

/** Returns: (transfer none): a copy of the PCI wish @wish, owned by @request. */
HdWish *hd_request_add_copy(HdRequest *request, const HdWish *wish);

/** Returns: (transfer none) (nullable): the wish for the PCI function @address. */
HdWish *hd_request_find_pci(const HdRequest *request, const HdPciAddress *address);

/** Returns: (transfer none) (nullable): the wish for the mdev @uuid. */
HdWish *hd_request_find_mdev(const HdRequest *request, const HdUuid *uuid);

/** Returns: (transfer none) (nullable): the wish for the port @path. */
HdWish *hd_request_find_tty(const HdRequest *request, const char *path);

/** Returns: whether the VM asks for huge pages that are to be allocated; @is_default: unless it
 * says otherwise. */
bool hd_request_asks_pages(const HdRequest *request, bool is_default);

/** Returns: whether anything is asked for that may be ours to do; huge pages may turn out not to
 * be.
 */
bool hd_request_is_ours(const HdRequest *request);

/** Returns: whether @wish is for a PCI function (PCI, NVME, INTERFACE). */
bool hd_wish_is_pci(const HdWish *wish);

/**
 * Returns: whether we bind the device of @wish to a vfio driver; else libvirt does, or it stays
 * with its vendor's (a vGPU), and we check and claim.
 */
bool hd_wish_is_bound_by_us(const HdWish *wish);

#endif
