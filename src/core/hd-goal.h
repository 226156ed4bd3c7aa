/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_GOAL_H
#define HD_GOAL_H

#include <glib.h>
#include <stdbool.h>

#include "hd-device.h"
#include "hd-error.h"
#include "hd-local.h"
#include "hd-mdev.h"
#include "hd-pci-address.h"
#include "hd-tuning.h"
#include "hd-vf-settings.h"

/**
 * HdGoalKind:
 * @HD_GOAL_HOLD: the function is claimed, but libvirt changes it, not we
 * @HD_GOAL_PCI:  the function gets a driver and a driver_override
 * @HD_GOAL_NODE: a /dev node gets an owner and a mode
 * @HD_GOAL_MDEV: a mediated device is there
 * @HD_GOAL_VGPU: the function's vendor vGPU type is set
 * @HD_GOAL_VF:   the PF's driver has the VF's network settings
 * @HD_GOAL_MAC:  the VF's own network interface has its MAC address, as soon as it is back
 * @HD_GOAL_SRIOV: the PF has so many VFs
 * @HD_GOAL_USB:   the USB device is claimed; QEMU takes it from its driver, and gives it back
 * @HD_GOAL_TTY:   the serial or parallel port is claimed
 * @HD_GOAL_PAGES: so many huge pages are free for the VM
 * @HD_GOAL_UNIT:  the systemd unit is not active
 * @HD_GOAL_CONSOLE: the host's text console is off its framebuffers, or on those that are left
 * @HD_GOAL_SCREEN: the firmware's framebuffer device is without its driver
 * @HD_GOAL_MODULE: the module, which keeps the function's driver busy, is not loaded
 * @HD_GOAL_SETTINGS: attributes of the function are as the VM wants them
 */
typedef enum {
    HD_GOAL_HOLD,
    HD_GOAL_PCI,
    HD_GOAL_NODE,
    HD_GOAL_MDEV,
    HD_GOAL_VGPU,
    HD_GOAL_VF,
    HD_GOAL_MAC,
    HD_GOAL_SRIOV,
    HD_GOAL_USB,
    HD_GOAL_TTY,
    HD_GOAL_PAGES,
    HD_GOAL_UNIT,
    HD_GOAL_CONSOLE,
    HD_GOAL_SCREEN,
    HD_GOAL_MODULE,
    HD_GOAL_SETTINGS,
} HdGoalKind;

/**
 * HdNodeKind: which node a NODE goal means. Names of nodes are found when the goal
 * is reached for, since they come into being by the binding.
 */
typedef enum {
    HD_NODE_GROUP, /* dev/vfio/<group> of the function */
    HD_NODE_CDEV,  /* dev/vfio/devices/vfioN of the function */
    HD_NODE_IOMMU, /* dev/iommu, shared by all VMs */
    HD_NODE_USB,   /* dev/bus/usb/BBB/DDD */
    HD_NODE_TTY,   /* a serial or parallel port's */
} HdNodeKind;

/**
 * HdGoal:
 * A whole target of one thing and how it was before: never a single attribute
 * write. Doing converges it to `after`, undoing to `before`, with the same code.
 */
typedef struct {
    HdGoalKind kind;
    HdPciAddress address; /* of the function; of a NODE the one whose node it is (not IOMMU) */
    HdUuid uuid;          /* MDEV; NODE: the mdev whose node it is, instead of a function's */
    bool companion;       /* goes along because of its group; not asked for */
    bool is_card_s;       /* of a companion: because of its card */

    HdDeviceId id;       /* PCI, VGPU: the card it must still be */
    HdBinding before;    /* PCI */
    HdBinding after;     /* PCI */
    char *before_module; /* PCI: (nullable): module of before.driver */
    bool awaits_close;   /* PCI: units are stopped so that nobody has it open */
    HdBars bars_before;  /* PCI: sizes of those BARs that are to have another, */
    HdBars bars_after;   /* PCI: and these */

    HdNodeKind node;         /* NODE */
    HdNodeState node_before; /* NODE: present = false: did not exist, nothing to restore */
    HdNodeState node_after;  /* NODE */

    bool is_made;          /* MDEV: made for its owner; else it was there and stays */
    GPtrArray *places;     /* MDEV: of HdMdevPlace*: where it may be, the best first */
    GPtrArray *attributes; /* MDEV: of HdMdevAttribute* */

    guint vgpu_before; /* VGPU: 0: none */
    guint vgpu_after;  /* VGPU */

    HdPciAddress pf;        /* VF, MAC */
    guint vf_index;         /* VF, MAC: its number below the PF */
    HdVfSettings vf_before; /* VF, MAC: all that the PF's driver reports */
    HdVfSettings vf_after;  /* VF: what is to be different */
    bool is_after_libvirt;  /* VF: of an <interface>, where libvirt writes after us: said again */
    HdMac mac;              /* MAC */

    guint count_before, count_after; /* SRIOV: number of VFs */
    bool autoprobe;                  /* SRIOV: sriov_drivers_autoprobe before and afterwards */

    HdUsbPlace usb; /* USB, and its NODE */
    char *tty;      /* TTY, and its NODE: (nullable): the node's name below /dev */

    HdUuid owner;        /* PAGES: the VM */
    guint64 page_kb;     /* PAGES: size of one */
    guint64 page_nodes;  /* PAGES: NUMA nodes they have to be on, a bit each; 0: any */
    guint64 page_count;  /* PAGES: how many the VM uses; what lacks of them is allocated */
    guint64 page_max_kb; /* PAGES: at most so much memory in pages for all VMs; 0: no bound */

    char *name;          /* UNIT, SCREEN, MODULE: the unit, the platform device, the module */
    char *screen_driver; /* SCREEN: the device's driver before */
    bool is_kept;        /* MODULE: another card needs it still: it is only loaded again
                            afterwards, if it is gone then; CONSOLE: it has another screen, and is
                            moved there if the kernel doesn't */
    GPtrArray *settings; /* SETTINGS: of HdSetting* */
} HdGoal;

