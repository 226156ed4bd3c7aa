/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DEVICE_H
#define HD_DEVICE_H

#include <glib.h>
#include <stdbool.h>

#include "hd-pci-address.h"
#include "hd-policy.h"
#include "hd-tuning.h"
#include "hd-vf-settings.h"
#include "hd-vgpu.h"

/** HdDeviceId: which card it is. vendor 0xffff means that config space is unreadable. */
typedef struct {
    guint16 vendor, device, subvendor, subdevice;
    guint32 class_code; /* 24 bits, as in sysfs */
} HdDeviceId;

/** HdNodeState: owner and mode of a device node; plain value. */
typedef struct {
    bool present;
    guint uid, gid, mode; /* mode: permission bits only */
} HdNodeState;

/**
 * HdHolder:
 * One reason why the host itself uses a device.
 */
typedef struct {
    HdRule rule;    /* STORAGE, NETWORK or PROCESS: which rule it breaks */
    char *text;     /* what a person understands: "/dev/nvme0n1p1 is mounted on /srv" */
    char *remedy;   /* what to do about it: "unmount /srv" */
    char *unit;     /* (nullable): PROCESS: the system's unit that it belongs to: "gdm.service" */
    bool is_seated; /* PROCESS: of a person who is logged in at a screen of this host */
    bool is_vm;     /* PROCESS: by a node of vfio's, as a VM has it: no desktop's, and no unit's */
} HdHolder;

/** Returns: (transfer full): a holder; both texts are taken over. */
HdHolder *hd_holder_new(HdRule rule, char *text, char *remedy);
void hd_holder_free(HdHolder *holder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdHolder, hd_holder_free)

/** HdBinding: the driver of a device and its driver_override; NULL is "none", "unset". */
typedef struct {
    char *driver;
    char *override;
} HdBinding;

/** Copies and clears of the two strings. */
HdBinding hd_binding_copy(const HdBinding *binding);
void hd_binding_clear(HdBinding *binding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdBinding, hd_binding_clear)
bool hd_binding_equal(const HdBinding *a, const HdBinding *b);

/** HdVfNet: what a VF's PF can be told about it. */
typedef struct {
    guint index;           /* its number below the PF */
    char *interface;       /* (nullable): the PF's network interface; NULL: it has none */
    bool is_interface_up;  /* that one */
    HdVfSettings settings; /* as the PF's driver reports them */
    bool has_mac;          /* the VF has a network interface of its own, */
    HdMac mac;             /* with this address */
} HdVfNet;

void hd_vf_net_free(HdVfNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVfNet, hd_vf_net_free)

/**
 * HdDevice:
 * Facts about one PCI function, read in one pass. Made by the probe, then constant.
 */
typedef struct {
    HdPciAddress address;
    HdDeviceId id;
    HdBinding binding;
    bool is_moving;      /* a worker of ours is at it: its override and its VFs are not known */
    char *driver_module; /* (nullable): module of the bound driver, to bring it back */
    int iommu_group;     /* -1: in none */
    bool is_bridge;      /* PCI-to-PCI, host or ISA bridge: never given to a guest */
    bool is_vf;
    HdPciAddress pf;        /* where is_vf */
    guint vf_count;         /* VFs that exist below this PF */
    guint vf_total;         /* sriov_totalvfs; 0: no SR-IOV */
    HdVfNet *vf_net;        /* (nullable): of a VF that is asked for: its network side */
    GArray *vfs;            /* (nullable): of HdPciAddress: VFs of a PF that is asked for */
    int numa_node;          /* -1: none */
    char *port_path;        /* (nullable): "0000:00/11.6/00.0": its way from the root complex */
    char *modalias;         /* (nullable) */
    char *vfio_driver;      /* driver libvirt would bind: best variant or "vfio-pci" */
    HdNodeState group_node; /* dev/vfio/<group> */
    HdNodeState cdev_node;  /* dev/vfio/devices/vfioN */
    HdVgpu *vgpu;           /* (nullable): its vendor's vGPU interface */
    char *power;            /* (nullable): power/control: "on", "auto" */
    char *d3cold;           /* (nullable): d3cold_allowed; of graphics cards, or where asked for */
    char *reset_method;     /* (nullable): likewise */
    HdBars bars;            /* sizes of its resizable BARs, where others are asked for */
    guint64 bar_sizes[6];   /* ... and those that each can have: bit n: 2^n MiB */
    GPtrArray *holders;     /* of HdHolder*; who uses it on this host */
} HdDevice;

/** Returns: (transfer full): a device of which only the address is known. */
HdDevice *hd_device_new(const HdPciAddress *address);
void hd_device_free(HdDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdDevice, hd_device_free)

/** Returns: whether both are the same kind of card (all five numbers). */
bool hd_device_id_equal(const HdDeviceId *a, const HdDeviceId *b);

/** Returns: whether a driver of this name is vfio-pci or a variant of it. */
bool hd_driver_is_vfio(const char *driver);

/** Returns: whether the device is bound to vfio-pci or a variant of it. */
bool hd_device_is_on_vfio(const HdDevice *device);

/** Returns: whether the driver only lends the device, and does nothing with it itself: vfio-pci, a
    variant of it, or pci-stub. */
bool hd_device_is_lent_by(const HdDevice *device, const char *driver);

#endif
