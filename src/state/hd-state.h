/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_STATE_H
#define HD_STATE_H

#include "hd-config.h"
#include "hd-event.h"
#include "hd-liveness.h"
#include "hd-plan.h"
#include "hd-port.h"
#include "hd-record.h"
#include "hd-relocation.h"
#include "hd-request.h"
#include "hd-vf-set.h"

/**
 * HdState:
 * The device-state module: the one way in which the hook, the command and the mdevctl
 * callout change devices. It keeps nothing in memory between two calls; the journals in
 * /run/hostdevctl are the state.
 */
typedef struct HdState HdState;

/**
 * hd_state_new:
 * @port: (transfer none): kernel and disk; must outlive the state
 * @config: policy and deadlines; copied
 *
 * Returns: (transfer full): a state.
 */
HdState *hd_state_new(HdPort *port, const HdConfig *config);
void hd_state_free(HdState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdState, hd_state_free)

/** Sets who gets events for the system's log. Without it they are dropped. */
void hd_state_set_log(HdState *state, HdEventLog log, gpointer data);

/**
 * hd_state_load_config:
 * @ret_config: defaults, then etc/hostdevctl/hostdevctl.conf, then conf.d in name order
 *
 * Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_state_load_config(HdPort *port, HdConfig *ret_config, GError **ret_error);

/** Returns: (transfer none): the units that VMs may stop, with blanks between them. */
const char *hd_state_stop_units(const HdState *state);

/** Reads into @host, where it has a graphics card, what the host itself shows and runs on those. */
void hd_state_probe_desktop(HdState *state, HdHost *host);

/** Returns: (transfer none): the stances of the host's owner. */
const HdPolicy *hd_state_policy(const HdState *state);

/** Returns: whether the host's owner says that missing huge pages are allocated. */
bool hd_state_allocates_pages(const HdState *state);

/**
 * hd_state_plan:
 * @ret_plan: (transfer full): what prepare would do now, or why it would refuse
 *
 * Changes nothing and takes no lock. Returns: false on %HD_ERROR_KERNEL or %HD_ERROR_STATE.
 */
bool hd_state_plan(HdState *state, const HdRequest *request, HdPlan **ret_plan, GError **ret_error);

/**
 * hd_state_prepare:
 * @caller: pid of the process on whose behalf it is done (libvirt's daemon), 0 if none
 *
 * Gives all requested devices to the VM, or leaves the host as it was. What an earlier start of
 * the same VM left behind is given back first; so is what a VM that is dead still holds of the
 * wanted devices. A request without devices of ours succeeds without touching anything.
 *
 * Returns: false on %HD_ERROR_REFUSED (the message is the one line for virsh) or any other kind.
 */
bool hd_state_prepare(HdState *state, const HdRequest *request, guint64 caller, GError **ret_error);

/**
 * hd_state_relocate:
 * @request: its wishes that name a mapping get a device of that mapping that is free here
 * @ret_moves: (transfer full) (element-type HdMove): what that has changed
 *
 * Changes nothing on the host. Returns: false on %HD_ERROR_REFUSED (nothing is free; the message
 * says who has it) and other kinds; @request is untouched then.
 */
bool hd_state_relocate(HdState *state, HdRequest *request, GArray **ret_moves, GError **ret_error);

/**
 * hd_state_arrive:
 * hd_state_relocate() for a VM that libvirt is about to start here, from another host or from a
 * saved image: its devices are claimed until its prepare takes them, or until that doesn't come.
 */
bool hd_state_arrive(HdState *state, HdRequest *request, guint64 caller, GArray **ret_moves,
                     GError **ret_error);

/**
 * hd_state_keep:
 * @helper: pid of the process that the VM's start waits for
 *
 * The VM counts as starting for as long as that process lives, and then for as long as libvirt may
 * need. A VM without a journal succeeds.
 */
bool hd_state_keep(HdState *state, const char *key, guint64 helper, GError **ret_error);

/**
 * hd_state_drop_leftovers:
 * Gives back what a VM that is about to start has left of an earlier start, and doesn't ask for any
 * more. Returns: false on %HD_ERROR_REFUSED: it is running, libvirt's contract to the contrary;
 * and on what hd_state_release() fails by.
 */
bool hd_state_drop_leftovers(HdState *state, const char *key, GError **ret_error);

/**
 * hd_state_confirm:
 * Tells PFs once more what the VM's <interface>s are to have: libvirt writes MAC and VLAN of those
 * after our prepare, and before it starts QEMU. From now on it may take its time again to do that
 * (see hd_liveness()). A VM without a journal succeeds.
 */
bool hd_state_confirm(HdState *state, const char *key, GError **ret_error);

/**
 * hd_state_release:
 * @key: VM uuid, or detach-<address>
 *
 * Gives back what the journal says, whatever the XML has become. No journal: nothing to do.
 *
 * Returns: false when something is left; it stays in the journal and `reconcile` tries again.
 */
bool hd_state_release(HdState *state, const char *key, GError **ret_error);

/**
 * hd_state_detach:
 * Takes one device, with its group companions, from the host without a VM: as nodedev-detach,
 * but recorded. A VM may then use it; it comes back with hd_state_reattach().
 * @driver: (nullable): wanted vfio driver
 */
bool hd_state_detach(HdState *state, const HdPciAddress *address, const char *driver,
                     GError **ret_error);

/** Undoes hd_state_detach(). Refused while a VM holds the device, or when it wasn't detached. */
bool hd_state_reattach(HdState *state, const HdPciAddress *address, GError **ret_error);