/** Room for the longest name of what a goal is about. */
typedef struct {
    char text[64];
} HdGoalSubject;

/** Returns: (transfer full): a goal of @kind for @address; the rest is zero. */
HdGoal *hd_goal_new(HdGoalKind kind, const HdPciAddress *address);

/** Returns: (transfer full): a goal of @kind (MDEV, NODE) for the mdev @uuid; the rest is zero. */
HdGoal *hd_goal_new_mdev(HdGoalKind kind, const HdUuid *uuid);

/**
 * Returns: (transfer full): a goal of @kind (VF, MAC) for the VF @device, whose vf_net is known,
 * with all that its PF's driver reports as `before`; the rest is zero.
 */
HdGoal *hd_goal_new_vf(HdGoalKind kind, const HdDevice *device);

/** Returns: (transfer full): a goal of @kind (USB, NODE) for the USB device at @place. */
HdGoal *hd_goal_new_usb(HdGoalKind kind, const HdUsbPlace *place);

/** Returns: (transfer full): a goal of @kind (TTY, NODE) for the port @node, "ttyS0". */
HdGoal *hd_goal_new_tty(HdGoalKind kind, const char *node);

/** Returns: (transfer full): a goal of @kind (UNIT, CONSOLE, SCREEN, MODULE) for what is called
 * @name; for the CONSOLE NULL. */
HdGoal *hd_goal_new_named(HdGoalKind kind, const char *name);
void hd_goal_free(HdGoal *goal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdGoal, hd_goal_free)

/** Returns: (transfer full): a copy. */
HdGoal *hd_goal_copy(const HdGoal *goal);

/** Returns: whether @goal claims the PCI function @address (HOLD, PCI, VGPU, VF and MAC goals do).
 */
bool hd_goal_claims(const HdGoal *goal, const HdPciAddress *address);

/** Returns: whether @goal claims the mdev @uuid (MDEV goals do). */
bool hd_goal_claims_mdev(const HdGoal *goal, const HdUuid *uuid);

/** Returns: whether both claim the same USB device, or the same port (USB and TTY goals do). */
bool hd_goal_claims_same(const HdGoal *a, const HdGoal *b);

/** Returns: whether @goal is about a part of the host's desktop: UNIT, CONSOLE, SCREEN, MODULE. */
bool hd_goal_is_about_desktop(const HdGoal *goal);

/** Returns: whether @goal is about a PCI function: by address, that is. */
bool hd_goal_is_about_function(const HdGoal *goal);

/** Returns: whether @goal is about an mdev: its own goal, or its node's. */
bool hd_goal_is_about_mdev(const HdGoal *goal);

/**
 * Returns: the name of what @goal is about: a PCI address, an mdev's uuid, "usb-001:004", "ttyS0",
 * "hugepages-2048kB", "lightdm.service", "console", "efi-framebuffer.0" or "nvidia_drm".
 */
HdGoalSubject hd_goal_subject(const HdGoal *goal);

/** Returns: the name of @kind in journals and JSON: "hold", "pci", "node", "mdev",
 * "vgpu", "vf", "mac", "sriov", "usb", "tty", "hugepages", "unit", "console", "screen", "module",
 * "settings". */
const char *hd_goal_kind_name(HdGoalKind kind);

/** Returns: the name of @kind in journals: "group", "cdev", "iommu", "usb", "tty". */
const char *hd_node_kind_name(HdNodeKind kind);

/** Returns: whether reaching @goal changes anything at all. */
bool hd_goal_is_change(const HdGoal *goal);

/**
 * Returns: (transfer full): the goal as one line of text without a newline, e.g.
 * "pci 0000:65:00.0 id=... driver=nvme->vfio-pci override=->vfio-pci"; every value is
 * percent-escaped. It is the journal's form; hd_goal_parse() reads it.
 */
char *hd_goal_format(const HdGoal *goal);

/**
 * hd_goal_parse:
 * @ret_goal: (transfer full): the goal; untouched on failure
 *
 * Returns: whether @line is a goal as hd_goal_format() writes it.
 */
bool hd_goal_parse(const char *line, HdGoal **ret_goal);

/** Returns: (transfer full): the goal for a person: "0000:65:00.0: nvme -> vfio-pci". */
char *hd_goal_describe(const HdGoal *goal);

#endif