/**
 * hd_state_mdev_create:
 * @spec: what is to be made; without a uuid it gets a random one
 * @mapping: (nullable): its parent is one of this mapping's devices
 * @choice: which parent; %HD_CHOICE_UNSET: as the configuration says
 * @ret_uuid: of the new mdev
 *
 * Makes an mdev that belongs to no VM; it stays until hd_state_mdev_remove(), and any VM may use
 * it.
 */
bool hd_state_mdev_create(HdState *state, const HdMdevSpec *spec, const char *mapping,
                          HdChoice choice, HdUuid *ret_uuid, GError **ret_error);

/**
 * hd_state_mdev_remove:
 * Removes an mdev, whoever made it. Refused (%HD_ERROR_REFUSED) while a VM has it.
 */
bool hd_state_mdev_remove(HdState *state, const HdUuid *uuid, GError **ret_error);

/**
 * hd_state_mdev_note:
 * @is_there: it has been made; else it has been removed
 *
 * Takes note of what mdevctl has done by itself, so that hd_state_records() shows it. An mdev that
 * is a VM's stays the VM's.
 */
bool hd_state_mdev_note(HdState *state, const HdUuid *uuid, bool is_there, GError **ret_error);

/**
 * hd_state_mdev_user:
 * Returns: (transfer full) (nullable): who uses the mdev @uuid, for a message: "VM 'win11'" by the
 * journals or the running QEMUs, or "process qemu (pid 12)"; NULL when nobody does.
 */
char *hd_state_mdev_user(HdState *state, const HdUuid *uuid);

/**
 * hd_state_vgpu_set:
 * @type: (nullable): vendor vGPU type by number or name; NULL takes it away
 *
 * Sets the type of a VF for no VM in particular. Refused while a VM has the VF.
 */
bool hd_state_vgpu_set(HdState *state, const HdPciAddress *address, const char *type,
                       GError **ret_error);

/**
 * hd_state_vf_set:
 * Gives the PF @pf @count VFs, which come without a driver. When it has another number of them
 * already, that leads through none, and is refused (%HD_ERROR_REFUSED) while any VF is in use. When
 * the driver makes fewer, the former number is made again.
 *
 * Returns: false on any kind of error.
 */
bool hd_state_vf_set(HdState *state, const HdPciAddress *pf, guint count, GError **ret_error);

/**
 * hd_state_check_free:
 * Checks that no VM holds the function @address or, if it is a PF, one of its VFs: before something
 * is done to it that its user would feel.
 *
 * Returns: false on %HD_ERROR_REFUSED, with the VM's name, and other kinds.
 */
bool hd_state_check_free(HdState *state, const HdPciAddress *address, GError **ret_error);

/**
 * hd_state_vf_net:
 * Tells the PF of the VF @vf what @wish says; all of it or nothing. Allowed while a VM has the VF:
 * at its release the values from before its start come back.
 */
bool hd_state_vf_net(HdState *state, const HdPciAddress *vf, const HdVfSettings *wish,
                     GError **ret_error);

/** Gives each VF of @pf that has none its driver on this host. */
bool hd_state_vf_drivers(HdState *state, const HdPciAddress *pf, GError **ret_error);

/**
 * hd_state_vf_find:
 * @ret_pf: the one PF that fits @set, where @ret_found
 *
 * Returns: false on %HD_ERROR_CONFIG (several fit) or %HD_ERROR_KERNEL.
 */
bool hd_state_vf_find(HdState *state, const HdVfSet *set, HdPciAddress *ret_pf, bool *ret_found,
                      GError **ret_error);

/**
 * hd_state_vf_apply:
 * Makes @pf what @set says: number, settings (but of VFs that a VM has), drivers. Nothing is done
 * where all is so already.
 */
bool hd_state_vf_apply(HdState *state, const HdVfSet *set, const HdPciAddress *pf,
                       GError **ret_error);

/** HdReconciled: what reconcile did about one owner. */
typedef struct {
    char *key;
    char *name;
    HdLiveness liveness; /* RUNNING and STARTING are left alone */
    bool is_busy;        /* another process works on it right now */
    char *problem;       /* (nullable): why something is left */
} HdReconciled;

/**
 * hd_state_reconcile:
 * @ret_reports: (transfer full) (element-type HdReconciled): one per journal of a VM
 *
 * Gives back what dead VMs hold. Returns: false when something is left.
 */
bool hd_state_reconcile(HdState *state, GPtrArray **ret_reports, GError **ret_error);

/**
 * hd_state_records:
 * @ret_records: (transfer full) (element-type HdRecord): all journals as they are now
 */
bool hd_state_records(HdState *state, GPtrArray **ret_records, GError **ret_error);

/** Claims of all owners, from their journals. @ret_claims: (transfer full) (element-type HdClaim).
 */
bool hd_state_read_claims(HdState *state, GPtrArray **ret_claims, GError **ret_error);

/** Returns: what has become of the VM of @record. (see hd_liveness()) */
HdLiveness hd_state_liveness(HdState *state, const HdRecord *record);

/** Returns: (transfer full) (nullable): the key of the journal of the VM with that name or uuid. */
char *hd_state_find_key(HdState *state, const char *name_or_uuid);

/** Returns: (transfer full) (nullable): the key of the journal of the VM that is called @name. */
char *hd_state_find_named(HdState *state, const char *name);

/** Returns: whether there is a journal @key, and it is of a VM that is called @name. */
bool hd_state_has_key(HdState *state, const char *key, const char *name);

#endif
